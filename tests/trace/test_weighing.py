"""A lot balances if what came in is what it became, within what weighing and estimating can tell."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.rules.weighing import ByHand, Portion, weigh
from grader.trace.settings import TraceSettings

SETTINGS = TraceSettings(scale_u_kg=0.05, weight_common_u=0.05, loss_share=0.0, loss_u=0.0)


def portion(outlet: str, fruit: int, weight_g: float = 20.0, u_g: float = 1.5, weighed: int | None = None) -> Portion:
    weighed = fruit if weighed is None else weighed
    return Portion(outlet, fruit, weighed, weighed * weight_g, weighed * weight_g**2, weighed * u_g**2)


PORTIONS = st.lists(
    st.builds(portion, st.sampled_from(["super", "I", "II", "waste", "unconfirmed"]), st.integers(1, 500)), max_size=6
)


def test_a_lot_that_became_what_came_in_balances() -> None:
    found = weigh(100, [portion("super", 3000), portion("I", 1500), portion("waste", 500)], [], SETTINGS)
    assert found.kg == pytest.approx({"super": 60, "I": 30, "waste": 10})
    assert found.difference_kg == pytest.approx(0)
    assert found.balanced


def test_a_crate_that_nobody_fed_is_seen_where_weights_are_known_well_enough() -> None:
    """Of 300 kg a crate of 20 is missing."""
    known_well, known_badly = replace_u(0.02), replace_u(0.05)
    assert not weigh(300, [portion("super", 14_000)], [], known_well).balanced
    assert weigh(300, [portion("super", 14_000)], [], known_badly).balanced


def replace_u(common: float) -> TraceSettings:
    return SETTINGS.model_copy(update={"weight_common_u": common})


def test_the_budget_adds_in_squares_what_is_independent_and_as_it_is_what_is_shared() -> None:
    found = weigh(100, [portion("super", 2500), portion("I", 2500)], [ByHand("II", 1000)], SETTINGS)
    own_kg, common_kg, scale_kg = math.sqrt(5000) * 1.5 / 1000, 0.05 * 100, 0.05 * math.sqrt(2)
    assert found.u_kg == pytest.approx(math.hypot(own_kg, common_kg, scale_kg))


def test_fruit_without_a_weight_count_as_the_others() -> None:
    found = weigh(100, [portion("super", 5000, weighed=4000)], [], SETTINGS)
    assert found.kg["super"] == pytest.approx(100)


def test_where_nothing_was_weighed_everything_is_missing() -> None:
    found = weigh(100, [portion("super", 50, weighed=0)], [], SETTINGS)
    assert found.difference_kg == 100
    assert not found.balanced
    assert not weigh(100, [], [], SETTINGS).balanced


def test_water_and_leaves_are_expected_to_be_lost() -> None:
    settings = SETTINGS.model_copy(update={"loss_share": 0.02, "loss_u": 0.01})
    found = weigh(100, [portion("super", 4900)], [], settings)
    assert found.lost_kg == pytest.approx(2)
    assert found.difference_kg == pytest.approx(0)


def test_what_lies_in_the_recheck_crate_is_told() -> None:
    found = weigh(100, [portion("super", 4000), portion("recheck", 1000)], [], SETTINGS)
    assert found.in_the_crate == 1000
    assert found.balanced


@given(st.floats(1, 1000), PORTIONS, st.lists(st.builds(ByHand, st.just("II"), st.floats(1, 9999)), max_size=3))
def test_nothing_is_lost_on_paper(received_kg: float, portions: list[Portion], by_hand: list[ByHand]) -> None:
    found = weigh(received_kg, portions, by_hand, SETTINGS)
    assert found.difference_kg + found.lost_kg + sum(found.kg.values()) == pytest.approx(received_kg)


@given(st.floats(1, 1000), st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_how_fruit_are_grouped_changes_nothing(received_kg: float, counts: list[int]) -> None:
    apart = weigh(received_kg, [portion("super", count) for count in counts], [], SETTINGS)
    together = weigh(received_kg, [portion("I", sum(counts))], [], SETTINGS)
    assert apart.difference_kg == pytest.approx(together.difference_kg)
    assert apart.u_kg == pytest.approx(together.u_kg)


def test_95_of_100_honest_lots_balance() -> None:
    rng, balanced = np.random.default_rng(3), 0
    for _ in range(400):
        true_g = rng.normal(20, 4, 2000)
        measured_g = (true_g + rng.normal(0, 1.5, 2000)) * (1 + rng.normal(0, 0.05))
        received_kg = true_g.sum() / 1000 + rng.normal(0, 0.05)
        sums = Portion("super", 2000, 2000, measured_g.sum(), (measured_g**2).sum(), 2000 * 1.5**2)
        balanced += weigh(received_kg, [sums], [], SETTINGS).balanced
    assert 0.92 <= balanced / 400 <= 0.98
