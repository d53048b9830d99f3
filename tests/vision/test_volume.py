"""What the camera does not see."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.vision.edges import RAYS, Edges
from grader.vision.geometry import Sight
from grader.vision.size import FLATNESS, Widths, measure_widths
from grader.vision.volume import DIAMETER_PER_WIDTH_U, estimate_diameter, estimate_volume

from .conftest import Array, calibration


def ellipsoids(width_mm: Array, length_mm: Array, u_mm: float = 0.1) -> Widths:
    """What is measured of ellipsoids lying on their flat side."""
    n = len(width_mm)
    nothing = Edges(np.zeros((0, RAYS, 2)), np.zeros((0, RAYS), np.bool_), np.zeros((0, RAYS), np.float32))
    return replace(
        measure_widths(nothing, nothing.point_px, Sight.of(calibration()), np.zeros((0, 2)), 0.0),
        width_mm=width_mm,
        width_u_mm=np.full(n, u_mm),
        length_mm=length_mm,
        area_mm2=np.pi / 4 * width_mm * length_mm,
        seen=np.ones(n, np.bool_),
    )


def test_the_diameter_is_no_less_than_the_width_and_less_certain() -> None:
    widths = ellipsoids(np.array([20.0, 30, 45]), np.array([22.0, 35, 50]))
    diameter, u = estimate_diameter(widths)
    assert (diameter >= widths.width_mm).all()
    assert diameter == pytest.approx(widths.width_mm, rel=0.02)
    assert u == pytest.approx(np.hypot(0.1, DIAMETER_PER_WIDTH_U * widths.width_mm), rel=0.02)


def test_the_volume_of_an_ellipsoid_lies_within_its_uncertainty() -> None:
    width, length = np.array([20.0, 30, 40]), np.array([22.0, 34, 42])
    volume, u = estimate_volume(ellipsoids(width, length))
    true = np.pi / 6 * width * width * FLATNESS * length
    assert (np.abs(volume - true) < 2 * u).all()
    assert u / volume == pytest.approx(np.full(3, 0.067), abs=0.02)


@given(width=st.floats(9, 60), slenderness=st.floats(0.8, 1.8), scale=st.floats(0.5, 2))
def test_a_fruit_twice_as_large_has_eight_times_the_volume(width: float, slenderness: float, scale: float) -> None:
    widths = np.array([width, scale * width])
    volume, u = estimate_volume(ellipsoids(widths, slenderness * widths, u_mm=0))
    assert volume[1] == pytest.approx(volume[0] * scale**3)
    assert u[1] / volume[1] == pytest.approx(u[0] / volume[0])


def test_long_fruit_are_cones_and_fill_less() -> None:
    widths = ellipsoids(np.full(3, 30.0), np.array([28.0, 36.0, 48.0]))
    fullness = estimate_volume(widths)[0] / (widths.width_mm * widths.area_mm2)
    assert (np.diff(fullness) < 0).all()
    assert ((fullness > 0.45) & (fullness < 0.7)).all()


def test_a_width_of_nothing_is_no_crash() -> None:
    volume, u = estimate_volume(ellipsoids(np.array([0.0, -1.0]), np.array([0.0, 10.0])))
    assert np.isfinite(volume).all()
    assert np.isfinite(u).all()
