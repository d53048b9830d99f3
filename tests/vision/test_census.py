"""One count over the pixels of all objects."""

import numpy as np
import pytest

from grader.vision.census import count_pixels
from grader.vision.colour import Colour, colour_table
from grader.vision.objects import Objects, find_objects

from .conftest import BLUE_BELT, LEAF, PALE, RED, developed, disc, plain

SIZE = (320, 240)
STEP = 2
FLESH = (Colour.RED, Colour.PALE)
COLOURS = (Colour.BELT, Colour.RED, Colour.PALE, Colour.LEAF, Colour.OTHER)


def three_fruit() -> Objects:
    """A red one with a leaf half on it, a pale one, and a half red one that touches it; and a leaf of nobody's."""
    canvas = plain(SIZE)
    canvas[disc(SIZE, (90, 80), 30)] = RED
    canvas[disc(SIZE, (120, 80), 14)] = LEAF
    canvas[disc(SIZE, (120, 180), 30) | disc(SIZE, (179, 180), 30)] = PALE
    canvas[disc(SIZE, (179, 180), 30) & (np.arange(SIZE[0]) > 180)] = RED
    canvas[disc(SIZE, (260, 60), 20)] = LEAF
    return find_objects(developed(canvas, noise=1), colour_table(BLUE_BELT), STEP, 8)


def test_the_census_is_what_counting_one_by_one_gives() -> None:
    objects = three_fruit()
    census = count_pixels(objects)
    assert len(objects) == 3
    assert census.count.shape == (3, 2, Colour.COUNT)
    assert census.sums.shape == (3, 2, Colour.COUNT, 2)
    for number in range(3):
        for inside in (0, 1):
            for colour in COLOURS:
                chosen = (objects.owner == number) & (objects.inside == bool(inside)) & (objects.colour == colour)
                assert census.count[number, inside, colour] == chosen.sum()
                assert census.sums[number, inside, colour].tolist() == [
                    objects.column[chosen].sum(),
                    objects.row[chosen].sum(),
                ]


def test_flesh_is_red_and_pale_and_its_centre_is_where_it_is() -> None:
    objects = three_fruit()
    census = count_pixels(objects)
    for number in range(3):
        flesh = (objects.owner == number) & np.isin(objects.colour, FLESH) & objects.inside
        assert census.flesh()[number] == flesh.sum()
        assert census.red()[number] == (flesh & (objects.colour == Colour.RED)).sum()
        assert census.flesh_centre()[number] == pytest.approx([objects.column[flesh].mean(), objects.row[flesh].mean()])


def test_the_calyx_is_all_leaf_or_the_leaf_on_the_fruit() -> None:
    objects = three_fruit()
    census = count_pixels(objects)
    (whole, middle), (part, on_fruit) = census.calyx(), census.calyx(on_fruit_only=True)
    red = int(np.argmin(np.hypot(*(STEP * census.flesh_centre() - (85, 80)).T)))
    assert whole[red] == pytest.approx(np.pi * 14**2 / STEP**2, rel=0.05)
    assert STEP * middle[red] == pytest.approx([120, 80], abs=1.5)
    assert 0 < part[red] < 0.75 * whole[red]
    assert STEP * on_fruit[red, 0] < 116
    others = np.arange(3) != red
    assert (whole[others] == 0).all()
    assert (middle[others] == 0).all()


def test_no_objects_give_an_empty_census() -> None:
    census = count_pixels(find_objects(developed(plain(SIZE)), colour_table(BLUE_BELT), STEP, 8))
    assert census.flesh().shape == census.red().shape == census.calyx()[0].shape == (0,)
    assert census.flesh_centre().shape == census.calyx()[1].shape == (0, 2)


def test_the_pixels_of_what_was_dropped_are_not_counted() -> None:
    objects = three_fruit()
    kept = np.array([True, False, True])
    assert count_pixels(objects.only(kept)).count.tolist() == count_pixels(objects).count[kept].tolist()
