"""After a crash: what was in flight is unconfirmed, never silently delivered, and somebody counts the trays."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from grader.store.explain import explained
from grader.store.records import EventHappened, RunEnded, TrayDoubted
from grader.store.statements import write

IN_FLIGHT = """
FROM fruit WHERE fruit.run = :run AND NOT EXISTS (
  SELECT 1 FROM delivery WHERE delivery.run = fruit.run AND delivery.fruit = fruit.fruit)
"""
UNCONFIRM = (
    "INSERT INTO delivery (run, fruit, outcome, cause, delivered_utc_ns) "
    f"SELECT fruit.run, fruit.fruit, 'unconfirmed', 'crash', :utc_ns {IN_FLIGHT}"
)
TRAYS = f"SELECT DISTINCT fruit.tray {IN_FLIGHT} AND fruit.tray IS NOT NULL ORDER BY fruit.tray"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found of a run that never ended."""

    run: int
    unconfirmed: int
    """Fruit that were in flight."""
    trays: tuple[int, ...]
    """Trays that they may be in; somebody must count them."""


def recover(connection: sqlite3.Connection, path: Path, utc_ns: int, monotonic_ns: int) -> tuple[Recovery, ...]:
    """End every run that is still open, in one transaction; a second time there is nothing left to do.

    The caller is the only writer, so that an open run is one whose process died.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        runs = connection.execute("SELECT run FROM run WHERE ended_utc_ns IS NULL ORDER BY run").fetchall()
        found = tuple(_end(connection, run, utc_ns, monotonic_ns) for (run,) in runs)
        connection.commit()
    except sqlite3.Error as error:
        raise explained(error, path) from error
    return found


def _end(connection: sqlite3.Connection, run: int, utc_ns: int, monotonic_ns: int) -> Recovery:
    trays = tuple(tray for (tray,) in connection.execute(TRAYS, {"run": run}))
    unconfirmed = connection.execute(UNCONFIRM, {"run": run, "utc_ns": utc_ns}).rowcount
    for tray in trays:
        write(connection, TrayDoubted(tray=tray, why="crash"))
    write(connection, RunEnded(run=run, ended_utc_ns=utc_ns, ended_why="crash"))
    payload = {"unconfirmed": unconfirmed, "trays": trays}
    write(
        connection,
        EventHappened(kind="recovered", payload=payload, utc_ns=utc_ns, monotonic_ns=monotonic_ns, run=run),
    )
    return Recovery(run, unconfirmed, trays)
