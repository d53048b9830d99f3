from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading import Decay, DecayLimits
from grader.line.fusion import agreeing, combine, fuse
from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.line.tracking import Track
from grader.vision import WhyNot

PROFILE = StationProfile()

Frame = Callable[..., BeltSightings]


def track_of(frame: Frame, diameters: list[float], why_not: list[WhyNot] | None = None) -> Track:
    reasons = why_not or [WhyNot.NOTHING] * len(diameters)
    track = Track(number=1, lane=0, rides_mm=0.0, across_mm=0.0)
    for nth, (diameter, reason) in enumerate(zip(diameters, reasons, strict=True)):
        seen = frame(50.0 * nth, [(-100.0 + 50 * nth, 0.0)], diameter_mm=diameter, why_not=[reason])
        track.frames.append((seen, 0))
    return track


def test_views_that_differ_a_little_are_all_used(frame: Frame) -> None:
    fused = fuse(track_of(frame, [31.9, 32.0, 32.2]), PROFILE)
    assert fused.measurement.diameter_mm == pytest.approx(32.033, abs=0.1)
    assert fused.views == 3


def test_a_fruit_of_typical_form_has_the_diameter_that_each_view_shows(frame: Frame) -> None:
    measurement = fuse(track_of(frame, [32.0] * 5), PROFILE).measurement
    assert measurement.diameter_mm == pytest.approx(32.0, abs=0.1)
    assert measurement.width_mm == pytest.approx(32.0 / 1.004, abs=0.03)


def test_a_view_that_contradicts_the_others_is_left_out(frame: Frame) -> None:
    fused = fuse(track_of(frame, [32.0, 32.1, 36.0, 31.9]), PROFILE)
    assert fused.measurement.diameter_mm == pytest.approx(32.0, abs=0.15)
    assert (fused.views, fused.sightings) == (3, 4)


def test_uncertainty_shrinks_only_as_far_as_errors_are_independent(frame: Frame) -> None:
    one = fuse(track_of(frame, [32.0]), PROFILE).measurement.diameter_u_mm
    many = fuse(track_of(frame, [32.0] * 5), PROFILE).measurement.diameter_u_mm
    assert one is not None
    assert many is not None
    assert 0.2 < one < 0.35
    assert 0.1 < many < 0.22


def test_a_fruit_of_which_no_view_was_measured_says_why(frame: Frame) -> None:
    reasons = [WhyNot.CUT, WhyNot.HIDDEN, WhyNot.NO_AXIS, WhyNot.CUT]
    fused = fuse(track_of(frame, [32.0] * 4, reasons), PROFILE)
    assert not fused.measurement.measurable
    assert fused.measurement.why_not == "no_axis"  # the view nearest to the camera's foot


def test_weight_is_volume_times_density(frame: Frame) -> None:
    measurement = fuse(track_of(frame, [32.0]), PROFILE).measurement
    assert measurement.weight_g == pytest.approx(0.5 * 32**3 * 0.93 / 1000)


def test_two_halves_that_contradict_each_other_are_both_kept() -> None:
    assert agreeing(np.array([30.0, 30.1, 36.0, 36.1]), np.full(4, 0.3)).all()


values = st.lists(st.tuples(st.floats(15, 60), st.floats(0.05, 2.0)), min_size=1, max_size=12)


@given(values, st.floats(0, 1))
def test_the_mean_lies_among_its_views_and_its_uncertainty_is_no_larger_than_the_worst(
    views: list[tuple[float, float]], independent: float
) -> None:
    x, u = np.array(views).T
    mean, mean_u = combine(x, u, independent)
    assert x.min() - 1e-9 <= mean <= x.max() + 1e-9
    assert 0 < mean_u <= u.max() + 1e-9


@given(values)
def test_the_median_view_always_agrees(views: list[tuple[float, float]]) -> None:
    x, u = np.array(views).T
    assert agreeing(x, np.maximum(u, 20.0)).any()


LIMITS = DecayLimits(suspected=0.3, sure=0.9)


def track_that_rots(frame: Frame, told: list[float], why_not: list[WhyNot] | None = None) -> Track:
    reasons = why_not or [WhyNot.NOTHING] * len(told)
    track = Track(number=1, lane=0, rides_mm=0.0, across_mm=0.0)
    for nth, (decay, reason) in enumerate(zip(told, reasons, strict=True)):
        seen = frame(50.0 * nth, [(-100.0 + 50 * nth, 0.0)], decay=[decay], why_not=[reason])
        track.frames.append((seen, 0))
    return track


@pytest.mark.parametrize(
    ("told", "decay"),
    [
        ([0.01, 0.02, 0.05], Decay.NONE),
        ([0.99, 0.97, 0.95], Decay.SURE),
        ([0.02, 0.99, 0.98], Decay.SUSPECTED),
        ([0.5], Decay.SUSPECTED),
        ([0.0, 1.0], Decay.SUSPECTED),
        ([1.0, 1.0], Decay.SURE),
    ],
)
def test_views_are_weighed_together_for_rot(frame: Frame, told: list[float], decay: Decay) -> None:
    assert fuse(track_that_rots(frame, told), PROFILE, LIMITS).measurement.decay is decay


def test_rot_is_told_of_fruit_that_cannot_be_measured_too(frame: Frame) -> None:
    hidden = track_that_rots(frame, [0.99, 0.99], [WhyNot.HIDDEN, WhyNot.HIDDEN])
    assert fuse(hidden, PROFILE, LIMITS).measurement.decay is Decay.SURE


def test_views_that_are_cut_say_nothing_of_rot_where_others_do(frame: Frame) -> None:
    cut = track_that_rots(frame, [0.99, 0.01, 0.01, 0.99], [WhyNot.CUT, WhyNot.NOTHING, WhyNot.NOTHING, WhyNot.CUT])
    assert fuse(cut, PROFILE, LIMITS).measurement.decay is Decay.NONE


def test_nobody_looked_is_not_assessed(frame: Frame) -> None:
    nan = float("nan")
    assert fuse(track_that_rots(frame, [nan, nan]), PROFILE, LIMITS).measurement.decay is Decay.NOT_ASSESSED
    assert fuse(track_that_rots(frame, [0.99]), PROFILE).measurement.decay is Decay.NOT_ASSESSED


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_more_rot_in_a_view_never_makes_the_fruit_sounder(frame: Frame, told: list[float]) -> None:
    order = [Decay.NONE, Decay.SUSPECTED, Decay.SURE]
    before = fuse(track_that_rots(frame, told), PROFILE, LIMITS).measurement.decay
    worse = fuse(track_that_rots(frame, [min(told[0] + 0.2, 1.0), *told[1:]]), PROFILE, LIMITS).measurement.decay
    assert order.index(worse) >= order.index(before)
