"""The frame at a quarter of its resolution, cut into objects that hold flesh."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.vision.colour import Colour, colour_table
from grader.vision.objects import NOBODY, Objects, find_objects

from .conftest import BLUE_BELT, LEAF, PALE, RED, Array, developed, disc, plain

SIZE = (320, 240)
STEP = 2
SMALLEST_PX = 8.0
TABLE = colour_table(BLUE_BELT)
GLARE = (250.0, 250.0, 250.0)


def objects_in(canvas: Array) -> Objects:
    return find_objects(developed(canvas, noise=1), TABLE, STEP, SMALLEST_PX)


def middles(objects: Objects) -> Array:
    """(n, 2) frame px."""
    return STEP * np.array([hull[:, 0].mean(axis=0) for hull in objects.hulls]).reshape(-1, 2)


def test_an_empty_belt_holds_nothing() -> None:
    objects = objects_in(plain(SIZE))
    assert len(objects) == 0
    assert objects.boxes().shape == (0, 4)
    assert objects.solidity.shape == objects.contested.shape == (0,)


def test_fruit_apart_are_objects_of_their_own() -> None:
    canvas = plain(SIZE)
    places = [(60, 60), (160, 120), (250, 70), (80, 180)]
    for place in places:
        canvas[disc(SIZE, place, 25)] = RED
    objects = objects_in(canvas)
    found = middles(objects)
    assert len(objects) == 4
    for place in places:
        assert np.hypot(*(found - place).T).min() < 4
    assert objects.solidity == pytest.approx(np.ones(4), abs=0.03)
    assert not objects.contested.any()


def test_red_and_pale_flesh_are_one_fruit() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (160, 120), 30)] = RED
    canvas[disc(SIZE, (160, 120), 30) & (np.arange(SIZE[0]) > 165)] = PALE
    objects = objects_in(canvas)
    assert len(objects) == 1
    assert set(objects.colour[objects.owner == 0]) >= {Colour.RED, Colour.PALE}


def test_what_holds_no_flesh_is_no_object() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (80, 120), 30)] = LEAF
    canvas[disc(SIZE, (220, 120), 30)] = GLARE
    assert len(objects_in(canvas)) == 0


def test_the_least_size_counts() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (80, 120), 0.4 * STEP * SMALLEST_PX)] = RED
    canvas[disc(SIZE, (220, 120), 0.65 * STEP * SMALLEST_PX)] = RED
    assert middles(objects_in(canvas)) == pytest.approx(np.array([[220, 120]]), abs=3)


def test_a_box_holds_the_calyx_and_a_hull_does_not() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (100, 120), 15)] = LEAF
    canvas[disc(SIZE, (130, 120), 30)] = RED
    objects = objects_in(canvas)
    assert len(objects) == 1
    x0, y0, x1, y1 = STEP * objects.boxes()[0]
    assert (x0, y0, x1, y1) == pytest.approx((86, 90, 160, 150), abs=2)
    assert STEP * objects.hulls[0][:, 0, 0].min() == pytest.approx(100, abs=2)
    leaf = objects.colour == Colour.LEAF
    assert (objects.owner[leaf] == 0).all()
    assert not objects.inside[leaf & (STEP * objects.column < 95)].any()


def test_glare_and_seeds_leave_no_hole_in_a_fruit() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (160, 120), 30)] = RED
    canvas[disc(SIZE, (150, 115), 6)] = GLARE
    objects = objects_in(canvas)
    assert len(objects) == 1
    assert objects.inside[objects.colour == Colour.OTHER].all()
    assert objects.solidity[0] > 0.95


def test_two_that_touch_are_two_and_share_their_pixels_out() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (120, 120), 30) | disc(SIZE, (179, 120), 30)] = RED
    objects = objects_in(canvas)
    assert len(objects) == 2
    assert sorted(middles(objects)[:, 0]) == pytest.approx([120, 179], abs=4)
    assert (objects.owner >= 0).all()
    assert np.bincount(objects.owner) / len(objects.owner) == pytest.approx([0.5, 0.5], abs=0.03)
    assert (objects.solidity > 0.93).all()


def test_a_calyx_between_two_fruit_is_contested_and_one_behind_is_not() -> None:
    apart, between = plain(SIZE), plain(SIZE)
    for canvas in (apart, between):
        canvas[disc(SIZE, (120, 120), 30) | disc(SIZE, (179, 120), 30)] = RED
    apart[disc(SIZE, (86, 120), 12)] = LEAF
    between[disc(SIZE, (150, 120), 12)] = LEAF
    assert not objects_in(apart).contested.any()
    assert objects_in(between).contested.all()


def test_pixels_of_nobody_belong_to_nobody_after_a_choice() -> None:
    canvas = plain(SIZE)
    for x in (60, 160, 260):
        canvas[disc(SIZE, (x, 120), 25)] = RED
    objects = objects_in(canvas)
    kept = np.abs(middles(objects)[:, 0] - 160) > 20
    chosen = objects.only(kept)
    assert len(chosen) == 2
    assert middles(chosen) == pytest.approx(middles(objects)[kept])
    for number, hull in enumerate(chosen.hulls):
        columns = chosen.column[chosen.owner == number]
        assert abs(columns.mean() - hull[:, 0, 0].mean()) < 2
    lost = np.abs(STEP * chosen.column - 160) < 27
    assert (chosen.owner[lost] == NOBODY).all()
    assert not chosen.inside[lost].any()
    assert len(objects.only(np.zeros(3, np.bool_))) == 0


corner = st.tuples(st.integers(20, 300), st.integers(20, 220))


@settings(max_examples=60, deadline=None)
@given(corners=st.lists(corner, min_size=4, max_size=9, unique=True))
def test_a_convex_blob_no_longer_than_a_fruit_is_one_object(corners: list[tuple[int, int]]) -> None:
    hull = np.asarray(cv2.convexHull(np.array(corners, np.int32)))
    assume(min(sides := cv2.minAreaRect(hull)[1]) > max(1.5 * STEP * SMALLEST_PX, max(sides) / 1.5))
    canvas = plain(SIZE)
    cv2.fillConvexPoly(canvas, hull, RED)
    objects = objects_in(canvas)
    assert len(objects) == 1
    assert objects.solidity[0] == pytest.approx(1, abs=0.08)


blob = st.tuples(
    st.integers(0, 319), st.integers(0, 239), st.integers(4, 45), st.sampled_from([RED, PALE, LEAF, GLARE])
)


@settings(max_examples=60, deadline=None)
@given(blobs=st.lists(blob, max_size=9))
def test_whatever_lies_there_the_lists_agree(blobs: list[tuple[int, int, int, tuple[float, float, float]]]) -> None:
    canvas = plain(SIZE)
    for x, y, radius, bgr in blobs:
        canvas[disc(SIZE, (x, y), radius)] = bgr
    objects = objects_in(canvas)
    n = len(objects)
    assert len(objects.boxes()) == len(objects.solidity) == len(objects.contested) == n
    assert ((objects.owner >= NOBODY) & (objects.owner < n)).all()
    assert (objects.owner[objects.inside] >= 0).all()
    assert (objects.solidity <= 1.1).all()
    for number in range(n):
        own = objects.owner == number
        column, row = objects.column[own], objects.row[own]
        box = (column.min(), row.min(), column.max(), row.max())
        assert tuple(objects.boxes()[number]) == box
        assert np.isin(objects.colour[own], (Colour.RED, Colour.PALE)).any()


def test_a_ring_of_fruit_with_belt_in_its_middle_is_no_fruit() -> None:
    canvas = plain(SIZE)
    for place in [(100, 80), (144, 80), (100, 124), (144, 124)]:
        canvas[disc(SIZE, place, 24)] = RED
    objects = objects_in(canvas)
    assert objects.holed.all() or len(objects) == 4


def test_a_fruit_alone_has_no_belt_in_its_middle() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (120, 120), 30)] = RED
    canvas[disc(SIZE, (140, 100), 16)] = LEAF
    canvas[disc(SIZE, (110, 130), 4)] = GLARE
    assert not objects_in(canvas).holed.any()


def test_what_lies_in_a_ring_of_leaves_is_found() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (160, 120), 90)] = LEAF
    canvas[disc(SIZE, (160, 120), 70)] = plain(SIZE)[disc(SIZE, (160, 120), 70)]
    for place in [(160, 40), (240, 120), (160, 200), (80, 120)]:
        canvas[disc(SIZE, place, 22)] = RED
    canvas[disc(SIZE, (160, 120), 25)] = PALE
    objects = objects_in(canvas)
    assert np.hypot(*(middles(objects) - (160, 120)).T).min() < 4
