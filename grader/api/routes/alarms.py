"""Alarms: those that stand, and what was, with who acknowledged it and how long it lasted."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from grader.api.access import At, CanRead
from grader.api.service import Service
from grader.api.standing import AlarmShown, standing
from grader.api.times import shown
from grader.line.alarm_words import in_chinese
from grader.store.queries import EventRow, latest_events

ROUTER = APIRouter()
EVENTS_OF_ONE = 3
"""Raised, acknowledged, cleared."""
NEWEST = 2**53
SAME_S = 10.0
"""The journal and the line's state each say when an alarm was raised."""


class Alarms(BaseModel):
    """All that stand."""

    items: list[AlarmShown]
    next_cursor: None = None


class AlarmThatWas(BaseModel):
    """One time that an alarm stood; its words are by its code."""

    code: str
    subject: str | None
    cause_zh: str | None
    raised_at: datetime | None = Field(description="Null: before the events that were looked at.")
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    cleared_at: datetime | None = Field(description="Null: it stands, or its run ended first.")
    lasted_s: float | None
    stands: bool = Field(description="The line says that it is there now; false while no line answers.")


class AlarmHistory(BaseModel):
    """What was, newest first."""

    items: list[AlarmThatWas]
    next_before: int | None = Field(description="For `before`, to see what was earlier; null: that is all.")


@ROUTER.get("/alarms")
def alarms(_: CanRead, service: At) -> Alarms:
    """Alarms that stand, the most pressing first. The command `acknowledge_alarm` acknowledges one of the line's."""
    return Alarms(items=standing(service))


@ROUTER.get("/alarms/history")
def alarm_history(
    _: CanRead,
    service: At,
    before: Annotated[int | None, Query(ge=1, le=NEWEST, description="`next_before` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Alarms at most.")] = 100,
) -> AlarmHistory:
    """The line's alarms that stand or stood: raised, acknowledged by whom, cleared, from its journal."""
    most = EVENTS_OF_ONE * limit
    with service.asking_line() as journal:
        events = [] if journal is None else latest_events(journal, "alarm", before, most)
    more = len(events) == most
    items = _episodes(events, service)[::-1]
    return AlarmHistory(items=items, next_before=events[0].sequence if more else None)


def _episodes(events: list[EventRow], service: Service) -> list[AlarmThatWas]:
    """The events of each alarm put together, in the order in which they were raised."""
    found: list[AlarmThatWas] = []
    stands: dict[tuple[str, str | None], AlarmThatWas] = {}
    for event in events:
        code, subject, change = event.payload["code"], event.payload["subject"], event.payload["change"]
        at = shown(event.utc_ns, service.station.trace.zone)
        if change == "raised" or (code, subject) not in stands:
            words = in_chinese(code, subject)
            stands[code, subject] = AlarmThatWas(
                code=code, subject=subject, cause_zh=words and words[0], raised_at=at if change == "raised" else None,
                acknowledged_by=None, acknowledged_at=None, cleared_at=None, lasted_s=None, stands=False,
            )  # fmt: skip
            found.append(stands[code, subject])
        one = stands[code, subject]
        if change == "acknowledged":
            one.acknowledged_by, one.acknowledged_at = event.payload["who"], at
        elif change == "cleared":
            one.cleared_at = at
            one.lasted_s = None if one.raised_at is None or at is None else (at - one.raised_at).total_seconds()
            del stands[code, subject]
    report = service.line.report
    for alarm in () if report is None else report.alarms:
        last = stands.get((alarm.code, alarm.subject))
        if last is not None:
            last.stands = last.raised_at is None or _is_near(last.raised_at, alarm.last_raised_at_unix_s)
    return found


def _is_near(at: datetime, unix_s: float) -> bool:
    """Whether it is the same time: a run that was killed may have raised the like before."""
    return abs(at.timestamp() - unix_s) < SAME_S
