"""Which way a fruit lies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.twin.cameras import station
from grader.vision.axis import (
    CALYX_RISE,
    CONTESTED_DEG,
    FEWEST_LEAF_PIXELS,
    Axes,
    doubt_contested,
    lean_on_taper,
    point_away,
)
from grader.vision.geometry import Sight

from .conftest import Array, calibration

SIGHT = Sight.of(calibration(station()))
HEIGHT_MM = 14.0


def axes_of(middle_mm: Array, heading: Array, distance_mm: float, count: float = 50) -> Axes:
    """Of fruit at `middle_mm` (n, 2) whose calyxes lie as they do on fruit that lie on their side."""
    n = len(middle_mm)
    calyx = middle_mm - distance_mm * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    calyx_px = SIGHT.to_pixel(np.column_stack([calyx, np.full(n, HEIGHT_MM + CALYX_RISE * distance_mm)]))
    middle_px = SIGHT.to_pixel(np.column_stack([middle_mm, np.full(n, HEIGHT_MM)]))
    return point_away(calyx_px, np.full(n, count), SIGHT, SIGHT.on_belt(middle_px), np.full(n, HEIGHT_MM))


@given(x=st.floats(-130, 130), y=st.floats(-90, 90), heading=st.floats(-np.pi, np.pi), distance=st.floats(5, 25))
def test_an_axis_leads_from_the_calyx_to_the_middle_wherever_the_fruit_lies(
    x: float, y: float, heading: float, distance: float
) -> None:
    axes = axes_of(np.array([[x, y]]), np.array([heading]), distance)
    assert axes.known.all()
    assert axes.direction[0] == pytest.approx([np.cos(heading), np.sin(heading)], abs=0.02)


def test_without_the_calyxs_height_a_fruit_at_the_rim_would_lie_askew() -> None:
    middle = np.array([[0.0, 90.0]])
    calyx = np.array([[-15.0, 90.0, HEIGHT_MM + CALYX_RISE * 15]])
    flat = SIGHT.at_height(SIGHT.on_belt(SIGHT.to_pixel(calyx)), HEIGHT_MM)
    assert abs(np.degrees(np.arctan2(*(middle - flat)[0, ::-1]))) > 3
    assert axes_of(middle, np.zeros(1), 15).direction[0, 1] == pytest.approx(0, abs=0.01)


def test_a_calyx_on_the_other_side_turns_the_axis_about() -> None:
    middle, heading = np.array([[10.0, 20.0]]), np.array([0.7])
    one, other = axes_of(middle, heading, 15), axes_of(middle, heading + np.pi, 15)
    assert one.direction == pytest.approx(-other.direction, abs=0.01)


def test_a_blade_of_grass_is_no_calyx() -> None:
    middle, heading = np.array([[10.0, 20.0]]), np.array([0.7])
    assert not axes_of(middle, heading, 15, FEWEST_LEAF_PIXELS - 1).known.any()
    assert axes_of(middle, heading, 15, FEWEST_LEAF_PIXELS).known.all()


def test_a_calyx_in_the_very_middle_says_nothing() -> None:
    middle_px = np.array([[700.0, 500.0]])
    axes = point_away(middle_px, np.array([90.0]), SIGHT, SIGHT.on_belt(middle_px), np.array([HEIGHT_MM]))
    assert np.isfinite(axes.direction).all()
    assert not axes.known.any()


def towards(*degrees: float) -> Array:
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_a_contested_calyx_must_agree_with_the_leaves_on_the_fruit() -> None:
    whole = Axes(towards(0, 0, 0, 0, 0), np.ones(5, np.bool_))
    part = Axes(towards(0, CONTESTED_DEG - 1, CONTESTED_DEG + 1, 90, 180), np.ones(5, np.bool_))
    contested = doubt_contested(whole, part, np.ones(5, np.bool_))
    assert contested.known.tolist() == [True, True, False, False, False]
    assert (contested.direction == whole.direction).all()
    assert doubt_contested(whole, part, np.zeros(5, np.bool_)).known.all()


def test_a_contested_calyx_of_which_none_lies_on_the_fruit_says_nothing() -> None:
    whole = Axes(towards(0), np.ones(1, np.bool_))
    part = Axes(towards(0), np.zeros(1, np.bool_))
    assert not doubt_contested(whole, part, np.ones(1, np.bool_)).known.any()
    assert doubt_contested(whole, part, np.zeros(1, np.bool_)).known.all()


def test_an_axis_unknown_stays_unknown() -> None:
    whole, part = Axes(towards(0), np.zeros(1, np.bool_)), Axes(towards(0), np.ones(1, np.bool_))
    for contested in (True, False):
        assert not doubt_contested(whole, part, np.array([contested])).known.any()


def outline(taper: float, towards_deg: float, *, longer: float = 0.0, points: int = 44) -> Array:
    """An outline (1, points, 2) of radius 15 mm about (30, -20) mm whose third harmonic is `taper` of its radius."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    apart = angle - np.radians(towards_deg)
    radius = 15 * (1 + taper * np.cos(3 * apart) + longer * np.cos(2 * apart))
    return np.stack([30 + radius * np.cos(angle), -20 + radius * np.sin(angle)], axis=1)[None]


def leaning(calyx_deg: float, outline_mm: Array) -> float:
    """The axis, degrees, of what the calyx and `outline_mm` say."""
    axes = lean_on_taper(Axes(towards(calyx_deg), np.ones(1, np.bool_)), outline_mm, np.array([[30.0, -20.0]]))
    assert np.hypot(*axes.direction.T) == pytest.approx([1])
    return float(np.degrees(np.arctan2(axes.direction[0, 1], axes.direction[0, 0])))


@given(calyx=st.floats(-170, 170), off=st.floats(-25, 25), reverse=st.booleans())
def test_a_taper_turns_the_axis_towards_itself_and_never_past(calyx: float, off: float, *, reverse: bool) -> None:
    tapered = outline(0.08, calyx + off)
    turned = (leaning(calyx, tapered[:, ::-1] if reverse else tapered) - calyx + 180) % 360 - 180
    assert turned * np.sign(off) == pytest.approx(0.55 * abs(off), abs=0.1 * abs(off) + 0.01)


def test_the_rounder_a_fruit_the_more_its_calyx_counts() -> None:
    turns = [leaning(0, outline(taper, 20)) for taper in (0.0, 0.02, 0.05, 0.1)]
    assert turns[0] == pytest.approx(0, abs=0.01)
    assert turns == sorted(turns)
    assert turns[1] < 4
    assert turns[3] > 11


def test_a_fruit_that_is_longer_across_its_axis_keeps_it() -> None:
    assert leaning(90, outline(0.08, 90, longer=-0.1)) == pytest.approx(90, abs=0.1)


def test_a_corner_halfway_round_says_nothing() -> None:
    assert abs(leaning(0, outline(0.08, 29))) > 14
    assert leaning(0, outline(0.08, 31)) == pytest.approx(0)
