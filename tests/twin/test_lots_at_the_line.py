"""The line knows which lot it is fed: its fruit say so, and no tray gets two lots that nobody chose to mix."""

from collections import defaultdict

import pytest

from grader.line.commands import FeedLot, OpenOutlet, Origin, Reply, StateReport
from grader.line.reporting import Reporter
from grader.line.states import State

from .broken_line import BrokenLine


@pytest.fixture
def line() -> BrokenLine:
    """Lot A has run, and the belt is empty."""
    running = BrokenLine()
    running.virtual.complete()
    assert feed(running, "A").accepted
    run_on(running, 15)
    running.virtual.complete()
    return running


def feed(line: BrokenLine, lot: str, pass_number: int = 1, *, mixed: bool = False) -> Reply:
    command = FeedLot(lot=lot, pass_number=pass_number, mixed=mixed, who="Li")
    return line.station.command(command, Origin.SCREEN, line.plant.now_s, line.plant.now_s)


def run_on(line: BrokenLine, seconds: float) -> None:
    line.virtual.people.going_home = False
    line.until(lambda: line.state is State.EXECUTE)
    line.run(seconds)


def report(line: BrokenLine) -> StateReport:
    return Reporter(line.station).look(0.0, 0.0, 300.0, 0)


def lots_by_tray(line: BrokenLine) -> dict[int, set[str | None]]:
    found = defaultdict(set)
    for delivery in line.journal.deliveries.values():
        if delivery.tray is not None:
            found[delivery.tray].add(line.journal.fruit[delivery.fruit].feed.lot)
    return found


def test_every_fruit_says_its_lot_and_its_pass(line: BrokenLine) -> None:
    before = set(line.journal.fruit)
    assert {(fruit.feed.lot, fruit.feed.pass_number) for fruit in line.journal.fruit.values()} == {("A", 1)}
    assert feed(line, "A", 2).accepted
    run_on(line, 10)
    again = [fruit.feed for number, fruit in line.journal.fruit.items() if number not in before]
    assert len(again) > 10
    assert {(one.lot, one.pass_number) for one in again} == {("A", 2)}
    assert (report(line).lot, report(line).pass_number) == ("A", 2)


def test_a_change_of_lot_lets_nothing_more_into_trays_with_the_old_one(line: BrokenLine) -> None:
    old = {outlet: place.tray for outlet, place in line.line.outlets.places.items() if place.lots}
    assert len(old) > 2
    line.virtual.people.hands_s = 10.0
    assert feed(line, "B").accepted
    line.virtual.people.going_home = False
    line.virtual.start(references=False)
    line.run(30)
    assert {line.journal.taken_away[tray] for tray in old.values()} == {"tray_other_lot"}
    assert line.line.tally.diverted["tray_other_lot"] > 0
    by_tray = lots_by_tray(line)
    assert all(len(lots) == 1 for tray, lots in by_tray.items() if tray not in old.values())
    assert {"B"} in by_tray.values()
    assert not any("B" in by_tray.get(tray, set()) for tray in old.values())
    line.check_trays()


def test_by_choice_another_lot_goes_into_the_trays_that_stand_there(line: BrokenLine) -> None:
    assert feed(line, "B", mixed=True).accepted
    run_on(line, 15)
    assert "tray_other_lot" not in line.line.tally.diverted
    assert any({"A", "B"} <= lots for lots in lots_by_tray(line).values())


def test_nobody_can_open_an_outlet_whose_tray_has_another_lot(line: BrokenLine) -> None:
    feed(line, "B")
    outlet = next(outlet for outlet, place in line.line.outlets.places.items() if place.lots)
    reply = line.station.command(OpenOutlet(outlet=outlet), Origin.SCREEN, line.plant.now_s, line.plant.now_s)
    assert not reply.accepted
    assert "another lot" in reply.sentence
    assert line.line.outlets[outlet].obstacle == "tray_other_lot"


def test_while_fruit_are_on_the_belt_no_other_lot_can_be_fed(line: BrokenLine) -> None:
    run_on(line, 5)
    reply = feed(line, "B")
    assert not reply.accepted
    assert "on the belt" in reply.sentence
    assert report(line).lot == "A"


def test_the_same_lot_again_leaves_every_tray_where_it_stands(line: BrokenLine) -> None:
    old = {outlet: place.tray for outlet, place in line.line.outlets.places.items()}
    assert feed(line, "A").accepted
    run_on(line, 5)
    assert old == {outlet: place.tray for outlet, place in line.line.outlets.places.items()}


def test_who_feeds_what_is_in_the_journal(line: BrokenLine) -> None:
    told = [payload for _, kind, payload in line.journal.events if kind == "lot_fed"]
    assert told == [{"lot": "A", "pass_number": 1, "mixed": False, "who": "Li"}]
