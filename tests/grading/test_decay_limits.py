"""What a probability of decay means."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading import Decay, DecayLimits, Measurement, Outlet, decide, shipped_rule_pack

LIMITS = DecayLimits(suspected=0.3, sure=0.9)
PACK = shipped_rule_pack()
PROBABILITIES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("probability", "decay"),
    [
        (None, Decay.NOT_ASSESSED),
        (0.0, Decay.NONE),
        (math.nextafter(0.3, 0), Decay.NONE),
        (0.3, Decay.SUSPECTED),
        (math.nextafter(0.9, 0), Decay.SUSPECTED),
        (0.9, Decay.SURE),
        (1.0, Decay.SURE),
    ],
)
def test_both_limits_belong_to_the_worse_side(probability: float | None, decay: Decay) -> None:
    assert LIMITS.judge(probability) is decay


def test_what_is_no_number_is_suspected() -> None:
    assert LIMITS.judge(math.nan) is Decay.SUSPECTED


@pytest.mark.parametrize(("suspected", "sure"), [(0.0, 0.5), (0.6, 0.5), (0.5, 1.1), (math.nan, 0.5)])
def test_limits_that_are_none_are_refused(suspected: float, sure: float) -> None:
    with pytest.raises(ValueError, match="no such limits"):
        DecayLimits(suspected, sure)


@given(PROBABILITIES, st.floats(0, 60), st.floats(0, 1))
def test_suspected_rot_gets_no_grade_and_sure_rot_is_waste(
    probability: float, diameter: float, maturity: float
) -> None:
    decay = LIMITS.judge(probability)
    decision = decide(
        Measurement(
            diameter_mm=diameter, diameter_u_mm=0.2, maturity=maturity, maturity_u=0.01, weight_g=20.0, decay=decay
        ),
        PACK,
    )
    if decay is Decay.SURE:
        assert (decision.grade, decision.outlet) == ("substandard", Outlet.WASTE)
    elif decay is Decay.SUSPECTED:
        assert (decision.grade, decision.outlet, decision.criterion) == (None, Outlet.RECHECK, "decay")
    else:
        assert decision.outlet not in {Outlet.WASTE, Outlet.RECHECK}
