"""Counts by the API against what lies in the twin's trays."""

from pathlib import Path

from benchmarks.api_truth import hold_against

FRUIT = 5000


def test_counts_are_what_lies_in_the_trays_however_often_the_web_process_is_killed(tmp_path: Path) -> None:
    held = hold_against(tmp_path, FRUIT)
    assert held.holds, held
    assert held.kills > 0
    assert held.recorded >= FRUIT
