import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.line.stereo import widening
from grader.twin.grazing import Ellipses, lean_of, seen_width_mm
from grader.vision.size import EQUATOR, FLATNESS

CAMERA_MM = np.array([0.0, 0.0, 450.0])


def one(half_mm: float, height: float, flatness: float, yaw: float, place_mm: tuple[float, float]) -> Ellipses:
    return Ellipses(*np.array([[place_mm[0]], [place_mm[1]], [yaw], [half_mm], [height * half_mm], [0.0], [flatness]]))


@given(st.floats(9, 24), st.floats(-100, 100))
def test_the_lines_make_the_same_angle_with_the_way_to_a_balls_middle(half_mm: float, place_mm: float) -> None:
    low, high = one(half_mm, 1.0, 1.0, np.pi / 2, (place_mm, 0.0)).grazed(CAMERA_MM)[0, :, 0]
    away_mm = np.hypot(place_mm, 450 - half_mm)
    middle, half_angle = np.arctan2(place_mm, 450 - half_mm), np.arcsin(half_mm / away_mm)
    ends = sorted(450 * np.tan([middle - half_angle, middle + half_angle]))
    assert sorted((low, high)) == pytest.approx(ends, abs=1e-6)


@given(st.floats(9, 24), st.floats(-3, 3), st.floats(-100, 100), st.floats(-90, 90))
def test_a_view_of_a_fruit_of_typical_form_shows_its_width(
    half_mm: float, yaw: float, along_mm: float, across_mm: float
) -> None:
    calipers = one(half_mm, EQUATOR, FLATNESS, yaw, (along_mm, across_mm)).grazed(CAMERA_MM)
    assert seen_width_mm(calipers, CAMERA_MM)[0] == pytest.approx(2 * half_mm, abs=1e-6)


@given(st.floats(-0.2, 0.2))
def test_how_far_a_section_leans_follows_from_how_much_wider_it_is(lean: float) -> None:
    ratio = np.array([widening(lean**2)])
    assert lean_of(ratio, np.array([FLATNESS]))[0] == pytest.approx(abs(lean), abs=1e-6)
