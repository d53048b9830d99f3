"""Lines of sight: from pixels to the belt and back, and what grazing lines say of a width."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.vision.calibration import BeltPlane, Calibration, Camera
from grader.vision.geometry import Sight
from grader.vision.size import Grazing

Array = NDArray[np.float64]
SIZE = (1456, 1088)


def turned(x: float, y: float, z: float) -> Array:
    """Rotation by three angles, radians, about the camera's x, y and z."""
    (cx, cy, cz), (sx, sy, sz) = np.cos([x, y, z]), np.sin([x, y, z])
    about_x, about_y, about_z = (
        np.array(rows)
        for rows in (
            [[1, 0, 0], [0, cx, -sx], [0, sx, cx]],
            [[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]],
            [[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]],
        )
    )
    return np.asarray(about_x @ about_y @ about_z)


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    """Any reasonable camera over a belt: tilted by up to 15° each way, turned about anyhow, distorted."""
    focal, squeeze = draw(st.floats(1800, 3000)), draw(st.floats(0.99, 1.01))
    middle = (SIZE[0] / 2 + draw(st.floats(-40, 40)), SIZE[1] / 2 + draw(st.floats(-40, 40)))
    matrix = np.array([[focal, 0, middle[0]], [0, focal * squeeze, middle[1]], [0, 0, 1]])
    bounds = ((-0.2, 0.1), (-0.05, 0.1), (-1e-3, 1e-3), (-1e-3, 1e-3), (-0.01, 0.01))
    distortion = np.array([draw(st.floats(*bound)) for bound in bounds])
    tilts = draw(st.floats(-0.26, 0.26)), draw(st.floats(-0.26, 0.26)), draw(st.floats(-np.pi, np.pi))
    plane = BeltPlane(
        turned(*tilts) @ np.diag([1.0, -1.0, -1.0]),
        np.array([draw(st.floats(-50, 50)), draw(st.floats(-50, 50)), draw(st.floats(250, 900))]),
    )
    return Sight.of(Calibration(Camera(SIZE, matrix, distortion), plane, None, 1e-4, plain_scale=False, hash=""))


pixels = st.lists(st.tuples(st.floats(0, SIZE[0] - 1), st.floats(0, SIZE[1] - 1)), min_size=1, max_size=20).map(
    lambda points: np.array(points, np.float64)
)


def above_belt(points_mm: Array, height_mm: float) -> Array:
    return np.column_stack([points_mm, np.full(len(points_mm), height_mm)])


@given(sight=sights(), points_px=pixels)
def test_the_way_to_the_belt_and_the_way_back_are_one(sight: Sight, points_px: Array) -> None:
    on_belt = sight.on_belt(points_px)
    assert sight.to_pixel(above_belt(on_belt, 0)) == pytest.approx(points_px, abs=0.02)


@given(sight=sights(), points_px=pixels, height_mm=st.floats(0, 40))
def test_a_point_at_a_height_lies_on_the_line_of_sight(sight: Sight, points_px: Array, height_mm: float) -> None:
    above = sight.at_height(sight.on_belt(points_px), height_mm)
    assert sight.to_pixel(above_belt(above, height_mm)) == pytest.approx(points_px, abs=0.02)


@given(sight=sights(), points_px=pixels)
def test_the_camera_sees_along_straight_lines_from_where_it_stands(sight: Sight, points_px: Array) -> None:
    on_belt = sight.on_belt(points_px)
    at_camera = sight.at_height(on_belt, sight.height_mm)
    assert at_camera == pytest.approx(np.broadcast_to(sight.centre_mm[:2], at_camera.shape), abs=1e-6)


@given(sight=sights(), points_px=pixels)
def test_points_of_any_shape_of_array_keep_it(sight: Sight, points_px: Array) -> None:
    grid = np.stack([points_px, points_px])
    assert sight.on_belt(grid) == pytest.approx(np.stack([sight.on_belt(points_px)] * 2))


def test_the_camera_above_the_belt_stands_at_its_height_and_scale() -> None:
    matrix = np.array([[2000.0, 0, 728], [0, 2000, 544], [0, 0, 1]])
    plane = BeltPlane(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, 450.0]))
    sight = Sight.of(Calibration(Camera(SIZE, matrix, np.zeros(5)), plane, None, 0, plain_scale=False, hash=""))
    assert sight.height_mm == 450
    assert sight.mm_per_px == pytest.approx(450 / 2000)
    assert sight.on_belt(np.array([[728.0, 544.0], [828, 544], [728, 644]])) == pytest.approx(
        np.array([[0, 0], [22.5, 0], [0, -22.5]]), abs=1e-9
    )


@dataclass(frozen=True)
class Section:
    """An elliptic section in the plane across a fruit, seen from `height_mm` above `camera_mm`."""

    half_mm: float
    flatness: float
    equator: float
    middle_mm: float
    camera_mm: float
    height_mm: float

    def grazed(self) -> Grazing:
        """By the two exact tangents: seen with heights divided by the flatness, the ellipse is a circle."""
        rise = (self.height_mm - self.equator * self.half_mm) / self.flatness
        aside = self.middle_mm - self.camera_mm
        towards, half_angle = np.arctan2(aside, rise), np.arcsin(self.half_mm / np.hypot(aside, rise))
        reach = self.height_mm / self.flatness * np.tan([towards - half_angle, towards + half_angle])
        low, high = self.camera_mm + reach
        return Grazing(np.array([low]), np.array([high]), np.array([self.camera_mm]), self.height_mm)


halves = st.floats(7.5, 30)
places = st.floats(-200, 200)
heights = st.floats(250, 900)


@given(half=halves, middle=places, camera=st.floats(-80, 80), height=heights)
def test_a_sphere_on_the_belt_is_measured_wherever_it_lies(
    half: float, middle: float, camera: float, height: float
) -> None:
    grazing = Section(half, 1, 1, middle, camera, height).grazed()
    assert grazing.width_mm(1, 1) == pytest.approx(2 * half, abs=1e-6)


@given(half=halves, flatness=st.floats(0.7, 1.1), lift=st.floats(0, 0.1), middle=places, height=heights)
def test_an_ellipse_is_measured_by_its_own_flatness(
    half: float, flatness: float, lift: float, middle: float, height: float
) -> None:
    grazing = Section(half, flatness, flatness + lift, middle, 0, height).grazed()
    assert grazing.width_mm(flatness, flatness + lift) == pytest.approx(2 * half, abs=1e-6)


@pytest.mark.parametrize(("height", "too_much"), [(300, 2.2), (500, 1.3), (800, 0.8)])
def test_the_belts_scale_would_make_a_sphere_of_35_mm_too_large(height: float, too_much: float) -> None:
    grazing = Section(17.5, 1, 1, 0, 0, height).grazed()
    assert grazing.high_mm - grazing.low_mm - 35 == pytest.approx(too_much, abs=0.05)
    aside = Section(17.5, 1, 1, 120, 0, height).grazed()
    assert aside.high_mm - aside.low_mm - 35 > 1.05 * too_much


def test_lean_is_nothing_below_the_camera_and_the_same_on_either_side() -> None:
    leans = [Section(15, 0.9, 0.925, middle, 10, 450).grazed().lean()[0] for middle in (10, -80, 100)]
    assert leans[0] == pytest.approx(0, abs=1e-9)
    assert leans[1] == pytest.approx(leans[2])
    assert leans[2] == pytest.approx(90 / 450, rel=0.1)
