from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
