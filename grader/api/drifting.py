"""What drifts slowly: the line's own figures over days, each with the limits that it had then."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from pydantic import BaseModel, Field

from grader.api.times import shown
from grader.store.queries import EventRow

KINDS = ("sphere_check", "drift")
MOST_POINTS = 300
"""Of each figure: more than a screen has room for."""


class DriftPoint(BaseModel):
    """A figure as it was; between its limits all is well."""

    at: datetime
    value: float
    low: float | None = Field(description="Null: there is none, or nobody can say yet.")
    high: float | None


class DriftSeries(BaseModel):
    """A figure over time, oldest first."""

    name: str = Field(
        description="`scale_mm`: a reference sphere as measured, minus its true diameter. `colour`: red share of the "
        "patch. `lamp_brightness`, `lamp_red`, `lamp_blue`: light over what it was when the belt was learnt. "
        "`arrival`: where in their window fruit reach an outlet's sensor, -1 earliest to 1 latest. `missing`: share of "
        "an outlet's last shots whose fruit did not arrive."
    )
    subject: str | None = Field(description="A sphere's true diameter in mm, or an outlet.")
    points: list[DriftPoint] = Field(description="300 at most; of neighbours the one that is nearest to its limit.")


def series_of(events: Iterable[EventRow], zone: tzinfo) -> list[DriftSeries]:
    """A series a figure, by name and subject."""
    found: dict[tuple[str, str | None], list[DriftPoint]] = {}
    for event in sorted(events, key=lambda event: event.sequence):
        at = shown(event.utc_ns, zone)
        for one in _figures(event.payload):
            point = DriftPoint.model_validate({"at": at, **{key: one[key] for key in ("value", "low", "high")}})
            found.setdefault((one["name"], one["subject"]), []).append(point)
    return [
        DriftSeries(name=name, subject=subject, points=_thinned(points)) for (name, subject), points in found.items()
    ]


def _figures(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines before this version recorded a check without its limits."""
    if "figures" in payload:
        return list(payload["figures"])
    unlimited = {"low": None, "high": None}
    spheres = [
        {"name": "scale_mm", "subject": true_mm, "value": mm - float(true_mm), **unlimited}
        for true_mm, mm in payload["spheres_mm"].items()
    ]
    red = payload["patch_red"]
    return spheres + ([] if red is None else [{"name": "colour", "subject": None, "value": red, **unlimited}])


def _thinned(points: Sequence[DriftPoint]) -> list[DriftPoint]:
    step = -(-len(points) // MOST_POINTS)
    return [max(points[at : at + step], key=_strain) for at in range(0, len(points), step)]


def _strain(point: DriftPoint) -> float:
    """How near to a limit, 1 at it; without any, how large."""
    if point.low is not None and point.high is not None:
        return abs(2 * (point.value - point.low) / (point.high - point.low) - 1)
    return point.value if point.high is None else point.value / point.high
