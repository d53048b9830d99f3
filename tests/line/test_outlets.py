"""When a tray is full, and why it is taken away."""

import pytest

from grader.grading import Outlet
from grader.line.outlets import Place


def place(**facts: object) -> Place:
    return Place(Outlet.SUPER, 1, 3, **facts)  # type: ignore[arg-type]


def test_a_tray_is_full_by_count_with_what_is_on_its_way() -> None:
    tray = place()
    for _ in range(2):
        tray.expect(20.0)
    assert not tray.full
    tray.expect(None)
    assert (tray.full, tray.obstacle, tray.why_taken_away) == (True, "tray_full", "count")
    tray.no_longer_expect(None)
    assert (tray.full, tray.why_taken_away) == (False, "hand")


def test_a_tray_is_full_by_weight_whichever_comes_first() -> None:
    tray = place(limit_g=50.0)
    tray.expect(25.0)
    tray.receive(25.0)
    tray.no_longer_expect(25.0)
    assert not tray.full
    tray.expect(25.0)
    assert (tray.full, tray.why_taken_away) == (True, "weight")


@pytest.mark.parametrize(
    ("closed", "why"),
    [
        ("tray_full", "sensor"),
        ("closed_by_hand", "hand"),
        ("tray_absent", "tray_absent"),
        ("outlet_missing_pulses", "outlet_missing_pulses"),
    ],
)
def test_what_closed_the_outlet_is_why_the_tray_is_taken_away(closed: str, why: str) -> None:
    assert place(closed=closed).why_taken_away == why
