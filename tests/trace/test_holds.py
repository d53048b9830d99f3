"""Everything that holds a lot and its trays back, and who may release them."""

from datetime import date, timedelta

import pytest

from grader.store import reading
from grader.store.books import BOOKS
from grader.store.books.tracing import held_trays
from grader.trace.desk import growers, holds, labelling
from grader.trace.desk.review import review
from grader.trace.errors import AgainstRulesError, HeldError, NoSuchThingError
from tests.trace.counter import MORNING, Counter


def test_a_lot_without_a_report_is_held_from_the_door_and_freed_by_one(counter: Counter) -> None:
    growers.enter_grower(counter.desk, "G3", "Sun", None, "Li")
    assert counter.receive("A", "G3") == ["residue_missing"]
    counter.feed("A")
    counter.line.send("super", 10)
    counter.line.swap("super")
    counter.follow()
    with pytest.raises(HeldError, match="no residue report"):
        counter.label(1)
    ((hold, _),) = counter.open_holds("A")
    with pytest.raises(HeldError, match="the cause is still there"):
        holds.release(counter.desk, hold, "they are fine", "Zhao")
    counter.report("G3-1", grower="G3")
    with pytest.raises(HeldError):
        counter.label(1)
    holds.release(counter.desk, hold, "report G3-1", "Zhao")
    assert counter.label(1).count == 10
    assert [kind for kind, _ in counter.events()] == ["received", "held", "released", "packed"]


def test_a_report_that_expires_before_the_label_holds(packed: Counter) -> None:
    packed.clock.at += timedelta(days=6.5)
    with pytest.raises(HeldError, match="older than 7 days"):
        packed.label(1)
    assert packed.open_holds("A") == [(1, "residue_expired")]
    with pytest.raises(HeldError):
        packed.label(1)
    assert len(packed.open_holds("A")) == 1


def test_a_failed_report_holds_the_growers_lots_and_trays_at_once(packed: Counter) -> None:
    packed.receive("B", "G2")
    packed.report("G1-2", passed=False, days_ago=0)
    assert packed.open_holds("A") == [(1, "residue_failed")]
    assert packed.open_holds("B") == []
    with reading(packed.desk.books.path, BOOKS) as books:
        assert [(row["tray"], row["lot"], row["grower"]) for row in held_trays(books)] == [(1, "A", "G1")]


def test_a_report_of_a_sample_that_is_still_to_be_taken_is_refused(counter: Counter) -> None:
    with pytest.raises(AgainstRulesError, match="still to come"):
        counter.report("G1-2", days_ago=-365)


def test_a_report_is_entered_once(counter: Counter) -> None:
    counter.report("G1-2")
    with pytest.raises(AgainstRulesError, match="report G1-2 of Lab is in the books already"):
        counter.report("G1-2", passed=False)


def test_what_will_be_sprayed_is_not_entered(counter: Counter) -> None:
    tomorrow = counter.clock() + timedelta(days=1)
    spray = growers.Treatment(
        grower="G1", plot="7", kind="pesticide", product="P", amount="1 l", applied_at=tomorrow, safety_days=3
    )
    with pytest.raises(AgainstRulesError, match=r"P at .* is still to come"):
        growers.enter_treatment(counter.desk, spray, "Li")


def test_harvest_before_a_safety_interval_ended_holds_for_good(packed: Counter) -> None:
    sprayed = growers.Treatment(
        grower="G1", plot="7", kind="pesticide", product="P", amount="1 l", applied_at=MORNING - timedelta(days=2),
        safety_days=3,
    )  # fmt: skip
    growers.enter_treatment(packed.desk, sprayed, "Li")
    ((hold, code),) = packed.open_holds("A")
    assert code == "safety_interval"
    with pytest.raises(HeldError, match="cause is still there"):
        holds.release(packed.desk, hold, "it was little", "Zhao")


def test_late_cooling_wants_a_manager_and_a_reason_once(counter: Counter) -> None:
    assert counter.receive("A", precooled_at=MORNING + timedelta(minutes=61)) == ["precooling_late"]
    ((hold, _),) = counter.open_holds("A")
    with pytest.raises(HeldError, match="Li is no manager"):
        holds.release(counter.desk, hold, "fine", "Li")
    with pytest.raises(AgainstRulesError, match="wants a reason"):
        holds.release(counter.desk, hold, " ", "Zhao")
    holds.release(counter.desk, hold, "core at 6 degrees", "Zhao")
    counter.feed("A")
    counter.line.send("super", 4)
    counter.line.swap("super")
    counter.follow()
    assert counter.label(1).best_before == date(2026, 11, 28)


def test_a_review_holds_fresh_lots_whose_report_expired_and_leaves_old_ones(packed: Counter) -> None:
    assert review(packed.desk) == []
    packed.clock.at += timedelta(days=6.5)
    assert review(packed.desk) == ["A"]
    packed.receive("B", "G2", received_at=packed.clock())
    packed.clock.at += timedelta(days=26)
    assert review(packed.desk) == []  # B was held at the door; A was eaten long ago


def test_anybody_holds_and_what_is_held_keeps_trays_until_a_manager_releases(packed: Counter) -> None:
    holds.hold_lot(packed.desk, "A", "smells", "a visitor")
    with pytest.raises(HeldError, match="smells"):
        packed.label(1)
    ((hold, _),) = packed.open_holds("A")
    holds.release(packed.desk, hold, "it was the drain", "Zhao")
    packed.label(1)
    with pytest.raises(NoSuchThingError, match="no hold"):
        holds.release(packed.desk, hold, "again", "Zhao")


def test_a_recall_names_the_trays_stops_reprints_and_is_never_released(packed: Counter) -> None:
    packed.label(1)
    assert labelling.reprint(packed.desk, 1, "Li", "smeared") == 1
    assert holds.recall_lot(packed.desk, "A", "listeria", "Zhao") == [1]
    with pytest.raises(HeldError):
        labelling.reprint(packed.desk, 1, "Li", "smeared")
    with pytest.raises(HeldError, match="a recall stands"):
        holds.release(packed.desk, 1, "sorry", "Zhao")
