"""Lots: received, corrected, balanced, settled; and what cannot be is not received."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from grader.store import Outcome, reading
from grader.store.books import BOOKS
from grader.trace.desk import lots
from grader.trace.desk.desk import find_lot
from grader.trace.desk.sums import balance_of, settlement
from grader.trace.errors import AgainstRulesError
from grader.trace.rules.weighing import WeightBalance
from tests.trace.counter import DELIVERY, MORNING, Counter


def test_a_lots_facts_are_corrected_with_its_event_and_what_they_were_is_kept(packed: Counter) -> None:
    with reading(packed.desk.books.path, BOOKS) as books:
        before = lots.as_delivery(find_lot(books, "A"))
    assert before == DELIVERY
    right = replace(before, received_kg=Decimal("50.000"), precooled_at=None)
    found = lots.correct(packed.desk, right, "Li", "typing error")
    assert [finding.code for finding in found] == ["precooling_unrecorded"]
    assert packed.open_holds("A") == [(1, "precooling_unrecorded")]
    kinds = [kind for kind, _ in packed.events()]
    assert kinds == ["received", "received", "declared_wrong", "held"]
    assert packed.events()[1][1]["quantityList"][0]["quantity"] == 50
    with pytest.raises(AgainstRulesError, match="is G1's"):
        lots.correct(packed.desk, replace(right, grower="G2"), "Li", "why")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"received_kg": Decimal(0)}, "no weight"),
        ({"received_kg": Decimal(99999999999)}, "at most 100000 kg"),
        ({"harvested_at": datetime(1, 1, 1, tzinfo=UTC)}, "harvest in the year 1 cannot be"),
        ({"harvested_at": MORNING + timedelta(hours=1, minutes=1)}, "harvest comes before"),
        ({"received_at": MORNING + timedelta(hours=3)}, "still to come"),
        ({"code": "A"}, "already"),
    ],
)
def test_a_lot_that_cannot_be_is_not_received(counter: Counter, facts: dict[str, object], why: str) -> None:
    counter.receive("A")
    with pytest.raises(AgainstRulesError, match=why):
        counter.receive(**({"code": "B"} | facts))  # type: ignore[arg-type]
    assert [kind for kind, _ in counter.events()] == ["received"]


@pytest.mark.parametrize("code", ["../../etc/passwd", "", "-x", "A B", "A\n", "草莓", "A" * 41])
def test_a_code_that_no_label_can_bear_is_refused(counter: Counter, code: str) -> None:
    with pytest.raises(AgainstRulesError, match="no code of a lot"):
        counter.receive(code)


@pytest.mark.parametrize("code", ["A", "0", "2026-11-25.G1_a", "A" * 40])
def test_a_code_that_can_be_printed_and_scanned_is_taken(counter: Counter, code: str) -> None:
    assert counter.receive(code) == []


def test_a_lot_balances_over_two_passes_and_counts_its_crate_once(counter: Counter) -> None:
    counter.receive("A", received_kg=Decimal("2.000"))
    counter.feed("A")
    counter.line.send("super", 60)
    counter.line.send("I", 40, Outcome.RECHECK)
    counter.follow()
    assert balance(counter).in_the_crate == 40
    counter.feed("A", pass_number=2)
    counter.line.send("II", 25)
    counter.line.send("II", 5, Outcome.UNCONFIRMED)
    counter.line.send("I", 10, Outcome.RECHECK)
    counter.follow()
    found = balance(counter)
    assert found.kg == pytest.approx({"super": 1.2, "II": 0.5, "unconfirmed": 0.1, "recheck": 0.2})
    assert found.balanced
    lots.enter_hand_graded(counter.desk, "A", "processing", Decimal("0.21"), "Li", "recheck after two passes")
    found = balance(counter)
    assert found.kg == pytest.approx({"super": 1.2, "II": 0.5, "unconfirmed": 0.1, "processing": 0.21})
    assert found.in_the_crate == 0


def balance(counter: Counter) -> WeightBalance:
    with reading(counter.desk.books.path, BOOKS) as books:
        return balance_of(books, "A", counter.desk.settings)


def test_a_settlement_counts_what_was_delivered_of_a_growers_lots_in_the_period(packed: Counter) -> None:
    packed.receive("B", "G2")
    packed.feed("B")
    packed.line.send("super", 9)
    packed.line.send("I", 3, Outcome.RECHECK)
    packed.follow()
    begin, end = (round((MORNING + timedelta(hours=hours)).timestamp()) * 10**9 for hours in (0, 24))
    with reading(packed.desk.books.path, BOOKS) as books:
        one, two = (settlement(books, grower, begin, end, packed.desk.settings) for grower in ("G1", "G2"))
        before = settlement(books, "G1", begin - 10**15, begin, packed.desk.settings)
    assert [(row["grade"], row["fruit"], row["estimated_kg"]) for row in one["delivered"]] == [("Super", 40, 0.8)]
    assert [(row["grade"], row["fruit"]) for row in two["delivered"]] == [("Super", 9)]
    assert [(lot["lot"], lot["received_kg"], lot["weight_factor"]) for lot in one["lots"]] == [("A", 500.0, 1.0)]
    assert before["delivered"] == before["lots"] == []
