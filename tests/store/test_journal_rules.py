"""What the journal refuses, whoever writes it: DESIGN's invariants as rules of the database."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import Journal, Outcome, Record, RefusedError, RunEnded, TrayDoubted, balance, reading

from .conftest import DELIVERY, FRUIT, RECHECK, RUN, TRAY

UNTRUE: dict[str, Record] = {
    "the same fruit twice": FRUIT,
    "a fruit of no run": replace(FRUIT, run=7, fruit=2),
    "rot for processing": replace(FRUIT, fruit=2, decided_outlet="processing", outlet="processing", decay="sure"),
    "perhaps rot for a tray": replace(FRUIT, fruit=2, decay="suspected"),
    "rot for Super": replace(FRUIT, fruit=2, decay="sure"),
    "decay not assessed for processing": replace(
        FRUIT, fruit=2, decided_outlet="processing", outlet="processing", tray=None
    ),
    "sent elsewhere than decided": replace(FRUIT, fruit=2, decided_outlet="I", diverted="tray_full"),
    "diverted without a reason": replace(FRUIT, fruit=2, outlet="recheck", tray=None),
    "for a tray that is not there": replace(FRUIT, fruit=2, tray=9),
    "for a table grade without a tray": replace(FRUIT, fruit=2, tray=None),
    "a tray of another outlet": replace(FRUIT, fruit=2, decided_outlet="I", outlet="I"),
    "a negative diameter": replace(FRUIT, fruit=2, diameter_mm=-1.0),
    "an endless diameter": replace(FRUIT, fruit=2, diameter_mm=float("inf")),
    "a maturity above one": replace(FRUIT, fruit=2, maturity=1.2),
    "a delivery of a fruit without a record": replace(DELIVERY, fruit=2),
    "delivered nowhere": replace(DELIVERY, outlet=None, tray=None),
    "delivered into recheck": replace(DELIVERY, outlet="recheck", tray=None),
    "unconfirmed and yet somewhere": replace(DELIVERY, outcome=Outcome.UNCONFIRMED, cause="crash"),
    "a second tray at an outlet": replace(TRAY, tray=2),
    "the run a second time": RUN,
    "the end of a run whose fruit are in flight": RunEnded(run=1, ended_utc_ns=3),
    "doubt about a tray that is not there": TrayDoubted(tray=9, why="crash"),
}


@pytest.mark.parametrize("record", UNTRUE.values(), ids=UNTRUE.keys())
def test_is_refused_and_leaves_nothing(journal: Journal, path: Path, record: Record) -> None:
    journal.submit(FRUIT).result()
    before = _everything(path)
    with pytest.raises(RefusedError):
        journal.submit(record).result()
    assert _everything(path) == before


def test_a_fruit_is_delivered_once(journal: Journal) -> None:
    journal.submit(FRUIT).result()
    journal.submit(DELIVERY).result()
    for again in (DELIVERY, RECHECK):
        with pytest.raises(RefusedError):
            journal.submit(again).result()


def test_nothing_is_recorded_in_a_run_that_has_ended(journal: Journal) -> None:
    journal.submit(RunEnded(run=1, ended_utc_ns=3)).result()
    with pytest.raises(RefusedError):
        journal.submit(FRUIT).result()


def test_what_is_on_record_cannot_be_changed_or_removed(journal: Journal, path: Path) -> None:
    journal.submit(FRUIT, DELIVERY).result()
    connection = sqlite3.connect(path)
    for statement in (
        "UPDATE fruit SET fruit = 2", "DELETE FROM fruit", "UPDATE delivery SET fruit = 2", "DELETE FROM delivery",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
            connection.execute(statement)
    connection.close()


def test_the_balance_counts_each_term_by_itself(journal: Journal, path: Path) -> None:
    for number in range(1, 5):
        journal.submit(replace(FRUIT, fruit=number)).result()
    journal.submit(DELIVERY).result()
    journal.submit(replace(RECHECK, fruit=2)).result()
    lost = replace(DELIVERY, fruit=3, outcome=Outcome.UNCONFIRMED, outlet=None, tray=None, cause="no_exit_pulse")
    journal.submit(lost).result()
    with reading(path) as connection:
        found = balance(connection, 1)
    assert (found.recorded, found.delivered, found.recheck, found.unconfirmed, found.in_flight) == (
        4, {"super": 1}, 1, 1, 1,
    )  # fmt: skip
    assert found.balanced


def _everything(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
