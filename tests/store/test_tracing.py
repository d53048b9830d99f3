"""Back from a tray, forward from a lot: the same as counting by hand, and by index alone."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from grader.store import Outcome, reading
from grader.store.books import BOOKS, Books, Follower, sums, tracing, trays
from grader.store.books.records import FeedBegan, HoldPlaced, TrayChanged
from grader.store.tail import last_fruit

from .small_line import SmallLine
from .test_books_rules import EVERY_KIND, FACTS

LOTS = ("A", "B")
CHANGE = TrayChanged(tray=1, what="closed", was="open", becomes="closed", who="Li", why="why", utc_ns=1, detail={})
HOLD = HoldPlaced(lot="A", kind="hold", code="by_hand", reason="smells", who="Li", utc_ns=1)

Fallen = list[tuple[str, str, int | None, str]]
"""Lot, outlet, tray, outcome of every fruit."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Books, Fallen]]:
    """Two lots, fed in turns; the truth beside the books."""
    folder, chance = tmp_path_factory.mktemp("world"), random.Random(5)  # noqa: S311 - not for secrets
    line, fallen = SmallLine(folder / "journal.db").start(), Fallen()
    with Books(folder / "station.db") as books:
        follower = Follower(books, line.path, lambda: 99)
        follower.follow()
        books.submit(*EVERY_KIND, replace(FACTS, lot="B", why="received")).result()
        for turn in range(6):
            lot = LOTS[turn % 2]
            with reading(line.path) as journal:
                after = last_fruit(journal)
            fed = FeedBegan(source=1, after_fruit=after, lot=lot, pass_number=1, mixed=True, who="Li", utc_ns=1)
            books.submit(fed).result()
            for _ in range(25):
                outlet, outcome = chance.choice(["super", "I", "II"]), chance.choices(list(Outcome), [8, 1, 1])[0]
                delivered = outcome is Outcome.DELIVERED
                fallen.append((lot, outlet, line.standing[outlet] if delivered else None, outcome))
                line.send(outlet, 1, outcome)
                if chance.random() < 0.1:
                    line.swap(outlet)
            follower.follow()
        yield books, fallen
    line.close()


def test_a_tray_leads_back_to_its_fruit_lots_growers_and_whatever_touched_them(world: tuple[Books, Fallen]) -> None:
    books, fallen = world
    with reading(books.path, BOOKS) as connection:
        for tray in range(1, 5):
            found = tracing.trace_back(connection, tray)
            assert found is not None
            by_lot = Counter(lot for lot, _, where, _ in fallen if where == tray)
            assert {share["lot"]: share["fruit"] for share in found["lots"]} == by_lot
            assert len(found["fruit"]) == by_lot.total()
            for share in found["lots"]:
                assert share["facts"]["plot"] == "7"
                assert share["grower"] == {"code": "G1", "name": "王芳"}
                assert [entry["product"] for entry in share["treatments"]] == ["P"]
                assert [report["number"] for report in share["residue_reports"]] == ["1"]
            assert sum(run["fruit"] for run in found["made_by"]) == by_lot.total()
        assert tracing.trace_back(connection, 999) is None


def test_a_lot_leads_forward_to_every_tray_that_has_some_of_it(world: tuple[Books, Fallen]) -> None:
    books, fallen = world
    with reading(books.path, BOOKS) as connection:
        for lot in LOTS:
            found = tracing.trace_forward(connection, lot)
            assert found is not None
            trays_of_lot = Counter(where for whose, _, where, _ in fallen if whose == lot and where is not None)
            assert {row["tray"]: row["fruit"] for row in found["trays"]} == trays_of_lot
            outcomes: Counter[str] = Counter()
            for row in found["fruit"]:
                outcomes[row["outcome"]] += row["fruit"]
            assert outcomes == Counter(outcome for whose, _, _, outcome in fallen if whose == lot)
        assert tracing.trace_forward(connection, "C") is None


def test_back_and_forward_agree(world: tuple[Books, Fallen]) -> None:
    books, _ = world
    with reading(books.path, BOOKS) as connection:
        for lot in LOTS:
            forward = tracing.trace_forward(connection, lot)
            assert forward is not None
            for row in forward["trays"]:
                back = tracing.trace_back(connection, row["tray"])
                assert back is not None
                assert {share["lot"]: share["fruit"] for share in back["lots"]}[lot] == row["fruit"]


def test_held_trays_are_found_in_one_query_with_lot_and_grower_through_a_merge_too(
    world: tuple[Books, Fallen],
) -> None:
    books, fallen = world
    of_a = {where for lot, _, where, _ in fallen if lot == "A" and where is not None}
    with reading(books.path, BOOKS) as connection:
        assert tracing.held_trays(connection) == []
        known = [trays.tray_of(connection, number) for number in sorted(of_a)]
    closed = [tray for tray in known if tray is not None and tray.state == "closed"]
    one, other = next(
        (one, other) for one in closed for other in closed if one.outlet == other.outlet and one.tray != other.tray
    )
    merged = replace(CHANGE, tray=one.tray, what="merged", was="closed", becomes="merged", into_tray=other.tray)
    alone = replace(HOLD, lot=None, tray=one.tray, kind="recall")
    books.submit(merged, HOLD, alone).result()
    with reading(books.path, BOOKS) as connection:
        found = tracing.held_trays(connection)
        for_a = {row["tray"] for row in found if row["hold"] == 1}
        assert for_a == of_a
        assert {(row["lot"], row["grower"]) for row in found if row["hold"] == 1} == {("A", "G1")}
        assert {row["tray"] for row in found if row["hold"] == 2} == {one.tray, other.tray}
        into = [row["fruit"] for row in found if row["tray"] == other.tray and row["hold"] == 1]
        assert sum(into) == sum(share.fruit for share in trays.composition(connection, other.tray) if share.lot == "A")
        for number in {row["tray"] for row in found}:
            assert {hold.hold for hold in trays.holds_of_tray(connection, number)} >= {
                row["hold"] for row in found if row["tray"] == number
            }


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (tracing.TRAYS_OF_LOT, {"lot": "A"}),
        (tracing.FRUIT_OF_LOT, {"lot": "A"}),
        (tracing.HELD, {}),
        (trays.HOLD + trays.OF_TRAY, {"tray": 1}),
        (trays.COMPOSITION, {"tray": 1}),
        (trays.FRUIT_OF_TRAY, {"tray": 1}),
        (trays.MADE_BY, {"tray": 1}),
        (sums.WEIGHTS_OF_LOT, {"lot": "A"}),
        (sums.SETTLEMENT, {"grower": "G1", "begin": 0, "end": 9}),
    ],
)
def test_no_question_reads_all_fruit_or_all_trays(
    world: tuple[Books, Fallen], statement: str, values: dict[str, Any]
) -> None:
    books, _ = world
    with reading(books.path, BOOKS) as connection:
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), values)]
    assert [step for step in plan if re.match(r"SCAN (fruit|tray|tray_history|tray_member|h)\b", step)] == [], plan
