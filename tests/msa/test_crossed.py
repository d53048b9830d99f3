"""The analysis of variance, held against the manual's own example and against components that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.msa import StudyError, analyse

# AIAG, Measurement Systems Analysis, 4th edition, GRR study: ten parts, three appraisers, three trials.
A = """ 0.29 -0.56 1.34 0.47 -0.80  0.02 0.59 -0.31 2.26 -1.36
        0.41 -0.68 1.17 0.50 -0.92 -0.11 0.75 -0.20 1.99 -1.25
        0.64 -0.58 1.27 0.64 -0.84 -0.21 0.66 -0.17 2.01 -1.31"""
B = """ 0.08 -0.47 1.19 0.01 -0.56 -0.20 0.47 -0.63 1.80 -1.68
        0.25 -1.22 0.94 1.03 -1.20  0.22 0.55  0.08 2.12 -1.62
        0.07 -0.68 1.34 0.20 -1.28  0.06 0.83 -0.34 2.19 -1.50"""
C = """ 0.04 -1.38 0.88 0.14 -1.46 -0.29 0.02 -0.46 1.77 -1.49
       -0.11 -1.13 1.09 0.20 -1.07 -0.67 0.01 -0.56 1.45 -1.77
       -0.15 -0.96 0.67 0.11 -1.45 -0.49 0.21 -0.49 1.87 -2.16"""
MANUAL = np.array([np.array(one.split(), float).reshape(3, 10).T for one in (A, B, C)]).transpose(1, 0, 2)


def test_the_manuals_example_gives_the_manuals_figures() -> None:
    study = analyse(MANUAL)
    squares = {name: round(total, 4) for name, (total, _) in study.sums.items()}
    assert squares == {"parts": 88.3619, "lanes": 3.1673, "interaction": 0.359, "repeats": 2.7589}
    assert [freedom for _, freedom in study.sums.values()] == [9, 2, 18, 60]
    assert study.pooled
    assert study.repeatability == pytest.approx(0.199933, abs=2e-6)
    assert study.reproducibility == pytest.approx(0.226838, abs=2e-6)
    assert study.gauge == pytest.approx(0.302373, abs=2e-6)
    assert study.parts == pytest.approx(1.042327, abs=2e-6)
    assert 100 * study.share == pytest.approx(27.86, abs=0.005)
    assert study.categories == 4


def test_known_components_come_out() -> None:
    generator = np.random.default_rng(7)
    fruit, lane, cell = (
        generator.normal(0, sd, shape) for sd, shape in ((4, (4000, 1, 1)), (0.3, (1, 40, 1)), (0.2, (4000, 40, 1)))
    )
    study = analyse(35 + fruit + lane + cell + generator.normal(0, 0.25, (4000, 40, 3)))
    assert study.parts == pytest.approx(4, rel=0.03)
    assert study.repeatability == pytest.approx(0.25, rel=0.02)
    assert study.reproducibility == pytest.approx(np.hypot(0.3, 0.2), rel=0.25)
    assert not study.pooled


@given(st.integers(2, 8), st.integers(1, 4), st.integers(2, 4), st.integers(0, 2**32))
def test_the_sums_of_squares_are_the_whole_sum(parts: int, lanes: int, passes: int, seed: int) -> None:
    readings = np.random.default_rng(seed).normal(30, 3, (parts, lanes, passes))
    study = analyse(readings)
    whole = ((readings - readings.mean()) ** 2).sum()
    assert sum(total for total, _ in study.sums.values()) == pytest.approx(whole)
    assert sum(freedom for _, freedom in study.sums.values()) == readings.size - 1
    assert study.total >= study.gauge >= study.repeatability >= 0


def test_one_pass_tells_nothing_of_repeatability() -> None:
    with pytest.raises(StudyError, match="two of each"):
        analyse(np.ones((10, 2, 1)))


def test_a_gauge_without_spread_tells_all_fruit_apart() -> None:
    study = analyse(np.repeat(np.arange(20.0, 30.0)[:, None, None], 3, axis=2))
    assert study.share == 0
    assert study.categories > 1_000_000
