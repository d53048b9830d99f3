"""Which trays may be labelled, and which close when another lot is fed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.rules.packing import Contents, obstacles, trays_to_close
from grader.trace.rules.tolerance import OffSize

GOOD = Contents(
    tray=1, state="closed", for_sale=True, needs_recount=False, fruit_by_lot={"A": 40}, grades=frozenset({"Super"}),
    mixed_by_choice=False, holds=(), off_size=OffSize(40, 0.05, 0.12), tolerance=0.10,
)  # fmt: skip
LOTS = st.sampled_from(["A", "B", "C", None])
WRONG: dict[str, tuple[dict[str, object], str]] = {
    "open": ({"state": "open"}, "only a closed tray"),
    "labelled already": ({"state": "labelled"}, "only a closed tray"),
    "waste": ({"for_sale": False}, "not for sale"),
    "in doubt": ({"needs_recount": True}, "count it"),
    "empty": ({"fruit_by_lot": {}}, "empty"),
    "with fruit of nobody": ({"fruit_by_lot": {"A": 3, None: 2}}, "whose 2 of its fruit are"),
    "of two grades": ({"grades": frozenset({"Super", "I"})}, "one grade"),
    "mixed without anybody's choice": ({"fruit_by_lot": {"A": 3, "B": 2}}, "nobody chose"),
    "held": ({"holds": ("residues",)}, "residues"),
    "with too many that miss the class": ({"off_size": OffSize(40, 0.11, 0.2)}, "grade it again"),
}


def test_a_closed_tray_of_one_grade_and_one_lot_gets_a_label() -> None:
    assert obstacles(GOOD) == []


def test_the_expected_share_decides_and_not_its_limit() -> None:
    assert obstacles(replace(GOOD, off_size=OffSize(40, 0.10, 0.5))) == []


def test_a_mixture_that_somebody_chose_gets_a_label() -> None:
    assert obstacles(replace(GOOD, fruit_by_lot={"A": 3, "B": 2}, mixed_by_choice=True)) == []


@pytest.mark.parametrize("wrong", WRONG)
def test_no_label_for_a_tray_that_is(wrong: str) -> None:
    change, sentence = WRONG[wrong]
    found = obstacles(replace(GOOD, **change))  # type: ignore[arg-type]
    assert len(found) == 1
    assert sentence in found[0]


@given(st.sets(st.sampled_from(sorted(WRONG))))
def test_obstacles_do_not_hide_each_other(together: set[str]) -> None:
    changed = GOOD
    for wrong in together:
        changed = replace(changed, **WRONG[wrong][0])  # type: ignore[arg-type]
    assert bool(obstacles(changed)) == bool(together)


@given(st.lists(st.lists(LOTS, max_size=3), max_size=5), st.sampled_from(["A", "B"]), st.booleans())
def test_after_a_change_of_lot_no_tray_can_come_to_hold_two_unless_somebody_chose_it(
    contents: list[list[str | None]], lot: str, mixed: bool,  # noqa: FBT001 - hypothesis passes by place
) -> None:  # fmt: skip
    closed = trays_to_close(list(enumerate(contents)), lot, mixed=mixed)
    left = [lots for tray, lots in enumerate(contents) if tray not in closed]
    assert mixed or all(set(lots) <= {lot} for lots in left)
    # And none is closed for nothing.
    assert all(set(contents[tray]) - {lot} for tray in closed)
