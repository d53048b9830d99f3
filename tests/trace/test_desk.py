"""From a crate at the door to a labelled tray, and everything that keeps it from getting there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from grader.grading import shipped_rule_pack
from grader.store import Outcome, reading
from grader.store.books import BOOKS
from grader.store.books.tracing import held_trays, trace_back
from grader.store.books.trays import holds_of_lot
from grader.trace.desk import growers, holds, labelling, lots, samples, trays
from grader.trace.desk.desk import find_lot
from grader.trace.desk.review import review
from grader.trace.desk.sums import balance_of, settlement, sizes_judged
from grader.trace.errors import AgainstRulesError, HeldError, NoSuchThingError
from grader.trace.events import Names, check, write_document
from grader.trace.rules.weighing import WeightBalance
from tests.trace.counter import DELIVERY, MORNING, PACK, Counter, close_counter, open_counter
from tests.trace.events_of import Validators


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = open_counter(tmp_path)
    yield counter
    close_counter(counter)


@pytest.fixture
def packed(counter: Counter) -> Counter:
    """Lot A, 40 Super in tray 1, which the line has put an empty one in the place of."""
    assert counter.receive("A") == []
    counter.feed("A")
    counter.line.send("super", 40)
    counter.line.swap("super")
    counter.follow()
    return counter


def open_holds(counter: Counter, lot: str) -> list[tuple[int, str]]:
    with reading(counter.desk.books.path, BOOKS) as books:
        return [(hold.hold, hold.code) for hold in holds_of_lot(books, lot)]


def label(counter: Counter, tray: int, *, mixed: bool = False) -> labelling.Labelled:
    return labelling.label(counter.desk, tray, PACK, "Li", mixed=mixed)


def test_a_tray_of_a_good_lot_gets_its_names_and_its_event_in_one_go(packed: Counter) -> None:
    found = label(packed, 1)
    assert (found.batch, found.grade, found.count) == ("GV1-261125-2S-001", "Super", 40)
    assert (found.fruit_by_lot, found.best_before) == ({"A": 40}, date(2026, 11, 30))
    assert found.serial.startswith("1-")
    tray = packed.tray(1)
    assert (tray.state, tray.batch, tray.serial) == ("labelled", found.batch, found.serial)
    kinds = [kind for kind, _ in packed.events()]
    assert kinds == ["received", "packed"]
    event = packed.events()[-1][1]
    assert event["inputQuantityList"] == [
        {"epcClass": "https://trace.example.org/lot/A", "quantity": 0.8, "uom": "KGM"}
    ]
    assert event["outputEPCList"] == [f"https://trace.example.org/tray/{found.batch}/{found.serial}"]
    assert event["ilmd"]["trace:madeBy"]["rulePack"] == PACK.hash


def test_every_event_is_one_that_may_be_sent_and_names_nobody(packed: Counter, validators: Validators) -> None:
    found = label(packed, 1)
    holds.hold_tray(packed.desk, 1, "a complaint", "Li")
    holds.recall_lot(packed.desk, "A", "a laboratory called", "Zhao")
    trays.void(packed.desk, 1, "Li", "dropped")
    events = packed.events()
    assert [kind for kind, _ in events] == ["received", "packed", "held", "recalled", "declared_wrong"]
    for _, event in events:
        check(event)
        assert not any(name in str(event) for name in ("王芳", "Zhao", "'Li'"))
    assert found.serial in str(events[3][1]["epcList"])
    document = write_document([event for _, event in events], packed.clock(), Names("trace.example.org"))
    for validate in validators:
        validate(document)
    operators = {event["trace:operator"] for _, event in events[:3]}
    assert len(operators) == 3  # one salt an event: nobody sees that they are one person


def test_trays_of_one_lot_grade_and_shift_share_a_batch_and_each_has_its_serial(packed: Counter) -> None:
    packed.line.send("super", 30)
    packed.line.send("I", 30)
    packed.line.swap("super")
    packed.line.swap("I")
    packed.follow()
    one, two, other = label(packed, 1), label(packed, 5), label(packed, 2)
    assert one.batch == two.batch == "GV1-261125-2S-001"
    assert other.batch == "GV1-261125-21-001"
    assert len({one.serial, two.serial, other.serial}) == 3


def test_a_change_of_lot_closes_the_trays_that_hold_another_one(packed: Counter) -> None:
    packed.line.send("I", 5)
    packed.receive("B", "G2")
    fed = packed.feed("B")
    assert fed.closed == (2,)
    packed.line.swap("I")
    packed.line.send("I", 7)
    packed.line.swap("I")
    packed.follow()
    assert label(packed, 2).fruit_by_lot == {"A": 5}
    second = label(packed, 6)
    assert second.fruit_by_lot == {"B": 7}
    assert second.batch.endswith("-002")


def test_a_tray_that_the_line_did_not_change_is_doubted_and_refused(packed: Counter) -> None:
    packed.line.send("I", 5)
    packed.receive("B", "G2")
    packed.feed("B")
    packed.line.send("I", 2)
    packed.follow()
    with pytest.raises(AgainstRulesError, match=r"count it; it holds fruit of 2 lots \(A, B\), which nobody chose"):
        label(packed, 2)
    trays.recount(packed.desk, 2, 7, "Li", "counted")
    assert label(packed, 2, mixed=True).fruit_by_lot == {"A": 5, "B": 2}


def test_mixing_by_choice_records_the_exact_composition(packed: Counter) -> None:
    packed.line.send("I", 5)
    packed.receive("B", "G2", precooled_at=None)
    holds.release(packed.desk, open_holds(packed, "B")[0][0], "cool at hand", "Zhao")
    assert packed.feed("B", mixed=True).closed == ()
    packed.line.send("I", 9)
    packed.line.swap("I")
    packed.follow()
    found = label(packed, 2)
    assert found.fruit_by_lot == {"A": 5, "B": 9}
    assert found.best_before == date(2026, 11, 28)  # B's cooling is not on record
    assert found.batch == "GV1-261125-21-001"


def test_after_two_passes_what_is_left_is_graded_by_hand(packed: Counter) -> None:
    packed.feed("A", pass_number=2)
    with pytest.raises(AgainstRulesError, match="lot hand-graded"):
        packed.feed("A", pass_number=3)


def test_the_belt_has_to_be_empty_between_two_lots(packed: Counter) -> None:
    packed.receive("B", "G2")
    late = packed.line.decide("super")
    with pytest.raises(AgainstRulesError, match="1 fruit are on the belt"):
        packed.feed("B")
    packed.line.deliver(late, "super")
    packed.feed("B")


def test_fruit_that_nobody_said_anything_about_get_no_label(counter: Counter) -> None:
    counter.line.send("super", 3)
    counter.line.swap("super")
    counter.follow()
    with pytest.raises(AgainstRulesError, match="whose 3 of its fruit are"):
        label(counter, 1)


def test_a_lot_without_a_report_is_held_from_the_door_and_freed_by_one(counter: Counter) -> None:
    growers.enter_grower(counter.desk, "G3", "Sun", None, "Li")
    assert counter.receive("A", "G3") == ["residue_missing"]
    counter.feed("A")
    counter.line.send("super", 10)
    counter.line.swap("super")
    counter.follow()
    with pytest.raises(HeldError, match="no residue report"):
        label(counter, 1)
    ((hold, _),) = open_holds(counter, "A")
    with pytest.raises(HeldError, match="the cause is still there"):
        holds.release(counter.desk, hold, "they are fine", "Zhao")
    counter.report("G3-1", grower="G3")
    with pytest.raises(HeldError):
        label(counter, 1)
    holds.release(counter.desk, hold, "report G3-1", "Zhao")
    assert label(counter, 1).count == 10
    assert [kind for kind, _ in counter.events()] == ["received", "held", "released", "packed"]


def test_a_report_that_expires_before_the_label_holds(packed: Counter) -> None:
    packed.clock.at += timedelta(days=6.5)
    with pytest.raises(HeldError, match="older than 7 days"):
        label(packed, 1)
    assert open_holds(packed, "A") == [(1, "residue_expired")]
    with pytest.raises(HeldError):
        label(packed, 1)
    assert len(open_holds(packed, "A")) == 1


def test_a_failed_report_holds_the_growers_lots_and_trays_at_once(packed: Counter) -> None:
    packed.receive("B", "G2")
    packed.report("G1-2", passed=False, days_ago=0)
    assert open_holds(packed, "A") == [(1, "residue_failed")]
    assert open_holds(packed, "B") == []
    with reading(packed.desk.books.path, BOOKS) as books:
        assert [(row["tray"], row["lot"], row["grower"]) for row in held_trays(books)] == [(1, "A", "G1")]


def test_harvest_before_a_safety_interval_ended_holds_for_good(packed: Counter) -> None:
    sprayed = growers.Treatment(
        grower="G1", plot="7", kind="pesticide", product="P", amount="1 l", applied_at=MORNING - timedelta(days=2),
        safety_days=3,
    )  # fmt: skip
    growers.enter_treatment(packed.desk, sprayed, "Li")
    ((hold, code),) = open_holds(packed, "A")
    assert code == "safety_interval"
    with pytest.raises(HeldError, match="cause is still there"):
        holds.release(packed.desk, hold, "it was little", "Zhao")


def test_late_cooling_wants_a_manager_and_a_reason_once(counter: Counter) -> None:
    assert counter.receive("A", precooled_at=MORNING + timedelta(minutes=61)) == ["precooling_late"]
    ((hold, _),) = open_holds(counter, "A")
    with pytest.raises(HeldError, match="Li is no manager"):
        holds.release(counter.desk, hold, "fine", "Li")
    with pytest.raises(AgainstRulesError, match="wants a reason"):
        holds.release(counter.desk, hold, " ", "Zhao")
    holds.release(counter.desk, hold, "core at 6 degrees", "Zhao")
    counter.feed("A")
    counter.line.send("super", 4)
    counter.line.swap("super")
    counter.follow()
    assert label(counter, 1).best_before == date(2026, 11, 28)


def test_a_review_holds_fresh_lots_whose_report_expired_and_leaves_old_ones(packed: Counter) -> None:
    assert review(packed.desk) == []
    packed.clock.at += timedelta(days=6.5)
    assert review(packed.desk) == ["A"]
    packed.receive("B", "G2", received_at=packed.clock())
    packed.clock.at += timedelta(days=26)
    assert review(packed.desk) == []  # B was held at the door; A was eaten long ago


def test_a_sample_of_a_batch_is_kept_and_somebody_answers_for_it(packed: Counter) -> None:
    batch = label(packed, 1).batch
    samples.retain(packed.desk, "S-9", batch, "fridge 2", "Zhao", "Li")
    with reading(packed.desk.books.path, BOOKS) as books:
        back = trace_back(books, 1)
    assert back is not None
    assert [(one["sample"], one["place"], one["accountable"]) for one in back["samples"]] == [
        ("S-9", "fridge 2", "Zhao")
    ]
    kind, event = packed.events()[-1]
    assert kind == "sampled"
    assert event["trace:sample"] == {"id": "https://trace.example.org/sample/S-9", "purpose": "retained"}
    for facts, why in (
        (("S-9", batch, "fridge", "Zhao"), "already"), (("S-10", "none", "fridge", "Zhao"), "no trace batch"),
        (("S-10", batch, " ", "Zhao"), "where"), (("S-10", batch, "fridge", ""), "nobody"),
    ):  # fmt: skip
        with pytest.raises((AgainstRulesError, NoSuchThingError), match=why):
            samples.retain(packed.desk, *facts, "Li")


def test_anybody_holds_and_what_is_held_keeps_trays_until_a_manager_releases(packed: Counter) -> None:
    holds.hold_lot(packed.desk, "A", "smells", "a visitor")
    with pytest.raises(HeldError, match="smells"):
        label(packed, 1)
    ((hold, _),) = open_holds(packed, "A")
    holds.release(packed.desk, hold, "it was the drain", "Zhao")
    label(packed, 1)
    with pytest.raises(NoSuchThingError, match="no hold"):
        holds.release(packed.desk, hold, "again", "Zhao")


def test_a_recall_names_the_trays_stops_reprints_and_is_never_released(packed: Counter) -> None:
    label(packed, 1)
    assert labelling.reprint(packed.desk, 1, "Li", "smeared") == 1
    assert holds.recall_lot(packed.desk, "A", "listeria", "Zhao") == [1]
    with pytest.raises(HeldError):
        labelling.reprint(packed.desk, 1, "Li", "smeared")
    with pytest.raises(HeldError, match="a recall stands"):
        holds.release(packed.desk, 1, "sorry", "Zhao")


def test_of_many_fruit_near_the_limit_too_many_may_miss_the_class(packed: Counter) -> None:
    packed.line.send("I", 20)  # 32 mm
    for _ in range(8):
        packed.line.send("I", 1, diameter_u_mm=5.0)
    packed.line.swap("I")
    packed.follow()
    with pytest.raises(AgainstRulesError, match="expected to miss the class's size, more than 10 %"):
        label(packed, 2)
    with reading(packed.desk.books.path, BOOKS) as books:
        judged = sizes_judged(books, "A", PACK, packed.desk.settings)
    assert [(one.grade, one.off_size.fruit, one.within) for one in judged] == [("Super", 40, True), ("I", 28, False)]
    assert judged[1].off_size.limit > judged[1].off_size.expected > judged[1].tolerance


def test_a_tray_is_labelled_by_the_pack_that_graded_it(packed: Counter) -> None:
    with pytest.raises(AgainstRulesError, match="graded by another rule pack"):
        labelling.label(packed.desk, 1, shipped_rule_pack("same-day"), "Li")


def test_waste_is_not_for_sale(packed: Counter) -> None:
    packed.line.send("waste", 2)
    packed.line.swap("waste")
    packed.follow()
    with pytest.raises(AgainstRulesError, match="not for sale"):
        label(packed, 4)


def test_what_is_done_to_a_tray_is_recorded_with_who_and_why(packed: Counter) -> None:
    desk = packed.desk
    trays.reopen(desk, 1, "Li", "one was soft")
    trays.recount(desk, 1, 39, "Li", "took it out")
    trays.close(desk, 1, "Li", "full")
    trays.correct_best_before(desk, 1, date(2026, 11, 29), "Zhao", "warm day")
    found = label(packed, 1)
    assert (found.count, found.best_before) == (39, date(2026, 11, 29))
    trays.void(desk, 1, "Li", "dropped")
    assert packed.history(1) == [
        "closed", "taken_away", "reopened", "recounted", "closed", "corrected", "labelled", "voided",
    ]  # fmt: skip
    with reading(desk.books.path, BOOKS) as books:
        back = trace_back(books, 1)
    assert back is not None
    assert [(step["who"], step["why"]) for step in back["history"]][-1] == ("Li", "dropped")
    assert back["history"][0]["detail"] == {}
    assert back["history"][2]["detail"] == {"fruit_by_lot": {"A": 40}}


@pytest.mark.parametrize("act", ["close", "reopen", "void"])
def test_who_and_why_are_wanted(packed: Counter, act: str) -> None:
    for who, why in (("", "why"), ("line", "why"), ("Li", " ")):
        with pytest.raises(AgainstRulesError):
            getattr(trays, act)(packed.desk, 5 if act == "close" else 1, who, why)
    assert packed.history(1) == ["closed", "taken_away"]


def test_a_correction_after_the_label_writes_the_event_anew(packed: Counter) -> None:
    label(packed, 1)
    trays.correct_best_before(packed.desk, 1, date(2026, 11, 27), "Zhao", "cold room failed")
    assert packed.tray(1).best_before == "2026-11-27"
    (kind, right), (declared, wrong) = packed.events()[-2:]
    assert (kind, declared) == ("packed", "declared_wrong")
    assert right["ilmd"]["trace:bestBefore"] == "2026-11-27"
    assert wrong["errorDeclaration"]["correctiveEventIDs"] == [right["eventID"]]
    with pytest.raises(AgainstRulesError, match="already"):
        trays.correct_best_before(packed.desk, 1, date(2026, 11, 27), "Zhao", "again")
    trays.correct_best_before(packed.desk, 1, date(2026, 11, 30), "Zhao", "it had not failed")
    packed_ids = {event["eventID"] for kind, event in packed.events() if kind == "packed"}
    assert len(packed_ids) == 3  # the first date again is not the first event again, which was declared wrong


def test_merging_moves_fruit_and_loses_none(packed: Counter) -> None:
    packed.line.send("super", 11)
    packed.line.swap("super")
    packed.follow()
    trays.merge(packed.desk, 5, 1, "Li", "half full")
    assert (packed.tray(5).state, packed.tray(5).into_tray) == ("merged", 1)
    assert label(packed, 1).fruit_by_lot == {"A": 51}
    with pytest.raises(AgainstRulesError, match="merged"):
        trays.close(packed.desk, 5, "Li", "why")


def test_trays_that_do_not_belong_together_are_not_merged(packed: Counter) -> None:
    packed.receive("B", "G2")
    packed.feed("B")
    packed.line.send("super", 6)
    packed.line.send("I", 6)
    packed.line.swap("super")
    packed.line.swap("I")
    packed.follow()
    for number, into, why in ((2, 1, "one grade"), (5, 1, "2 lots"), (1, 1, "itself"), (1, 6, "cannot be given")):
        with pytest.raises(AgainstRulesError, match=why):
            trays.merge(packed.desk, number, into, "Li", "why")
    trays.merge(packed.desk, 5, 1, "Li", "small lots", mixed=True)
    assert label(packed, 1).fruit_by_lot == {"A": 40, "B": 6}


def test_a_lots_facts_are_corrected_with_its_event_and_what_they_were_is_kept(packed: Counter) -> None:
    with reading(packed.desk.books.path, BOOKS) as books:
        before = lots.as_delivery(find_lot(books, "A"))
    assert before == DELIVERY
    right = replace(before, received_kg=Decimal("50.000"), precooled_at=None)
    found = lots.correct(packed.desk, right, "Li", "typing error")
    assert [finding.code for finding in found] == ["precooling_unrecorded"]
    assert open_holds(packed, "A") == [(1, "precooling_unrecorded")]
    kinds = [kind for kind, _ in packed.events()]
    assert kinds == ["received", "received", "declared_wrong", "held"]
    assert packed.events()[1][1]["quantityList"][0]["quantity"] == 50
    with pytest.raises(AgainstRulesError, match="is G1's"):
        lots.correct(packed.desk, replace(right, grower="G2"), "Li", "why")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"received_kg": Decimal(0)}, "no weight"),
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


def test_closing_the_tray_at_the_line_shuts_its_outlet_first(packed: Counter) -> None:
    shut: list[str] = []
    trays.reopen(packed.desk, 1, "Li", "two more were found")
    trays.close(packed.desk, 1, "Li", "now it is full", shut.append)
    assert shut == []  # it was taken away before
    standing = packed.line.standing["super"]
    trays.close(packed.desk, standing, "Li", "end of the day", shut.append)
    assert shut == ["super"]
    assert packed.tray(standing).state == "closed"


def test_where_the_line_refuses_no_tray_is_closed(packed: Counter) -> None:
    standing = packed.line.standing["super"]

    def refuse(outlet: str) -> None:
        raise AgainstRulesError(f"Outlet {outlet} stays open.")

    with pytest.raises(AgainstRulesError, match="stays open"):
        trays.close(packed.desk, standing, "Li", "end of the day", refuse)
    assert packed.tray(standing).state == "open"
