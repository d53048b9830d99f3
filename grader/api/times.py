"""Times as people and systems write them: always with their zone, in answers too."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.api.errors import BadQuestionError
from grader.store.upstream.sums import END_MIN, Stretch
from grader.trace.desk.desk import EPOCH, at_utc

MOST_BUCKETS = 400
"""More than a year by day."""
QUARTER_MIN = 15
OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
MINUTE = timedelta(minutes=1)
BUCKETS = ("quarter_hour", "hour", "day", "week", "month")
LATEST = datetime(9998, 1, 1, tzinfo=UTC)


def zone_of(text: str | None, station: tzinfo) -> tzinfo:
    """The zone that is meant; `BadQuestionError` where there is none of that name."""
    if text is None:
        return station
    if text in {"Z", "UTC"}:
        return UTC
    offset = OFFSET.fullmatch(text)
    try:
        if offset is not None:
            ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
            return timezone(-ahead if offset[1] == "-" else ahead)
        return ZoneInfo(text)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise BadQuestionError(
            "time_zone is not known: write an offset like +08:00 (as %2B08:00 in an address) or a name like "
            "Asia/Shanghai"
        ) from error


def moment(name: str, text: str, zone: tzinfo, now: datetime) -> datetime:
    """`2026-11-25T06:10+08:00`, the same without its zone, or `06:10` of today; `BadQuestionError` otherwise."""
    clock = CLOCK.fullmatch(text)
    found: datetime | None
    try:
        if clock is not None:
            today = now.astimezone(zone)
            found = today.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.utcoffset() is not None else found.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        found = None
    if found is None or not EPOCH <= found <= LATEST:
        raise BadQuestionError(
            f"{name} is no time: write it like 2026-11-25T06:10+08:00 (+ as %2B in an address), or 06:10 for today"
        )
    return found


def whole_minute(name: str, at: datetime, minutes: int = 1) -> int:
    """Minutes since 1970-01-01 UTC; `BadQuestionError` where `at` is no whole one, or no multiple of `minutes`."""
    whole, rest = divmod(at - EPOCH, MINUTE)
    if rest or whole % minutes:
        what = "whole minutes" if minutes == 1 else f"whole quarters of an hour ({minutes} min)"
        raise BadQuestionError(f"{name} is {at.isoformat()}: sums are kept for {what}, ask for one")
    return whole


def stretches(since_min: int, until_min: int, bucket: str | None, zone: tzinfo) -> list[Stretch]:
    """The time from `since_min` until before `until_min`, cut where a clock in `zone` begins a new `bucket`."""
    if bucket is None:
        return [Stretch(since_min, until_min)]
    if until_min >= END_MIN:
        raise BadQuestionError("a bucket needs an end: say until")
    found: list[Stretch] = []
    begin = EPOCH + since_min * MINUTE
    end = EPOCH + until_min * MINUTE
    while begin < end:
        after = min(_next(begin.astimezone(zone), bucket).astimezone(UTC), end)
        found.append(Stretch((begin - EPOCH) // MINUTE, (after - EPOCH) // MINUTE))
        begin = after
        if len(found) > MOST_BUCKETS:
            raise BadQuestionError(f"these are more than {MOST_BUCKETS} buckets: ask for less time, or larger ones")
    return found


def _next(at: datetime, bucket: str) -> datetime:
    """Where the bucket after that of `at` begins by the clock on the wall."""
    if bucket in {"quarter_hour", "hour"}:
        # In absolute time: an hour that a clock shows twice is two hours.
        length = QUARTER_MIN if bucket == "quarter_hour" else 60
        into = (at.minute % length) * MINUTE + timedelta(seconds=at.second, microseconds=at.microsecond)
        return at.astimezone(UTC) + length * MINUTE - into
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match bucket:
        case "day":
            return midnight + timedelta(days=1)
        case "week":
            return midnight + timedelta(days=7 - at.weekday())
        case _:
            return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)


def shown(utc_ns: int | None, zone: tzinfo) -> datetime | None:
    """A time on record as it is answered."""
    return None if utc_ns is None else at_utc(utc_ns).astimezone(zone)


def minute_shown(minute: int, zone: tzinfo) -> datetime | None:
    """A minute as it is answered; None: the end of time."""
    return None if minute >= END_MIN else (EPOCH + minute * MINUTE).astimezone(zone)
