"""Reports of a shift, a day, a week: what came, how large and how ripe, how fast, and why the machine stood."""

from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from grader.api.access import At, CanRead
from grader.api.counting import Bucket, Count, CountsAsked, Time, counted
from grader.api.drifting import KINDS, DriftSeries, series_of
from grader.api.errors import BadQuestionError
from grader.api.own_settings import read_own
from grader.api.packs import pack_in_use
from grader.api.paging import CSV_RESPONSE, TIME_ZONE, csv_response
from grader.api.reporting import Bar, Distribution, Share, distribution
from grader.api.service import Service
from grader.api.stops import Oee, StopShown, oee_of, stops_of, stretches_of
from grader.api.times import moment, zone_of
from grader.store.books import one_moment
from grader.store.queries import EventRow, events_between
from grader.store.upstream.reports import of_time
from grader.trace.desk.desk import utc_ns

ROUTER = APIRouter()
LONGEST = timedelta(days=31)
MONTH = timedelta(days=30)
Part = Literal["shares", "throughput", "diameter", "maturity", "stops"]
COLUMNS: dict[Part, type[BaseModel]] = {
    "shares": Share, "throughput": Count, "diameter": Bar, "maturity": Bar, "stops": StopShown,
}  # fmt: skip


class ReportAsked(BaseModel):
    """Which time."""

    model_config = ConfigDict(extra="forbid")

    since: Time = Field(None, description="`06:00` for today, or a time with its zone; left out: midnight.")
    until: Time = Field(None, description="Until before this time; left out: now.")
    bucket: Bucket = Field("quarter_hour", description="Of the throughput.")
    plan_fruit_per_s: float | None = Field(None, gt=0, le=200, description="What the plan wants; for the performance.")
    time_zone: str | None = Field(None, max_length=64, description=TIME_ZONE)
    format: Literal["json", "csv"] = "json"
    part: Part = Field("shares", description="Of the file, if it is CSV.")


class Report(BaseModel):
    """All of it; at most 31 days."""

    since: datetime
    until: datetime
    time_zone: str
    distribution: Distribution = Field(description="Of the fruit that left the belt in this time.")
    throughput: list[Count] = Field(description="By time and outcome.")
    machine: Oee
    stops: list[StopShown]


@ROUTER.get("/reports", responses=CSV_RESPONSE, response_model=Report)
def report(_: CanRead, service: At, asked: Annotated[ReportAsked, Query()]) -> Report | Response:
    """Counts, size and maturity histograms, throughput, stops with their causes, and what the time was used for."""
    found = _report(service, asked)
    if asked.format == "json":
        return found
    parts: dict[Part, list[Any]] = {
        "shares": found.distribution.shares, "throughput": found.throughput, "stops": found.stops,
        "diameter": found.distribution.diameter_mm, "maturity": found.distribution.maturity,
    }  # fmt: skip
    rows = [row.model_dump(mode="json") for row in parts[asked.part]]
    return csv_response(asked.part, list(COLUMNS[asked.part].model_fields), rows)


class DriftAsked(BaseModel):
    """Which time."""

    model_config = ConfigDict(extra="forbid")

    since: Time = Field(None, description="A time with its zone; left out: 30 days ago.")
    until: Time = Field(None, description="Until before this time; left out: now.")
    time_zone: str | None = Field(None, max_length=64, description=TIME_ZONE)


class Drift(BaseModel):
    """All that is on record of it; a figure that never was on record is not named."""

    since: datetime
    until: datetime
    series: list[DriftSeries]


@ROUTER.get("/reports/drift")
def drift(_: CanRead, service: At, asked: Annotated[DriftAsked, Query()]) -> Drift:
    """What changes slowly, against its limits: scale, colour, lamp, and each ejector."""
    zone = zone_of(asked.time_zone, service.station.trace.zone)
    since, until = _time(service, asked.since, asked.until, zone, MONTH)
    begin_ns, end_ns = utc_ns(since), utc_ns(until)
    events = [one for kind in KINDS for one in _events(service, kind, begin_ns, end_ns) if one.utc_ns >= begin_ns]
    return Drift(since=since, until=until, series=series_of(events, zone))


def _time(
    service: Service, since: str | None, until: str | None, zone: tzinfo, before: timedelta | None = None
) -> tuple[datetime, datetime]:
    """From when until when; left out: from midnight, or so long `before`, until now."""
    now = service.now()
    first = now - before if since is None and before else moment("since", since or "00:00", zone, now)
    begin = first.astimezone(zone)
    end = now.astimezone(zone) if until is None else moment("until", until, zone, now).astimezone(zone)
    if not timedelta(0) < end - begin <= LONGEST:
        raise BadQuestionError("since lies before until, by 31 days at most: ask for another time")
    return begin, end


def _report(service: Service, asked: ReportAsked) -> Report:
    zone, now = zone_of(asked.time_zone, service.station.trace.zone), service.now()
    since, until = _time(service, asked.since, asked.until, zone)
    begin_ns, end_ns = utc_ns(since), utc_ns(until)
    pack = pack_in_use(service.station)
    with service.asking() as books, one_moment(books):
        fruit = distribution(books, of_time(books, begin_ns, end_ns), pack)
        rows = counted(books, _counts(since, until, asked), zone, now).rows
    table = {grade.name for grade in pack.grades}
    good = sum(share.fruit for share in fruit.shares if share.outcome == "delivered" and share.grade in table)
    states, alarms = _events(service, "state", begin_ns, end_ns), _events(service, "alarm", begin_ns, end_ns)
    stretches = stretches_of(states, begin_ns, end_ns)
    stops = stops_of(stretches, alarms, end_ns, zone)
    plan = asked.plan_fruit_per_s or read_own(service.station.own_settings).plan_fruit_per_s
    return Report(
        since=since,
        until=until,
        time_zone=str(zone),
        distribution=fruit,
        throughput=rows,
        machine=oee_of(stretches, stops, (fruit.fruit, good), plan, zone),
        stops=stops,
    )


def _counts(since: datetime, until: datetime, asked: ReportAsked) -> CountsAsked:
    """Whole minutes about the time: sums are kept for those."""
    begin, end = since.replace(second=0, microsecond=0), until.replace(second=0, microsecond=0)
    end += timedelta(minutes=1) if end < until else timedelta(0)
    return CountsAsked(
        since=begin.isoformat(), until=end.isoformat(), by="outcome", bucket=asked.bucket, every_outcome=True,
        outcome=None, time_zone=asked.time_zone,
    )  # fmt: skip


def _events(service: Service, kind: str, begin_ns: int, end_ns: int) -> list[EventRow]:
    with service.asking_line() as journal:
        return [] if journal is None else events_between(journal, kind, begin_ns, end_ns)
