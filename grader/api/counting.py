"""How many of which grade, from whom, and when: counts, estimated weights, sizes."""

from collections import defaultdict
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.api.errors import BadQuestionError
from grader.api.paging import TIME_ZONE
from grader.api.shapes import Outcome
from grader.api.times import QUARTER_MIN, minute_shown, moment, stretches, whole_minute, zone_of
from grader.store.upstream.sums import END_MIN, Value, counts, sizes, span

Code = Annotated[str | None, Field(max_length=100)]
MG_PER_KG = 1e6
By = Literal["grade", "lot", "grower", "outlet", "outcome"]
Bucket = Literal["quarter_hour", "hour", "day", "week", "month"]
Time = Annotated[str | None, Field(max_length=40)]
NAMES: tuple[By, ...] = ("grade", "lot", "grower", "outlet", "outcome")


class CountsAsked(BaseModel):
    """Which fruit, and how they are grouped."""

    model_config = ConfigDict(extra="forbid")

    since: Time = Field(
        None, description="2026-11-25T06:10+08:00 (+ as %2B), or 06:10 for today; left out: from the first.",
        examples=["06:00"],
    )  # fmt: skip
    until: Time = Field(None, description="Until before this time; left out: all that has come in.")
    by: str = Field(
        "grade", max_length=60, description="Any of grade, lot, grower, outlet, outcome, with commas.",
        examples=["grade,lot"],
    )  # fmt: skip
    bucket: Bucket | None = Field(None, description="A row for each of these, by the clock of `time_zone`.")
    histogram: bool = Field(default=False, description="With the sizes, mm by mm; times are quarters of an hour then.")
    lot: Code = None
    grower: Code = None
    grade: Code = None
    outlet: Code = None
    outcome: Outcome | None = Field("delivered", description="What fell into trays, unless another is asked for.")
    every_outcome: bool = Field(default=False, description="Also what went to recheck, and what nobody saw.")
    time_zone: str | None = Field(None, max_length=64, description=TIME_ZONE)
    format: Literal["json", "csv"] = "json"


class Size(BaseModel):
    """Fruit whose diameter is at least `from_mm` and below `below_mm`; null: it was not measured."""

    from_mm: int | None
    below_mm: int | None
    fruit: int


class Count(BaseModel):
    """Fruit of one group. What it is not grouped by is null."""

    since: datetime | None
    until: datetime | None
    grade: str | None = None
    lot: str | None = None
    grower: str | None = None
    outlet: str | None = None
    outcome: str | None = None
    fruit: int
    weighed_fruit: int = Field(description="Those that have an estimate of their weight.")
    estimated_weight_kg: float = Field(description="Of those, from pictures; nothing was weighed.")
    estimated_weight_u_kg: float = Field(
        description="Standard uncertainty of what is random fruit by fruit; what all share comes on top of it."
    )
    diameter_histogram: list[Size] | None = None


class Counts(BaseModel):
    """The answer; nothing that counts is an empty list."""

    time_zone: str
    by: list[By]
    fruit: int = Field(description="In all rows together.")
    rows: list[Count]


def counted(books: Any, asked: CountsAsked, station: tzinfo, now: datetime) -> Counts:  # noqa: ANN401 - SQL's types
    """The answer to what is asked, in the station's zone unless another is named; raises `BadQuestionError`."""
    zone = zone_of(asked.time_zone, station)
    by = _by(asked.by)
    cut = stretches(*_ends(books, asked, zone, now), asked.bucket, zone)
    outcome = None if asked.every_outcome else asked.outcome
    where: dict[str, Value] = {
        name: value
        for name, value in (*((name, getattr(asked, name)) for name in NAMES[:-1]), ("outcome", outcome))
        if value is not None
    }
    rows = counts(books, cut, by, where)
    histograms = _histograms(sizes(books, cut, by, where), by) if asked.histogram else None
    # Once a stretch, and validated together: a season by lot has thousands of rows of one.
    ends = [
        (minute_shown(one.begin_min, zone) if one.begin_min else None, minute_shown(one.end_min, zone)) for one in cut
    ]
    shown = [
        {
            "since": ends[row["stretch"]][0],
            "until": ends[row["stretch"]][1],
            **{name: row[name] for name in by},
            "fruit": row["fruit"],
            "weighed_fruit": row["weighed"],
            "estimated_weight_kg": row["weight_mg"] / MG_PER_KG,
            "estimated_weight_u_kg": row["variance_mg2"] ** 0.5 / MG_PER_KG,
            "diameter_histogram": None if histograms is None else histograms[_group(row, by)],
        }
        for row in rows
    ]
    total = sum(row["fruit"] for row in rows)
    return Counts.model_validate({"time_zone": str(zone), "by": by, "fruit": total, "rows": shown})


def _by(text: str) -> list[By]:
    asked = [name for name in text.split(",") if name]
    unknown = [name for name in asked if name not in NAMES]
    if unknown or len(set(asked)) < len(asked):
        raise BadQuestionError(f"by is any of {', '.join(NAMES)}, each once, with commas")
    return [name for name in NAMES if name in asked]


def _ends(books: Any, asked: CountsAsked, zone: tzinfo, now: datetime) -> tuple[int, int]:  # noqa: ANN401
    unit_min = QUARTER_MIN if asked.histogram else 1
    since = None if asked.since is None else moment("since", asked.since, zone, now)
    until = None if asked.until is None else moment("until", asked.until, zone, now)
    begin = 0 if since is None else whole_minute("since", since, unit_min)
    end = END_MIN if until is None else whole_minute("until", until, unit_min)
    if asked.bucket is not None and (since is None or until is None):
        # Buckets are laid over what there is.
        begin, end = _there_is(books, begin, end)
    if begin > end:
        raise BadQuestionError("until lies before since: exchange them")
    return begin, end


def _there_is(books: Any, begin: int, end: int) -> tuple[int, int]:  # noqa: ANN401
    there = span(books)
    if there is None:
        return 0, 0
    first, last = there
    begin = begin or first
    return begin, max(begin, last) if end >= END_MIN else end


def _group(row: dict[str, Any], by: list[By]) -> tuple[Any, ...]:
    return (row["stretch"], *(row[name] for name in by))


def _histograms(rows: list[dict[str, Any]], by: list[By]) -> defaultdict[tuple[Any, ...], list[Size]]:
    found: defaultdict[tuple[Any, ...], list[Size]] = defaultdict(list)
    for row in rows:
        mm = None if row["size_mm"] < 0 else row["size_mm"]
        found[_group(row, by)].append(Size(from_mm=mm, below_mm=None if mm is None else mm + 1, fruit=row["fruit"]))
    return found
