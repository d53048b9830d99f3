"""The limits of decay follow from what mistakes cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training import card
from models.training.card import choose_limits

SHARES = st.floats(0.1, 0.9)


def in_a_lot(probability: float, learnt_share: float) -> float:
    """What a probability among the examples is among a lot's fruit, by Bayes' rule."""
    odds = probability / (1 - probability) / (learnt_share / (1 - learnt_share)) * card.IN_A_LOT / (1 - card.IN_A_LOT)
    return odds / (1 + odds)


@given(SHARES)
def test_at_each_limit_both_ways_cost_the_same(learnt_share: float) -> None:
    limits = choose_limits(learnt_share)
    suspected, sure = (in_a_lot(limit, learnt_share) for limit in (limits.suspected, limits.sure))
    assert suspected * card.COST_MISSED == pytest.approx(card.COST_LOOK)
    assert (1 - sure) * card.COST_WASTED == pytest.approx(card.COST_LOOK)


@given(SHARES, SHARES)
def test_who_learnt_from_more_rot_has_to_be_surer(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert choose_limits(less).suspected <= choose_limits(more).suspected
    assert choose_limits(less).sure <= choose_limits(more).sure
