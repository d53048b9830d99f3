"""What the journal says. Each function is one statement, so that it sees one moment; `reading` gives the connection."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Table, func, literal, null, select, union_all

from grader.store.connections import reading
from grader.store.records import Outcome
from grader.store.schema import DELIVERY, EVENT, FRUIT, RUN, TRAY

PAGE = 500


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the recorded fruit of a run are; each term is counted by itself."""

    recorded: int
    delivered: dict[str, int]
    """By the outlet into which they were seen to fall; outlets without one are not named."""
    recheck: int
    unconfirmed: int
    in_flight: int

    @property
    def balanced(self) -> bool:
        """Recorded fruit = delivered + recheck + unconfirmed + in flight."""
        return self.recorded == sum(self.delivered.values()) + self.recheck + self.unconfirmed + self.in_flight


@dataclass(frozen=True, slots=True)
class TrayContent:
    """A tray and what is in it."""

    tray: int
    run: int
    """In which it was opened."""
    outlet: str
    opened_utc_ns: int
    closed_utc_ns: int | None
    delivered: int
    """Fruit seen to fall into it, in all runs."""
    counted: int | None
    """What somebody counted since the last doubt."""
    needs_recount: bool
    recount_why: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event; `sequence` rises by one from event to event."""

    sequence: int
    utc_ns: int
    monotonic_ns: int
    run: int | None
    kind: str
    payload: dict[str, Any]


def balance(connection: Connection, run: int) -> Balance:
    """Where the recorded fruit of `run` are at this moment."""
    delivered_from_here = (DELIVERY.c.run == FRUIT.c.run) & (DELIVERY.c.fruit == FRUIT.c.fruit)
    open_ended = ~select(DELIVERY.c.id).where(delivered_from_here).exists()
    rows = connection.execute(
        union_all(
            select(literal("recorded"), null(), func.count()).select_from(FRUIT).where(FRUIT.c.run == run),
            select(literal("in_flight"), null(), func.count()).select_from(FRUIT).where(FRUIT.c.run == run, open_ended),
            select(DELIVERY.c.outcome, DELIVERY.c.outlet, func.count())
            .where(DELIVERY.c.run == run)
            .group_by(DELIVERY.c.outcome, DELIVERY.c.outlet),
        )
    ).all()
    counts = {(what, outlet): number for what, outlet, number in rows}
    return Balance(
        recorded=counts["recorded", None],
        delivered={outlet: number for (what, outlet), number in counts.items() if what == Outcome.DELIVERED},
        recheck=counts.get((Outcome.RECHECK, "recheck"), 0),
        unconfirmed=counts.get((Outcome.UNCONFIRMED, None), 0),
        in_flight=counts["in_flight", None],
    )


def decided(connection: Connection, run: int) -> dict[str, int]:
    """Recorded fruit of `run` by the outlet that the line sent them to."""
    counted = select(FRUIT.c.outlet, func.count()).where(FRUIT.c.run == run).group_by(FRUIT.c.outlet)
    return {outlet: number for outlet, number in connection.execute(counted)}  # noqa: C416 (dict() loses the types)


def trays(connection: Connection, *, only_open: bool = False) -> list[TrayContent]:
    """All trays, or those that stand at an outlet, by number."""
    delivered = (
        select(func.count())
        .select_from(DELIVERY)
        .where(DELIVERY.c.tray == TRAY.c.tray, DELIVERY.c.outcome == Outcome.DELIVERED.value)
        .scalar_subquery()
        .label("delivered")
    )
    found = select(*TRAY.c, delivered).order_by(TRAY.c.tray)
    if only_open:
        found = found.where(TRAY.c.closed_utc_ns.is_(None))
    return [
        _value(TrayContent, row, needs_recount=bool(row["needs_recount"]))
        for row in connection.execute(found).mappings()
    ]


def events_after(connection: Connection, sequence: int, limit: int = PAGE) -> list[EventRow]:
    """The next events after the one with `sequence` (0: from the first), `limit` at most."""
    rows = _after(connection, EVENT, sequence, limit)
    return [_value(EventRow, row, payload=json.loads(row["payload"])) for row in rows]


def last_event(connection: Connection, kind: str) -> EventRow | None:
    """The latest event of that kind, in all runs; None: there was none."""
    newest = select(EVENT).where(EVENT.c.kind == kind).order_by(EVENT.c.sequence.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return None if row is None else _value(EventRow, row, payload=json.loads(row["payload"]))


def latest_events(connection: Connection, kind: str, before: int | None, limit: int = PAGE) -> list[EventRow]:
    """The newest events of that kind before the one with the sequence `before` (None: of all), oldest first."""
    newest = select(EVENT).where(EVENT.c.kind == kind).order_by(EVENT.c.sequence.desc()).limit(limit)
    if before is not None:
        newest = newest.where(EVENT.c.sequence < before)
    rows = connection.execute(newest).mappings().all()
    return [_value(EventRow, row, payload=json.loads(row["payload"])) for row in reversed(rows)]


def events_between(connection: Connection, kind: str, begin_utc_ns: int, end_utc_ns: int) -> list[EventRow]:
    """The events of that kind from `begin` until before `end`, and the last one before them, in order."""
    before = select(func.max(EVENT.c.sequence)).where(EVENT.c.kind == kind, EVENT.c.utc_ns < begin_utc_ns)
    found = (
        select(EVENT)
        .where(EVENT.c.kind == kind, EVENT.c.sequence >= func.coalesce(before.scalar_subquery(), 0))
        .where(EVENT.c.utc_ns < end_utc_ns)
        .order_by(EVENT.c.sequence)
    )
    rows = connection.execute(found).mappings().all()
    return [_value(EventRow, row, payload=json.loads(row["payload"])) for row in rows]


def fruit_after(connection: Connection, identity: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """The next recorded fruit after the row `id` = `identity`, in the order in which they were recorded."""
    return [dict(row) for row in _after(connection, FRUIT, identity, limit)]


def deliveries_after(connection: Connection, identity: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """The next deliveries after the row `id` = `identity`, likewise."""
    return [dict(row) for row in _after(connection, DELIVERY, identity, limit)]


def fruit_of_run(connection: Connection, run: int) -> Iterator[dict[str, Any]]:
    """All recorded fruit of `run`, in the order in which they were recorded."""
    found = select(FRUIT).where(FRUIT.c.run == run).order_by(FRUIT.c.id)
    return (dict(row) for row in connection.execute(found).mappings())


def last_run(connection: Connection) -> int:
    """The highest number of a run; 0: there is none."""
    return int(connection.execute(select(func.coalesce(func.max(RUN.c.run), 0))).scalar_one())


def next_run(path: Path) -> int:
    """The number of the next run in the journal `path`, which need not exist yet."""
    if not path.exists() or path.stat().st_size == 0:
        return 1
    with reading(path) as connection:
        return last_run(connection) + 1


def run_of(connection: Connection, run: int) -> dict[str, Any] | None:
    """What is recorded of `run` itself: versions, hashes, start and end; None: no such run."""
    row = connection.execute(select(RUN).where(RUN.c.run == run)).mappings().first()
    return None if row is None else dict(row)


def _after(connection: Connection, table: Table, key: int, limit: int) -> Sequence[RowMapping]:
    (column,) = table.primary_key.columns
    return connection.execute(select(table).where(column > key).order_by(column).limit(limit)).mappings().all()


V = TypeVar("V")


def _value(kind: type[V], row: RowMapping, **changed: object) -> V:
    facts = dict(row) | changed
    return kind(**{field.name: facts[field.name] for field in fields(kind)})  # type: ignore[arg-type]
