"""A lamp that drifts raises an alarm; one look, or a belt that nobody sees, does not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.line.watching import BRIGHTEST, DIMMEST, MOST_OFF_COLOUR, RECENT_LOOKS, LampWatch


def watch(looks: list[tuple[float, float, float]]) -> LampWatch:
    lamp = LampWatch()
    for look in looks:
        lamp.see(*look)
    return lamp


@given(st.floats(DIMMEST + 0.01, BRIGHTEST - 0.01), st.floats(-0.07, 0.07), st.floats(-0.07, 0.07))
def test_light_within_its_limits_is_no_alarm(light: float, blue: float, red: float) -> None:
    assert not watch([(light * (1 + blue), light, light * (1 + red))] * RECENT_LOOKS).drifts


@pytest.mark.parametrize(
    "look",
    [
        (0.7, 0.7, 0.7),
        (1.3, 1.3, 1.3),
        (1.0, 1.0, 1 + 1.2 * MOST_OFF_COLOUR),
        (1.0, 1.0, 1 - 1.2 * MOST_OFF_COLOUR),
        (1 + 1.2 * MOST_OFF_COLOUR, 1.0, 1.0),
        (0.9 * (1 - 1.2 * MOST_OFF_COLOUR), 0.9, 0.9),
    ],
)
def test_dimmer_brighter_redder_or_bluer_is_one(look: tuple[float, float, float]) -> None:
    assert watch([look] * RECENT_LOOKS).drifts


def test_a_few_odd_looks_say_nothing() -> None:
    odd = [(0.2, 0.2, 0.2)] * (RECENT_LOOKS // 2)
    assert not watch([(1.0, 1.0, 1.0)] * RECENT_LOOKS + odd).drifts
    assert not watch(odd).drifts


def test_what_saw_no_belt_is_passed_over() -> None:
    lamp = watch([(0.5, 0.5, 0.5)] * RECENT_LOOKS + [(math.nan, math.nan, math.nan)] * 100)
    assert lamp.drifts


def test_a_new_lamp_ends_the_alarm() -> None:
    assert not watch([(0.5, 0.5, 0.5)] * RECENT_LOOKS + [(1.0, 1.0, 1.0)] * RECENT_LOOKS).drifts
