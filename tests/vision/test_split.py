"""Fruit that touch are parted, and fruit that do not are left whole."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.vision.split import LONGEST, give_leaves, hulls_of, split_flesh

from .conftest import Mask, disc

SIZE = (160, 120)
SMALLEST_PX = 8.0


def parts_of(flesh: Mask, leaf: Mask | None = None) -> NDArray[np.uint8]:
    covered = flesh if leaf is None else flesh | leaf
    return np.asarray(split_flesh(flesh.view(np.uint8), covered, SMALLEST_PX)[0])


def discs(*places: tuple[float, float, float]) -> Mask:
    return np.asarray(np.any([disc(SIZE, (x, y), radius) for x, y, radius in places], axis=0))


def test_one_disc_is_one_part() -> None:
    flesh = discs((80, 60, 20))
    assert (parts_of(flesh) == flesh).all()


@pytest.mark.parametrize("angle", np.radians([0, 30, 45, 72, 90, 130]))
@pytest.mark.parametrize("overlap", [0.0, 1.5])
def test_two_discs_that_touch_are_two_parts_of_the_right_size(angle: float, overlap: float) -> None:
    x, y = (20 - overlap / 2) * np.cos(angle), (20 - overlap / 2) * np.sin(angle)
    flesh = discs((80 - x, 60 - y, 20), (80 + x, 60 + y, 20))
    parts = parts_of(flesh)
    assert parts.max() == 2
    for middle in ((80 - x, 60 - y), (80 + x, 60 + y)):
        own = parts == parts[round(middle[1]), round(middle[0])]
        assert (own ^ disc(SIZE, middle, 20)).sum() < 0.05 * own.sum()


@pytest.mark.parametrize(("neck", "fruit"), [(0.6, 2), (0.7, 2), (0.93, 1), (0.97, 1)])
def test_a_neck_parts_and_a_waist_does_not(neck: float, fruit: int) -> None:
    aside = 24 * np.sqrt(1 - neck**2)
    assert parts_of(discs((80 - aside, 60, 24), (80 + aside, 60, 24))).max() == fruit


@pytest.mark.parametrize("small", [9, 11, 14])
def test_a_small_one_beside_a_large_one_is_a_part_of_its_own(small: float) -> None:
    parts = parts_of(discs((60, 60, 24), (60 + 24 + small - 1, 60, small)))
    assert parts.max() == 2
    sizes = np.sort(np.bincount(parts.ravel())[1:])
    assert sizes == pytest.approx(np.pi * np.array([small, 24]) ** 2, rel=0.12)


def test_three_in_a_row_are_three() -> None:
    parts = parts_of(discs((35, 60, 20), (74, 60, 20), (113, 60, 20)))
    assert parts.max() == 3
    assert np.bincount(parts.ravel())[1:] == pytest.approx(np.full(3, np.pi * 20**2), rel=0.08)


def test_three_around_a_hole_are_three() -> None:
    corners = [(80 + 22 * np.sin(turn), 60 - 22 * np.cos(turn), 20.0) for turn in np.radians([0, 120, 240])]
    assert parts_of(discs(*corners)).max() == 3


def test_a_disc_that_a_leaf_bites_stays_one() -> None:
    whole, leaf = discs((80, 60, 22)), discs((100, 60, 9))
    assert parts_of(whole & ~leaf, leaf).max() == 1


def test_a_disc_that_a_leaf_divides_stays_one() -> None:
    whole = discs((80, 60, 22))
    leaf = np.asarray(whole & (np.abs(np.arange(SIZE[0]) - 82) < 3))
    parts = parts_of(whole & ~leaf, leaf)
    assert parts.max() == 1
    assert ((parts > 0) == (whole & ~leaf)).all()


def test_a_leaf_between_two_fruit_does_not_make_them_one() -> None:
    fruit, leaf = discs((52, 60, 20), (108, 60, 20)), discs((80, 60, 10))
    assert parts_of(fruit & ~leaf, leaf).max() == 2


def test_holes_of_glare_and_seeds_do_not_split() -> None:
    flesh = discs((80, 60, 22))
    flesh[disc(SIZE, (76, 54), 5)] = False
    flesh[50:70:4, 70:95:5] = False
    assert parts_of(flesh).max() == 1


def test_a_sliver_beside_a_fruit_is_not_a_fruit() -> None:
    flesh = discs((80, 60, 24), (106, 60, 3))
    assert parts_of(flesh).max() == 1


disc_places = st.tuples(st.integers(30, 130), st.integers(30, 90), st.integers(6, 26))


@settings(max_examples=80, deadline=None)
@given(places=st.lists(disc_places, min_size=1, max_size=5), bites=st.lists(disc_places, max_size=2))
def test_parts_share_the_flesh_out_without_a_gap(
    places: list[tuple[int, int, int]], bites: list[tuple[int, int, int]]
) -> None:
    leaf = np.any([np.zeros(SIZE[::-1], np.bool_), *(disc(SIZE, (x, y), r / 2) for x, y, r in bites)], axis=0)
    flesh = discs(*places) & ~leaf
    parts = parts_of(flesh, leaf)
    assert ((parts > 0) == flesh).all()
    assert (np.unique(parts[parts > 0]) == np.arange(1, parts.max() + 1)).all()


@settings(max_examples=80, deadline=None)
@given(
    long=st.floats(10, 45), ratio=st.floats(0.6, 1), turn=st.floats(0, 180), x=st.floats(75, 85), y=st.floats(55, 65)
)
def test_an_ellipse_is_never_split(long: float, ratio: float, turn: float, x: float, y: float) -> None:
    flesh = np.zeros(SIZE[::-1], np.uint8)
    outline = np.array(cv2.ellipse2Poly((0, 0), (1000, round(1000 * ratio)), round(turn), 0, 360, 3)) * long / 1000
    outline += (x, y)
    cv2.fillPoly(flesh, [np.rint(16 * outline).astype(np.int32)], 1, shift=4)
    assert split_flesh(flesh, flesh > 0, SMALLEST_PX)[0].max() == 1


@settings(max_examples=80, deadline=None)
@given(corners=st.lists(st.tuples(st.integers(20, 140), st.integers(15, 105)), min_size=4, max_size=12, unique=True))
def test_a_convex_polygon_no_longer_than_a_fruit_is_never_split(corners: list[tuple[int, int]]) -> None:
    hull = cv2.convexHull(np.array(corners, np.int32))
    assume(min(sides := cv2.minAreaRect(hull)[1]) >= max(SMALLEST_PX, max(sides) / LONGEST))
    flesh = np.zeros(SIZE[::-1], np.uint8)
    cv2.fillConvexPoly(flesh, hull, 1)
    assume(cv2.distanceTransform(flesh, cv2.DIST_L2, 5).max() >= SMALLEST_PX / 2)
    assert split_flesh(flesh, flesh > 0, SMALLEST_PX)[0].max() == 1


def test_a_leaf_goes_to_the_fruit_that_it_lies_on() -> None:
    flesh = discs((50, 60, 20), (110, 60, 20))
    leaf = discs((28, 60, 9), (132, 60, 9)) & ~flesh
    parts = parts_of(flesh)
    given_, contested = give_leaves(leaf, parts, hulls_of(parts, int(parts.max())))
    left, right = parts[60, 50], parts[60, 110]
    assert set(given_[:, :80][leaf[:, :80]]) == {left}
    assert set(given_[:, 80:][leaf[:, 80:]]) == {right}
    assert not contested.any()
    assert (given_[~leaf] == 0).all()


def test_a_leaf_that_reaches_over_two_fruit_is_shared_and_contested() -> None:
    fruit = discs((52, 60, 20), (92, 60, 20), (140, 60, 10))
    leaf = discs((72, 60, 10))
    parts = parts_of(fruit & ~leaf, leaf)
    given_, contested = give_leaves(leaf, parts, hulls_of(parts, int(parts.max())))
    assert parts.max() == 3
    owners = {parts[60, 45], parts[60, 100]}
    assert set(given_[leaf]) == owners
    assert {int(number) for number in np.flatnonzero(contested) + 1} == owners
