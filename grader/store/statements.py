"""Records become rows. SQLAlchemy words the statements once; the driver runs them, ten times as fast."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from grader.store.errors import RefusedError
from grader.store.records import (
    EventHappened,
    FruitDecided,
    FruitDelivered,
    Record,
    RunEnded,
    RunStarted,
    TrayClosed,
    TrayCounted,
    TrayDoubted,
    TrayOpened,
)
from grader.store.schema import DELIVERY, FRUIT, RUN, TRAY

# A run ends with none of its fruit in flight, or the balance could never be closed.
END_RUN = """
UPDATE run SET ended_utc_ns = ?, ended_why = ? WHERE run = ? AND ended_utc_ns IS NULL AND NOT EXISTS (
  SELECT 1 FROM fruit WHERE fruit.run = run.run AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE delivery.run = fruit.run AND delivery.fruit = fruit.fruit))
"""
CLOSE_TRAY = "UPDATE tray SET closed_utc_ns = ?, closed_why = ? WHERE tray = ? AND closed_utc_ns IS NULL"
# A count that somebody made before the doubt arose says nothing any more.
DOUBT_TRAY = """
UPDATE tray SET recount_why = CASE WHEN needs_recount THEN recount_why ELSE ? END, needs_recount = 1, counted = NULL
WHERE tray = ?
"""
COUNT_TRAY = "UPDATE tray SET counted = ?, needs_recount = 0 WHERE tray = ?"

Statement = tuple[str, Callable[[Any], tuple[object, ...]]]


def _insert(table: Table, record: type[Record]) -> Statement:
    names = [field.name for field in fields(record)]
    statement = table.insert().compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=names)
    return str(statement), attrgetter(*statement.positiontup or ())


def _event(event: EventHappened) -> tuple[object, ...]:
    # Not a number is not JSON either, whatever Python thinks.
    return event.utc_ns, event.monotonic_ns, event.run, event.kind, json.dumps(event.payload, allow_nan=False)


STATEMENTS: dict[type[Record], Statement] = {
    RunStarted: _insert(RUN, RunStarted),
    FruitDecided: _insert(FRUIT, FruitDecided),
    FruitDelivered: _insert(DELIVERY, FruitDelivered),
    TrayOpened: _insert(TRAY, TrayOpened),
    RunEnded: (END_RUN, attrgetter("ended_utc_ns", "ended_why", "run")),
    TrayClosed: (CLOSE_TRAY, attrgetter("closed_utc_ns", "why", "tray")),
    TrayDoubted: (DOUBT_TRAY, attrgetter("why", "tray")),
    TrayCounted: (COUNT_TRAY, attrgetter("counted", "tray")),
    EventHappened: ("INSERT INTO event (utc_ns, monotonic_ns, run, kind, payload) VALUES (?, ?, ?, ?, ?)", _event),
}


def write(connection: sqlite3.Connection, record: Record) -> None:
    """Write `record` in the transaction that is under way.

    Raises sqlite3's errors, and `RefusedError` where the row to be changed is not there, or not in that state.
    """
    statement, values = STATEMENTS[type(record)]
    if connection.execute(statement, values(record)).rowcount != 1:
        raise RefusedError(f"{record} changes nothing: no such row, or not in a state for it")
