"""Intervals: of textbook examples, and as often right as they claim."""

import numpy as np
import pytest

from benchmarks.intervals import bootstrap, mean, percentile_95, standard_deviation, wilson


def test_a_share_of_all_is_not_certain() -> None:
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_bootstrap_of_a_mean_is_the_classical_interval() -> None:
    values = np.random.default_rng(1).normal(5, 2, 400)
    half = 1.96 * values.std(ddof=1) / 20
    assert bootstrap(values, mean) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)


def test_bootstrap_gives_the_same_interval_every_time() -> None:
    values = np.arange(50.0)
    assert bootstrap(values, standard_deviation) == bootstrap(values, standard_deviation)


def test_the_95th_percentile_is_of_absolute_errors() -> None:
    assert percentile_95(np.array([-2.0] * 10 + [0.0] * 90)) == 2
