"""When the machine ran and when it stood, why, and what that makes of the time (OEE), from the line's own events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from pydantic import BaseModel, Field

from grader.api.times import shown
from grader.line.alarm_words import in_chinese
from grader.line.states import State
from grader.store.queries import EventRow

NS_PER_S = 10**9
AROUND_NS = 2 * NS_PER_S
"""An alarm that was raised so shortly before a stop, or after, belongs to it."""
RUNS = "EXECUTE"
PLANNED_ENDS = frozenset({"COMPLETING", "COMPLETE", "RESETTING", "IDLE", "STARTING"})
"""States of a stop that somebody wanted: the run was over, or is about to begin."""


class StopCause(BaseModel):
    """An alarm that came with a stop."""

    code: str
    subject: str | None
    cause_zh: str | None


class StopShown(BaseModel):
    """The machine ran, and then it stood."""

    begin: datetime
    end: datetime | None = Field(description="Null: it stands still.")
    seconds: float
    state_name: str = Field(description="Where it came to rest, in PackML's words.")
    why: str = Field(description="As the line said it when the stop began.")
    origin: str = Field(description="Whose command it was; `self`: the line's own.")
    planned: bool = Field(description="The run was completed.")
    alarms: list[StopCause]


class Oee(BaseModel):
    """Overall equipment effectiveness from the first start on; null: it never ran, or there is nothing to divide by."""

    begin: datetime | None
    planned_s: float = Field(description="From the first start until the end, without planned stops.")
    running_s: float
    availability: float | None = Field(description="Running of planned time.")
    performance: float | None = Field(description="Recorded fruit a second of running, of what the plan wants.")
    quality: float | None = Field(description="Fruit delivered as a table grade, of all that left the belt.")
    oee: float | None = Field(description="The product of the three.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in one state."""

    begin_ns: int
    end_ns: int
    state: str
    why: str
    origin: str


def stretches_of(events: Sequence[EventRow], begin_ns: int, end_ns: int) -> list[Stretch]:
    """What the machine did from `begin` until `end`; `events` are its changes of state, with the last one before."""
    ends = [*(event.utc_ns for event in events[1:]), end_ns] if events else []
    return [
        Stretch(
            max(event.utc_ns, begin_ns), min(end, end_ns), event.payload["to"], event.payload["why"],
            event.payload["origin"],
        )
        for event, end in zip(events, ends, strict=True)
        if end > begin_ns
    ]  # fmt: skip


def stops_of(stretches: Sequence[Stretch], alarms: Sequence[EventRow], end_ns: int, zone: tzinfo) -> list[StopShown]:
    """Each time that it stood after it had run."""
    found: list[StopShown] = []
    stood: list[Stretch] = []
    ran = False
    for stretch in [*stretches, None]:
        if stretch is not None and stretch.state != RUNS:
            stood += [stretch] if ran else []
            continue
        if stood:
            found.append(_stop(stood, alarms, end_ns, zone))
        stood, ran = [], True
    return found


def oee_of(
    stretches: Sequence[Stretch], stops: Sequence[StopShown], fruit: tuple[int, int], plan_per_s: float | None,
    zone: tzinfo,
) -> Oee:  # fmt: skip
    """`fruit`: left the belt, delivered as a table grade. `plan_per_s`: fruit a second that are wanted."""
    left, good = fruit
    running_s = sum(one.end_ns - one.begin_ns for one in stretches if one.state == RUNS) / NS_PER_S
    first = next((one for one in stretches if one.state == RUNS), None)
    if first is None:
        return Oee(begin=None, planned_s=0, running_s=0, availability=None, performance=None, quality=None, oee=None)
    whole_s = (stretches[-1].end_ns - first.begin_ns) / NS_PER_S
    planned_s = whole_s - sum(stop.seconds for stop in stops if stop.planned)
    availability = running_s / planned_s if planned_s else None
    performance = None if plan_per_s is None or not running_s else left / running_s / plan_per_s
    quality = good / left if left else None
    parts = (availability, performance, quality)
    whole = None if None in parts else (availability or 0) * (performance or 0) * (quality or 0)
    return Oee(
        begin=shown(first.begin_ns, zone), planned_s=planned_s, running_s=running_s, availability=availability,
        performance=performance, quality=quality, oee=whole,
    )  # fmt: skip


def _stop(stood: Sequence[Stretch], alarms: Sequence[EventRow], end_ns: int, zone: tzinfo) -> StopShown:
    first, last = stood[0], stood[-1]
    begin = shown(first.begin_ns, zone)
    assert begin is not None  # noqa: S101 - a stretch has a beginning
    near = range(first.begin_ns - AROUND_NS, first.begin_ns + AROUND_NS)
    causes = [alarm.payload for alarm in alarms if alarm.payload["change"] == "raised" and alarm.utc_ns in near]
    return StopShown(
        begin=begin,
        end=None if last.end_ns >= end_ns else shown(last.end_ns, zone),
        seconds=(last.end_ns - first.begin_ns) / NS_PER_S,
        state_name=State[last.state].label,
        why=first.why,
        origin=first.origin,
        planned=all(one.state in PLANNED_ENDS for one in stood),
        alarms=[
            StopCause(
                code=one["code"], subject=one["subject"],
                cause_zh=(in_chinese(one["code"], one["subject"]) or (None,))[0],
            )
            for one in causes
        ],
    )  # fmt: skip
