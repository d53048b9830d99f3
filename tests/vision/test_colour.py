"""What a colour is on this belt."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.vision.calibration import BeltColour, ColourMatrix
from grader.vision.colour import Colour, classify, colour_table, decode, encode, standard_colours

from .conftest import BLUE_BELT, LEAF, PALE, RED, Bgr

BELTS: dict[str, Bgr] = {
    "blue": (130, 82, 56),
    "white": (190, 200, 202),
    "grey": (120, 121, 120),
    "black": (44, 45, 46),
    "green": (80, 110, 52),
}
RIPE, OVERRIPE, TURNING, WHITISH = (45, 40, 165), (35, 26, 90), (80, 105, 170), (130, 175, 185)


def belt_of(name: str) -> BeltColour:
    return BeltColour(BELTS[name], (0.75, 1.1), 2.0)


def colour_of(bgr: Bgr, belt: BeltColour = BLUE_BELT) -> int:
    pixel = np.clip(np.rint(np.array(bgr, np.float64)), 0, 255).astype(np.uint8)
    return int(classify(pixel.reshape(1, 1, 3), colour_table(belt))[0, 0])


@pytest.mark.parametrize("belt", BELTS)
@pytest.mark.parametrize(
    ("bgr", "colour"),
    [(RIPE, Colour.RED), (OVERRIPE, Colour.RED), (TURNING, Colour.RED), (WHITISH, Colour.PALE)],
)
def test_skin_is_skin_on_every_belt(belt: str, bgr: Bgr, colour: int) -> None:
    assert colour_of(bgr, belt_of(belt)) == colour


@pytest.mark.parametrize("belt", ["blue", "white", "grey", "black"])
@pytest.mark.parametrize("bgr", [(45, 120, 60), (60, 150, 100), (30, 70, 40)])
def test_leaves_are_leaves(belt: str, bgr: Bgr) -> None:
    assert colour_of(bgr, belt_of(belt)) == Colour.LEAF


@pytest.mark.parametrize("belt", ["blue", "white", "green"])
def test_glare_on_a_fruit_and_a_glove_are_neither_skin_nor_leaf(belt: str) -> None:
    assert colour_of((255, 255, 255), belt_of(belt)) not in {Colour.RED, Colour.PALE, Colour.LEAF}
    assert colour_of((190, 90, 150), belt_of(belt)) == Colour.OTHER


@pytest.mark.parametrize("belt", BELTS)
@pytest.mark.parametrize("light", [0.25, 0.35, 0.5, 0.75, 1.0, 1.1, 1.2])
def test_a_belt_in_shadow_and_in_glare_is_belt(belt: str, light: float) -> None:
    bgr = np.array(BELTS[belt]) * light
    assert bgr.max() <= 255
    assert colour_of((bgr[0], bgr[1], bgr[2]), belt_of(belt)) == Colour.BELT


@pytest.mark.parametrize("belt", BELTS)
def test_noise_leaves_a_belt_a_belt(belt: str) -> None:
    noise = np.random.default_rng(1).normal(0, 2, (100, 100, 3))
    picture = np.clip(np.rint(np.array(BELTS[belt]) + noise), 0, 255).astype(np.uint8)
    assert (classify(picture, colour_table(belt_of(belt))) == Colour.BELT).mean() > 0.999


@given(light=st.floats(0.7, 1.3))
def test_exposure_does_not_change_what_skin_and_leaf_are(light: float) -> None:
    for bgr, colour in ((RED, Colour.RED), (PALE, Colour.PALE), (LEAF, Colour.LEAF)):
        assert colour_of((bgr[0] * light, bgr[1] * light, bgr[2] * light)) == colour


def test_every_pixel_is_looked_up_by_itself_in_its_place() -> None:
    colours: dict[int, Bgr] = {
        Colour.RED: RED,
        Colour.PALE: PALE,
        Colour.LEAF: LEAF,
        Colour.BELT: BLUE_BELT.median_bgr,
    }
    wanted = np.array(list(colours))[np.random.default_rng(1).integers(0, 4, (7, 13))]
    picture = np.array([colours[int(code)] for code in wanted.ravel()], np.uint8).reshape(7, 13, 3)
    assert (classify(picture, colour_table(BLUE_BELT)) == wanted).all()


def test_red_and_green_are_told_apart_at_all_levels_the_same_way_as_by_their_ratio() -> None:
    table = colour_table(BeltColour((255.0, 255.0, 255.0), (0.99, 1.0), 0.0))
    levels = np.arange(40, 250, 14)
    for red, green in product(levels, levels):
        colour = classify(np.array([[[20, green, red]]], np.uint8), table)[0, 0]
        if red > 1.4 * green:
            assert colour == Colour.RED
        elif green > 1.4 * red:
            assert colour == Colour.LEAF
        elif 0.93 < red / green < 1.07:
            assert colour == Colour.PALE


def test_the_table_cannot_be_spoilt_by_who_uses_it() -> None:
    with pytest.raises(ValueError, match="read-only"):
        colour_table(BLUE_BELT)[0] = 1


WARM = np.array([0.55, 0.8, 1.0])
"""What a warm lamp leaves of linear blue, green and red."""
BACK = ColourMatrix(((1 / 0.55, 0.0, 0.0), (0.0, 1 / 0.8, 0.0), (0.0, 0.0, 1.0)))


@pytest.mark.parametrize(
    ("bgr", "colour"),
    [(RIPE, Colour.RED), (WHITISH, Colour.PALE), ((60, 150, 100), Colour.LEAF), ((70, 120, 138), Colour.PALE)],
)
def test_under_a_warm_lamp_the_matrix_gives_skin_its_own_colour(bgr: Bgr, colour: int) -> None:
    warm = encode(decode(np.array(bgr, np.float64)) * WARM)
    pixel = np.rint(warm).astype(np.uint8).reshape(1, 1, 3)
    assert classify(pixel, colour_table(BLUE_BELT, BACK))[0, 0] == colour


def test_without_the_matrix_a_warm_lamp_makes_pale_skin_red() -> None:
    warm = encode(decode(np.array((70.0, 120.0, 138.0))) * WARM)
    assert classify(np.rint(warm).astype(np.uint8).reshape(1, 1, 3), colour_table(BLUE_BELT))[0, 0] == Colour.RED


def test_the_belt_is_known_as_the_camera_sees_it_whatever_the_matrix() -> None:
    pixel = np.array(BELTS["blue"], np.uint8).reshape(1, 1, 3)
    assert classify(pixel, colour_table(BLUE_BELT, BACK))[0, 0] == Colour.BELT


@given(st.tuples(*[st.floats(0, 247)] * 3))
def test_a_matrix_of_one_changes_nothing(bgr: Bgr) -> None:
    same = ColourMatrix(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    seen = np.array([bgr])
    assert standard_colours(seen, same) == pytest.approx(seen, abs=1e-6)
