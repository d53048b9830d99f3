"""Which row is which fruit's."""

import numpy as np

from benchmarks.judging import Fruit, grade_of, match
from benchmarks.pictures import Visible


def fruit_at(*centres: tuple[float, float], flesh_px: int = 10_000) -> Visible:
    """Fruit of that many flesh pixels: a row within 45 px of the centre is theirs."""
    n = len(centres)
    return Visible(np.full(n, flesh_px), np.array(centres), np.ones(n, np.bool_), np.ones(n, np.bool_))


def test_a_row_belongs_to_the_fruit_in_whose_reach_it_lies() -> None:
    row_of, false = match(np.array([[300.0, 100.0], [144.0, 100.0]]), fruit_at((100, 100), (300, 100)))
    assert (row_of.tolist(), false) == ([1, 0], [])


def test_a_row_out_of_every_reach_is_false_and_the_fruit_not_found() -> None:
    row_of, false = match(np.array([[146.0, 100.0]]), fruit_at((100, 100)))
    assert (row_of.tolist(), false) == ([-1], [0])


def test_of_two_rows_on_one_fruit_the_nearer_is_its_own_and_the_other_false() -> None:
    row_of, false = match(np.array([[120.0, 100.0], [101.0, 100.0]]), fruit_at((100, 100)))
    assert (row_of.tolist(), false) == ([1], [0])


def test_a_row_between_two_fruit_goes_to_the_nearer() -> None:
    row_of, false = match(np.array([[130.0, 100.0]]), fruit_at((100, 100), (150, 100)))
    assert (row_of.tolist(), false) == ([-1, 0], [])


def test_no_rows_find_no_fruit() -> None:
    row_of, false = match(np.zeros((0, 2)), fruit_at((100, 100)))
    assert (row_of.tolist(), false) == ([-1], [])


def test_fruit_without_flesh_own_no_row() -> None:
    row_of, false = match(np.array([[10.0, 10.0]]), fruit_at((np.nan, np.nan), flesh_px=0))
    assert (row_of.tolist(), false) == ([-1], [0])


def test_limits_belong_to_the_upper_grade() -> None:
    assert [grade_of(diameter, 0.85) for diameter in (35.0, 34.999, 24.999)] == ["Super", "I", "substandard"]


def test_a_fruit_that_was_not_found_is_not_measured() -> None:
    lost = Fruit(
        picture="picture",
        camera="station",
        belt="blue",
        number=1,
        isolated=True,
        found=False,
        why_not="not found",
        true_width_mm=30,
        true_diameter_mm=30,
        true_weight_g=15,
        true_maturity=1,
        true_axis_deg=10.0,
        true_size_grade="I",
        true_grade="I",
    )
    assert not lost.measured
