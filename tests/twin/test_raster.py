"""Pixels are filled by exactly the share that a polygon covers, and show the nearest triangle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.twin.raster import Window, coverage, rasterise, window_around

WINDOW = Window(-2, 3, 12, 9)


def test_a_pixels_centre_is_at_whole_numbers() -> None:
    square = np.array([[0.5, 4.5], [3.5, 4.5], [3.5, 6.5], [0.5, 6.5]])
    expected = np.zeros(WINDOW.shape)
    expected[2:4, 3:6] = 1
    assert coverage(square, WINDOW) == pytest.approx(expected)


def test_an_edge_within_a_pixel_fills_its_share() -> None:
    square = np.array([[0.8, 4.5], [3.1, 4.5], [3.1, 6.5], [0.8, 6.5]])
    assert coverage(square, WINDOW)[2, 2:7] == pytest.approx([0, 0.7, 1, 0.6, 0], abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(turn=st.floats(0, 6.28), x=st.floats(2, 5), y=st.floats(6, 9), backwards=st.booleans())
def test_a_polygons_area_is_kept(turn: float, x: float, y: float, *, backwards: bool) -> None:
    angles = turn + np.arange(5) * 2 * np.pi / 5
    polygon = np.stack([x + 2.9 * np.cos(angles), y + 2.2 * np.sin(angles)], axis=1)
    area = 5 / 2 * 2.9 * 2.2 * np.sin(2 * np.pi / 5)
    cover = coverage(polygon[::-1] if backwards else polygon, window_around(polygon))
    assert cover.sum() == pytest.approx(area, rel=2e-3)


def test_what_reaches_beyond_the_window_is_cut() -> None:
    wide = np.array([[-50.0, -50.0], [50.0, -50.0], [50.0, 50.0], [-50.0, 50.0]])
    assert coverage(wide, WINDOW).min() == 1


def test_the_nearest_triangle_is_seen() -> None:
    pixels = np.array([[0.0, 4], [9, 4], [0, 13], [0, 4], [5, 4], [0, 9]])
    depth = np.array([9.0, 9, 9, 2, 2, 20])
    samples = rasterise(pixels, depth, np.array([[0, 1, 2], [3, 4, 5]]), WINDOW)
    seen = np.full(WINDOW.height * WINDOW.width, -1)
    seen[samples.index] = samples.triangle
    seen = seen.reshape(WINDOW.shape)
    assert seen[1, 2:12].tolist() == [1] * 6 + [0] * 4  # at y = 4 the second is near
    assert seen[5, 2] == 0  # at (0, 8) its far corner lies behind the first
    assert seen[0].tolist() == [-1] * 12


def test_corners_values_run_evenly_over_a_triangle() -> None:
    pixels = np.array([[0.0, 4], [9, 4], [0, 11]])
    for scale in (1, 3):
        samples = rasterise(pixels, np.ones(3), np.array([[0, 1, 2]]), WINDOW, scale)
        row, column = np.divmod(samples.index, WINDOW.width * scale)
        places = samples.interpolate(pixels, np.array([[0, 1, 2]]))
        assert places[:, 0] == pytest.approx((column + 0.5) / scale - 0.5 + WINDOW.x)
        assert places[:, 1] == pytest.approx((row + 0.5) / scale - 0.5 + WINDOW.y)
