"""The whole way, small: the twin's pictures are judged, and the charts are drawn."""

from pathlib import Path

from benchmarks.charts import draw_charts
from benchmarks.goals import accuracy_rows
from benchmarks.judging import judge
from benchmarks.twin_belt import render_pictures


def test_fruit_of_the_twin_are_found_and_measured(tmp_path: Path) -> None:
    outcome = judge(render_pictures(fruit=1, seed=1))
    rows = {row.quantity: row for row in accuracy_rows(outcome, None)}
    assert rows["isolated fruit found"].value == 100
    assert rows["width_mm, isolated: 95th percentile"].value < 2
    draw_charts("small", outcome, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"small-errors.png", "small-coverage.png"}
