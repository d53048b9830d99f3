"""Whatever people do to trays, in whatever order: no fruit is lost or doubled, and a hold reaches all of a lot."""

import shutil
from collections import Counter as Tally
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.store import reading
from grader.store.books import BOOKS, Books
from grader.store.books.tracing import held_trays
from grader.store.books.trays import composition, history_of, tray_of
from grader.trace.desk import Desk, holds, labelling, trays
from grader.trace.errors import AgainstRulesError, HeldError
from tests.trace.counter import PACK, SETTINGS, Clock, close_counter, open_counter

TRAYS = (1, 2, 5, 6, 7, 8)
"""Super of lot A in 1, of B in 5, of both in 7; class I of lot A in 2, of B in 6; 8 is empty."""
FALLEN = {("A", "super"): 12, ("B", "super"): 10, ("A", "I"): 6, ("B", "I"): 5}
NUMBER = st.sampled_from(TRAYS)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["close", "reopen", "void", "label"]), NUMBER),
    st.tuples(st.just("recount"), NUMBER, st.integers(0, 99)),
    st.tuples(st.just("merge"), NUMBER, NUMBER, st.booleans()),
    st.tuples(st.just("correct"), NUMBER),
)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with these books."""
    folder = tmp_path_factory.mktemp("begun")
    counter = open_counter(folder)
    for lot, grower, of_class_i in (("A", "G1", 6), ("B", "G2", 5)):
        counter.receive(lot, grower)
        counter.feed(lot)
        counter.line.send("super", 8)
        counter.line.send("I", of_class_i)
        counter.line.swap("super")
        counter.line.swap("I")
        counter.follow()
    counter.line.send("super", 2)
    counter.follow()
    counter.feed("A", mixed=True)
    counter.line.send("super", 4)
    counter.line.swap("super")
    counter.follow()
    close_counter(counter)
    return folder


def act(desk: Desk, what: tuple[object, ...]) -> None:
    name, number, *rest = what
    assert isinstance(number, int)
    match name, rest:
        case "label", []:
            labelling.label(desk, number, PACK, "Li", mixed=True)
        case "recount", [int(counted)]:
            trays.recount(desk, number, counted, "Li", "why")
        case "merge", [int(into), bool(mixed)]:
            trays.merge(desk, number, into, "Li", "why", mixed=mixed)
        case "correct", []:
            trays.correct_best_before(desk, number, date(2026, 12, 1), "Li", "why")
        case str(), []:
            getattr(trays, name)(desk, number, "Li", "why")
        case _:
            raise AssertionError(what)


def tallied(path: Path) -> "Tally[tuple[str | None, str]]":
    """Fruit of each lot and outlet, in all trays that are not part of another one."""
    found: Tally[tuple[str | None, str]] = Tally()
    with reading(path, BOOKS) as books:
        for number in TRAYS:
            tray = tray_of(books, number)
            if tray is not None and tray.state != "merged":
                for share in composition(books, number):
                    found[share.lot, tray.outlet] += share.fruit
    return found


def state(path: Path) -> list[object]:
    with reading(path, BOOKS) as books:
        return [(tray_of(books, number), history_of(books, number)) for number in TRAYS]


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, max_size=10))
def test_no_fruit_is_lost_or_doubled_and_a_hold_reaches_all(begun: Path, acts: list[tuple[object, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(shutil.copytree(begun, Path(folder) / "copy")) / "station.db"
        numbers = iter(range(1000, 10**6))
        with Books(path) as books:
            desk = Desk(books, SETTINGS, Clock(), lambda count: next(numbers).to_bytes(count, "big"))
            for what in acts:
                before = state(path)
                try:
                    act(desk, what)
                except AgainstRulesError:
                    assert state(path) == before
                assert tallied(path) == FALLEN
            holds.hold_lot(desk, "A", "smells", "a visitor")
            with reading(path, BOOKS) as connection:
                held = {row["tray"] for row in held_trays(connection)}
                has_a = {n for n in TRAYS if any(share.lot == "A" for share in composition(connection, n))}
            assert held == has_a
            for number in has_a:
                with pytest.raises((HeldError, AgainstRulesError)):
                    labelling.label(desk, number, PACK, "Li", mixed=True)
