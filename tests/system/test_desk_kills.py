"""Whoever works at the desk is killed twenty times: nothing that was said to be done is lost, no label comes twice."""

from pathlib import Path

from benchmarks.books_kills import run


def test_nothing_that_was_said_is_lost_in_twenty_kills(tmp_path: Path) -> None:
    found, wrong = run(tmp_path, 20, 3)
    assert wrong == []
    assert found["labelled"] > 0
    assert found["events"] > 0
