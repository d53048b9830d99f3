"""Alarms that stand: the line's and those of deliveries, in both languages, the most pressing first."""

from datetime import datetime

from pydantic import BaseModel, Field

from grader.api.service import Service
from grader.api.times import shown
from grader.line.alarm_words import in_chinese
from grader.line.commands import AlarmReport, Reaction
from grader.store.upstream.posting import endpoints

NS_PER_S = 10**9


class AlarmShown(BaseModel):
    """An alarm that stands; one cause is one alarm."""

    code: str
    subject: str | None
    priority: int = Field(description="1 low to 4 critical.")
    reaction: Reaction = Field(description="What the line does about it by itself.")
    cause: str
    action: str = Field(description="What to do.")
    cause_zh: str
    action_zh: str
    count: int = Field(description="How often it has come, this time and just before.")
    raised_at: datetime
    last_raised_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None


def standing(service: Service) -> list[AlarmShown]:
    """All of them."""
    report = service.line.report
    found = [_of_line(one, service) for one in (() if report is None else report.alarms)]
    with service.asking() as books:
        paused = [one for one in endpoints(books) if one["state"] == "paused" and one["failing_since_utc_ns"]]
    found += [_of_delivery(one["name"], one["state_why"], one["state_utc_ns"], service) for one in paused]
    return sorted(found, key=lambda alarm: -alarm.priority)


def _of_line(report: AlarmReport, service: Service) -> AlarmShown:
    cause_zh, action_zh = in_chinese(report.code, report.subject) or (report.cause, report.action)
    return AlarmShown(
        code=report.code,
        subject=report.subject,
        priority=report.priority,
        reaction=report.reaction,
        cause=report.cause,
        action=report.action,
        cause_zh=cause_zh,
        action_zh=action_zh,
        count=report.count,
        raised_at=_at(report.raised_at_unix_s, service),
        last_raised_at=_at(report.last_raised_at_unix_s, service),
        acknowledged_by=report.acknowledged_by,
        acknowledged_at=None if report.acknowledged_at_unix_s is None else _at(report.acknowledged_at_unix_s, service),
    )


def _of_delivery(name: str, why: str, since_ns: int, service: Service) -> AlarmShown:
    since = _at(since_ns / NS_PER_S, service)
    return AlarmShown(
        code="delivery_paused",
        subject=name,
        priority=2,
        reaction=Reaction.NONE,
        cause=f"Events are not sent to {name} any more: {why}.",
        action="Mend the receiver, then resume the endpoint; nothing is lost meanwhile.",
        cause_zh=f"不再向 {name} 发送事件：{why}。",  # noqa: RUF001 - as Chinese is written
        action_zh="修好接收方，然后恢复发送；期间不会丢失任何事件。",  # noqa: RUF001
        count=1,
        raised_at=since,
        last_raised_at=since,
        acknowledged_by=None,
        acknowledged_at=None,
    )


def _at(unix_s: float, service: Service) -> datetime:
    return shown(round(unix_s * NS_PER_S), service.station.trace.zone) or service.now()
