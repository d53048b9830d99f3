"""How red a fruit is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.vision.census import count_pixels
from grader.vision.colour import colour_table
from grader.vision.maturity import Maturity, measure_maturity
from grader.vision.objects import find_objects

from .conftest import BLUE_BELT, LEAF, PALE, RED, Array, developed, disc, plain

SIZE = (320, 240)
CENTRE, RADIUS = (160, 120), 60
X, Y = np.meshgrid(np.arange(SIZE[0]) - CENTRE[0], np.arange(SIZE[1]) - CENTRE[1])
DISC = disc(SIZE, CENTRE, RADIUS)


def maturity_of(canvas: Array) -> Maturity:
    objects = find_objects(developed(canvas, noise=1), colour_table(BLUE_BELT), 2, 8)
    return measure_maturity(objects, count_pixels(objects))


def fruit(red: NDArray[np.bool_]) -> Array:
    """A round fruit, `red` (h, w) where it is not pale."""
    canvas = plain(SIZE)
    canvas[DISC] = PALE
    canvas[DISC & red] = RED
    return canvas


@pytest.mark.parametrize("angle", np.radians([0, 37, 90, 200]))
def test_a_fruit_half_red_is_half_mature(angle: float) -> None:
    maturity = maturity_of(fruit(X * np.cos(angle) + Y * np.sin(angle) > 0))
    assert maturity.seen == pytest.approx([0.5], abs=0.015)
    assert maturity.surface == pytest.approx([0.5], abs=0.04)


@pytest.mark.parametrize(("red", "share"), [(DISC, 1.0), (~DISC, 0.0)])
def test_a_fruit_of_one_colour_is_all_or_nothing(red: NDArray[np.bool_], share: float) -> None:
    maturity = maturity_of(fruit(red))
    assert maturity.seen.tolist() == [share]
    assert maturity.surface == pytest.approx([share])
    assert 0 < maturity.u[0] < 0.01


def test_the_calyx_is_left_out() -> None:
    canvas = fruit(X > 0)
    canvas[disc(SIZE, (CENTRE[0] + RADIUS, CENTRE[1]), 25)] = LEAF
    flesh = (canvas == RED).all(axis=-1).sum() / ((canvas == RED) | (canvas == PALE)).all(axis=-1).sum()
    assert flesh < 0.46
    assert maturity_of(canvas).seen == pytest.approx([flesh], abs=0.015)


def test_glare_counts_as_nothing() -> None:
    canvas = fruit(X > 0)
    canvas[disc(SIZE, (CENTRE[0] + 25, CENTRE[1]), 15)] = (250, 250, 250)
    red = (canvas == RED).all(axis=-1).sum()
    assert maturity_of(canvas).seen == pytest.approx([red / (red + (canvas == PALE).all(axis=-1).sum())], abs=0.015)


def test_colours_evenly_mixed_are_the_same_seen_and_on_the_surface() -> None:
    maturity = maturity_of(fruit((X // 7 + Y // 5) % 3 > 0))
    assert maturity.seen == pytest.approx([2 / 3], abs=0.03)
    assert maturity.surface == pytest.approx(maturity.seen, abs=0.03)


def test_a_red_rim_stands_for_more_surface_than_the_picture_shows() -> None:
    rim = np.hypot(X, Y) > 0.6 * RADIUS
    rimmed, capped = maturity_of(fruit(rim)), maturity_of(fruit(~rim))
    # A sphere's cap beyond the radius r shows 1 - r^2 of the disc, and is sqrt(1 - r^2) of the half sphere.
    assert rimmed.seen == pytest.approx([1 - 0.6**2], abs=0.02)
    assert rimmed.surface == pytest.approx([np.sqrt(1 - 0.6**2)], abs=0.06)
    assert rimmed.surface > rimmed.seen + 0.05
    assert capped.surface == pytest.approx(1 - rimmed.surface, abs=0.02)


def test_between_red_and_pale_it_is_least_certain() -> None:
    half, tenth, none = (maturity_of(fruit(share * RADIUS < X)).u[0] for share in (0.0, 0.8, 1.1))
    assert half > tenth > none > 0
    assert half == pytest.approx(0.02, abs=0.01)


def test_each_fruit_has_its_own_share() -> None:
    canvas = plain(SIZE)
    canvas[disc(SIZE, (80, 120), 40)] = RED
    canvas[disc(SIZE, (230, 120), 40)] = PALE
    assert sorted(maturity_of(canvas).seen) == [0, 1]


def test_no_fruit_have_no_maturity() -> None:
    maturity = maturity_of(plain(SIZE))
    assert maturity.seen.shape == maturity.u.shape == maturity.surface.shape == (0,)
