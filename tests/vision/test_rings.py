"""Many polygons as one array: each is measured as if it were alone."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.vision.rings import Rings, as_complex, as_pairs

corners = st.lists(st.tuples(st.integers(-50, 300), st.integers(-50, 300)), min_size=3, max_size=12, unique=True)


@given(polygons=st.lists(corners, min_size=1, max_size=5))
def test_the_middle_of_each_is_that_of_its_moments(polygons: list[list[tuple[int, int]]]) -> None:
    hulls = [np.asarray(cv2.convexHull(np.array(each, np.int32)), np.int32) for each in polygons]
    assume(all(cv2.contourArea(hull) > 1 for hull in hulls))
    for middle, hull in zip(Rings.of(hulls, 4).centroid(), hulls, strict=True):
        moments = cv2.moments(hull)
        assert middle == pytest.approx(4 * np.array([moments["m10"], moments["m01"]]) / moments["m00"], abs=1e-2)


@given(polygons=st.lists(corners, min_size=1, max_size=5))
def test_places_along_each_are_its_own(polygons: list[list[tuple[int, int]]]) -> None:
    hulls = [np.array(each, np.float64) for each in polygons]
    places = np.arange(9) / 9
    points = Rings.of(hulls).evenly(places)
    for along, hull in zip(points, hulls, strict=True):
        alone = Rings.of([hull]).evenly(places)[0]
        assert as_pairs(along) == pytest.approx(as_pairs(alone), abs=1e-6)
        assert as_pairs(along[:1])[0] == pytest.approx(hull[0], abs=1e-6)


def test_places_are_evenly_spaced() -> None:
    square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)])
    points = as_pairs(Rings.of([square]).evenly(np.arange(8) / 8))[0]
    assert points == pytest.approx(np.array([(0, 0), (2, 0), (4, 0), (4, 2), (4, 4), (2, 4), (0, 4), (0, 2)]))


def test_no_hulls_are_no_rings() -> None:
    assert len(Rings.of([])) == 0


def test_pairs_and_complex_numbers_are_the_same_points() -> None:
    points = np.random.default_rng(1).normal(size=(3, 5, 2))
    assert (as_pairs(as_complex(points)) == points).all()
    assert (as_complex(points).imag == points[..., 1]).all()
