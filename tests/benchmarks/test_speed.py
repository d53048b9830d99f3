"""The table of speed: ratios are what they say."""

import numpy as np
import pytest

from benchmarks.rival_opencv import grade_by_tutorial
from benchmarks.speed import alone_rows, speed_rows


def test_rows_are_ratios_of_medians_and_of_our_slowest_calls() -> None:
    times = {
        "ours": np.array([4.0] * 98 + [8.0, 8.0]),
        "cvtcolor": np.array([2.0, 2.0, 9.0]),
        "tutorial": np.full(5, 12.0),
    }
    by_name = {row.quantity: row for row in speed_rows(times)}
    assert by_name["ours / cvtColor(BGR2HSV), medians"].value == 2
    assert by_name["ours, 99th percentile / median of cvtColor"].value == pytest.approx(4, abs=0.1)
    tutorial = next(row for name, row in by_name.items() if "tutorial" in name)
    assert (tutorial.value, tutorial.n) == (3, 5)


def test_rivals_that_were_not_timed_have_no_row() -> None:
    rows = speed_rows({"ours": np.ones(3), "cvtcolor": np.ones(3)})
    assert not [row for row in rows if "scikit-image" in row.quantity]


def test_the_tutorials_rival_does_find_fruit() -> None:
    frame = np.full((200, 300, 3), (150, 90, 40), np.uint8)
    frame[50:110, 100:150] = (40, 30, 190)
    ((box_px, circle_px),) = grade_by_tutorial(frame)
    assert box_px == pytest.approx(49, abs=2)
    assert circle_px == pytest.approx(np.hypot(49, 59), abs=2)


def test_frames_where_no_fruit_touch_are_a_row_of_their_own() -> None:
    times = {"ours": np.array([1.0, 3.0, 1.0]), "tutorial": np.array([2.0, 2.0, 2.0])}
    _, ratio = alone_rows(times, np.array([True, False, True]))
    assert (ratio.value, ratio.n) == (2.0, 2)
    assert not alone_rows(times, np.zeros(3, np.bool_))
