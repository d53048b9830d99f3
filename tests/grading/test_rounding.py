"""Published numbers: rounded, but never across a limit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading import MARGIN, Boundary, round_within, shipped_names, shipped_rule_pack

COOPERATIVE = shipped_rule_pack("cooperative")


@pytest.mark.parametrize(
    ("field", "value", "decimals", "published"),
    [
        ("diameter_mm", 34.997, 2, 34.99),
        ("diameter_mm", 35.0, 2, 35.0),
        ("diameter_mm", 35.004, 2, 35.0),
        ("diameter_mm", math.nextafter(35, 0), 2, 34.99),
        ("diameter_mm", 33.337, 2, 33.34),
        ("maturity", 0.9004, 3, 0.901),
        ("maturity", 0.9, 3, 0.9),
        ("maturity", 0.7999, 3, 0.799),
        ("maturity", 0.89996, 3, 0.9),
        ("weight_g", 24.97, 1, 24.9),
        ("width_mm", 34.997, 2, 35.0),
    ],
)
def test_a_number_is_never_written_as_one_of_another_grade(
    field: str, value: float, decimals: int, published: float
) -> None:
    assert round_within(value, decimals, COOPERATIVE.limits_of(field)) == published


def test_a_margin_that_was_missed_by_a_hair_is_never_written_as_met() -> None:
    assert round_within(-1e-9, 2, MARGIN) == -0.01
    assert round_within(0.0, 2, MARGIN) == 0.0


def test_limits_closer_than_a_decimal_cost_more_decimals() -> None:
    between = round_within(34.998, 2, [Boundary(34.996, "above"), Boundary(35.0, "above")])
    assert between == 34.998


boundaries = st.lists(st.builds(Boundary, st.floats(0, 60), st.sampled_from(["above", "below"])), max_size=5)


@st.composite
def values_near_limits(draw: st.DrawFn) -> tuple[float, list[Boundary]]:
    limits = draw(boundaries)
    value = draw(st.floats(0, 60))
    if limits:
        value = draw(
            st.just(value)
            | st.builds(lambda limit, off: limit.value + off, st.sampled_from(limits), st.floats(-0.02, 0.02))
        )
    return value, limits


@given(values_near_limits(), st.integers(0, 4))
def test_rounding_keeps_every_value_on_its_side_of_every_limit(
    case: tuple[float, list[Boundary]], decimals: int
) -> None:
    value, limits = case
    published = round_within(value, decimals, limits)
    assert [limit.is_above(published) for limit in limits] == [limit.is_above(value) for limit in limits]


@given(values_near_limits(), st.integers(0, 4))
def test_rounding_moves_a_value_by_less_than_its_last_decimal(
    case: tuple[float, list[Boundary]], decimals: int
) -> None:
    value, limits = case
    assert abs(round_within(value, decimals, limits) - value) <= 1.0000001 * 10.0**-decimals


@given(st.floats(0, 60), st.integers(0, 4))
def test_far_from_limits_it_is_plain_rounding(value: float, decimals: int) -> None:
    assert round_within(value, decimals, []) == round(value, decimals)


@given(st.floats(-1e-7, 1e-7))
def test_shipped_limits_hold_from_up_close(offset: float) -> None:
    for name in shipped_names():
        pack = shipped_rule_pack(name)
        for field, decimals in (("diameter_mm", 2), ("maturity", 3), ("surface_red", 3)):
            for limit in pack.limits_of(field):
                published = round_within(limit.value + offset, decimals, pack.limits_of(field))
                assert limit.is_above(published) == limit.is_above(limit.value + offset)
