"""Counts by the API against what lies in the twin's trays."""

from pathlib import Path

from benchmarks.api_truth import hold_against

FRUIT = 5000


def test_counts_are_what_lies_in_the_trays_whatever_dies_meanwhile(tmp_path: Path) -> None:
    held = hold_against(tmp_path, FRUIT, line_kills=3)
    assert held.holds, held
    assert held.line_kills > 0
    assert held.broken > 0
    assert held.recorded >= FRUIT


def test_counts_are_just_what_lies_in_the_trays_when_no_line_dies(tmp_path: Path) -> None:
    held = hold_against(tmp_path, FRUIT // 5)
    assert held.holds, held
    assert held.unconfirmed == 0
    assert held.truth == held.delivered
    assert held.truth.total() > FRUIT // 20
