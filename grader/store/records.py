"""What can be put on record in the journal; each value is one row, or one change of a row.

Times: `*_utc_ns` are nanoseconds since 1970-01-01 UTC and may jump with the clock; `*_monotonic_ns` count since the
computer started and never jump. Outlets and kinds of decay are the words of `grader.grading`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a fruit left the belt."""

    DELIVERED = "delivered"
    """An exit sensor saw it fall into a tray."""
    RECHECK = "recheck"
    """It ran off the end of the belt."""
    UNCONFIRMED = "unconfirmed"
    """Nobody saw where it went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run begins, and with it what every fruit of it was made by."""

    run: int
    """The journal's next number: `Journal.next_run`."""
    started_utc_ns: int
    software_version: str
    model_sha256: str
    rule_pack_sha256: str
    calibration_sha256: str
    station: str
    seed: int | None = None
    """Of the twin; None: the real machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """A run ends; refused while fruit of it are in flight."""

    run: int
    ended_utc_ns: int
    ended_why: str = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class FruitDecided:
    """A fruit with what was measured (`*_u*`: standard uncertainty; None: not known) and what was decided."""

    run: int
    fruit: int
    """From 1 in each run."""
    pass_number: int = 1
    """2: it came from the recheck crate."""
    lot: str | None = None
    """Whose it is, as somebody said at the line; None: nobody did."""
    lane: int
    """From 0."""
    encoder_count: int
    """Its place on the belt: the count at which it lay under the camera's foot."""
    exposed_monotonic_ns: int
    """Exposure of the last sighting used."""
    decided_utc_ns: int
    views: int
    """Sightings used."""
    sightings: int
    """All, usable or not."""
    width_mm: float | None = None
    width_u_mm: float | None = None
    diameter_mm: float | None = None
    diameter_u_mm: float | None = None
    length_mm: float | None = None
    length_u_mm: float | None = None
    volume_mm3: float | None = None
    volume_u_mm3: float | None = None
    weight_g: float | None = None
    weight_u_g: float | None = None
    maturity: float | None = None
    """0-1, as is `surface_red`."""
    maturity_u: float | None = None
    surface_red: float | None = None
    decay: str
    why_not: str | None = None
    """Why it could not be measured; None: it could."""
    grade: str | None
    decided_outlet: str
    """What the rule pack says."""
    outlet: str
    """Where the line sends it: the same, or recheck."""
    diverted: str | None = None
    """Why not where the rule pack says; None: there."""
    criterion: str | None
    margin: float | None
    """In the criterion's unit."""
    reason_code: str
    reason: str
    tray: int | None
    """The tray that it is meant for; None: recheck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FruitDelivered:
    """What became of a recorded fruit; the second one for the same fruit is refused."""

    run: int
    fruit: int
    outcome: Outcome
    outlet: str | None
    """Where it is; None: nobody knows."""
    tray: int | None
    encoder_count: int | None
    """Where the belt was then."""
    cause: str | None
    """Why it is not where it was meant to be: `late`, `outlet_closed`, `no_exit_pulse`, `crash`; None: it is."""
    delivered_utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayOpened:
    """An empty tray stands at an outlet; refused while another one is open there."""

    tray: int
    """Numbered through all runs; the next one is `Journal.next_tray`."""
    run: int
    outlet: str
    opened_utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayClosed:
    """A tray is taken away."""

    tray: int
    closed_utc_ns: int
    why: str | None = None
    """`count`, `weight`, `sensor`, `hand`, `new_run`, or what was wrong with its outlet; None: nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayDoubted:
    """A tray's count is not sure: somebody must count it. The first reason stands until somebody has."""

    tray: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayCounted:
    """Somebody counted the fruit in a tray."""

    tray: int
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHappened:
    """Anything else that others must hear of."""

    kind: str
    payload: Mapping[str, object]
    """What JSON can say; not to be changed afterwards."""
    utc_ns: int
    monotonic_ns: int
    run: int | None = None


Record = (
    RunStarted
    | RunEnded
    | FruitDecided
    | FruitDelivered
    | TrayOpened
    | TrayClosed
    | TrayDoubted
    | TrayCounted
    | EventHappened
)
