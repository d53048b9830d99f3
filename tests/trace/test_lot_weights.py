"""A scale takes the weight model's bias out of a lot."""

import numpy as np
import pytest

from grader.trace.rules.lot_weights import FEWEST_G, Factor, WeighedTray, factor_of

COMMON_U = 0.05


def trays(truth: float, count: int, seed: int) -> list[WeighedTray]:
    """80 fruit of 20 g a tray, each estimated with 6 % of its own, on a scale of 2 g."""
    generator = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        estimates = 20 / truth * (1 + 0.06 * generator.standard_normal(80))
        own_u_g = float(0.06 * np.sqrt((estimates**2).sum()))
        made.append(WeighedTray(1600 + 2 * float(generator.standard_normal()), 2.0, float(estimates.sum()), own_u_g))
    return made


def test_nothing_weighed_leaves_the_model_as_it_is() -> None:
    assert factor_of([], COMMON_U) == Factor(1.0, COMMON_U, 0)


@pytest.mark.parametrize("truth", [0.92, 1.0, 1.07])
def test_three_trays_bring_the_bias_below_one_percent(truth: float) -> None:
    for seed in range(20):
        found = factor_of(trays(truth, 3, seed), COMMON_U)
        assert abs(found.factor - truth) < 0.015
        assert found.u < 0.005


def test_the_stated_uncertainty_covers() -> None:
    inside = 0
    for seed in range(200):
        truth = 1 + COMMON_U * float(np.random.default_rng([seed, 1]).standard_normal())
        found = factor_of(trays(truth, 2, seed), COMMON_U)
        inside += abs(found.factor - truth) < 2 * found.u
    assert inside >= 180


def test_a_tray_with_next_to_nothing_in_it_says_nothing() -> None:
    assert factor_of([WeighedTray(FEWEST_G / 2, 2.0, 10.0, 1.0)], COMMON_U).trays == 0
