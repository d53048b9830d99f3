"""The belt's colour is learnt from a picture of it empty, whatever it is, and from no other picture."""

from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.vision.belt_colour import BeltColourError, learn_belt_colour

Picture = NDArray[np.uint8]

BELTS = {
    "blue": (130, 82, 56),
    "white": (205, 208, 204),
    "grey": (110, 112, 113),
    "black": (22, 23, 21),
    "green": (70, 130, 60),
}

THINGS = {"ripe": (35, 35, 190), "leaf": (60, 110, 50), "unripe": (150, 205, 215), "overripe": (40, 30, 90)}


def belt(bgr: tuple[int, int, int], *, vignette: float = 0.0, gradient: float = 0.0, noise: float = 1.5) -> Picture:
    """A belt of 640 x 480 px under a lamp that may fall off to the corners and from left to right."""
    y, x = np.mgrid[-1:1:480j, -1:1:640j]
    light = (1 - vignette * (x * x + y * y) / 2) * (1 + gradient * x)
    random = np.random.default_rng(1)
    seen = light[..., None] * np.array(bgr) + random.normal(0, noise, (480, 640, 3))
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def with_disc(picture: Picture, bgr: tuple[int, int, int], radius_px: int) -> Picture:
    drawn = picture.copy()
    cv2.circle(drawn, (300, 200), radius_px, bgr, cv2.FILLED)
    return drawn


@pytest.mark.parametrize("colour", BELTS)
def test_a_plain_belt_is_learnt_whatever_its_colour(colour: str) -> None:
    learnt = learn_belt_colour(belt(BELTS[colour]))
    assert learnt.median_bgr == pytest.approx(BELTS[colour], abs=0.6)
    assert learnt.spread == pytest.approx(1.5 * np.sqrt(2), rel=0.25)  # two directions off the line
    darkest, brightest = learnt.brightness
    assert darkest < 1 < brightest


@pytest.mark.parametrize("colour", BELTS)
def test_uneven_light_widens_the_brightness_and_not_the_spread(colour: str) -> None:
    even, uneven = (learn_belt_colour(belt(BELTS[colour], vignette=v, gradient=g)) for v, g in ((0, 0), (0.4, 0.2)))
    assert uneven.brightness[0] < 0.75
    assert uneven.spread == pytest.approx(even.spread, rel=0.2)


@pytest.mark.parametrize("colour", BELTS)
def test_a_small_stain_changes_nothing(colour: str) -> None:
    clean, stained = belt(BELTS[colour]), with_disc(belt(BELTS[colour]), (30, 25, 150), 8)
    assert learn_belt_colour(stained).spread == pytest.approx(learn_belt_colour(clean).spread, rel=0.02)


@pytest.mark.parametrize(
    ("colour", "thing"),
    [(colour, THINGS[thing]) for colour, thing in product(BELTS, THINGS) if (colour, thing) != ("green", "leaf")],
)
def test_a_fruit_on_the_belt_is_refused_with_its_place(colour: str, thing: tuple[int, int, int]) -> None:
    with pytest.raises(BeltColourError, match=r"the belt is not empty: .* at \((26|27|28)\d, (16|17)\d\)"):
        learn_belt_colour(with_disc(belt(BELTS[colour], vignette=0.3), thing, 28))


@pytest.mark.parametrize("colour", ["white", "grey"])
def test_a_chequered_board_on_the_belt_is_refused(colour: str) -> None:
    picture = belt(BELTS[colour])
    for row, column in np.argwhere(np.indices((6, 8)).sum(axis=0) % 2 == 0):
        picture[100 + 40 * row : 140 + 40 * row, 150 + 40 * column : 190 + 40 * column] = 15
    with pytest.raises(BeltColourError, match="not empty"):
        learn_belt_colour(picture)


@pytest.mark.parametrize(
    ("picture", "text"),
    [
        (belt((3, 4, 3)), "too dark"),
        (belt((300, 300, 300)), "over-exposed"),
        (belt((40, 45, 160)), "most of the picture is red"),
        (np.full((1, 1, 3), 90, np.uint8), "too small"),
        (belt((130, 82, 56), noise=25), "not of one colour"),
    ],
)
def test_a_picture_that_teaches_nothing_is_refused(picture: Picture, text: str) -> None:
    with pytest.raises(BeltColourError, match=text):
        learn_belt_colour(picture)


@pytest.mark.parametrize("colour", ["blue", "white", "black"])
def test_the_rendered_belts_are_learnt(shared_data: Path, colour: str) -> None:
    picture = cv2.imread(str(shared_data / "rendered-belt" / f"empty_{colour}.jpg"))
    assert picture is not None
    learnt = learn_belt_colour(picture.astype(np.uint8))
    assert learnt.spread < 3
    assert learnt.median_bgr == pytest.approx(np.median(picture.reshape(-1, 3), axis=0), abs=1)


@pytest.mark.parametrize("index", range(15))
def test_a_rendered_frame_with_fruit_is_refused(shared_data: Path, index: int) -> None:
    picture = cv2.imread(str(shared_data / "rendered-belt" / f"frame_{index:03d}.jpg"))
    assert picture is not None
    with pytest.raises(BeltColourError, match="not empty"):
        learn_belt_colour(picture.astype(np.uint8))


@pytest.mark.parametrize("tint", [(0.5, 0.5, 0.5), (0.4, 0.8, 0.35)])
@pytest.mark.parametrize("index", [0, 5, 10])
def test_the_smallest_rendered_fruit_alone_on_a_tinted_belt_is_refused(
    shared_data: Path, tint: tuple[float, float, float], index: int
) -> None:
    folder = shared_data / "rendered-belt"
    white, frame, mask = (
        np.asarray(cv2.imread(str(folder / name)))
        for name in ("empty_white.jpg", f"frame_{index:03d}.jpg", f"mask_{index:03d}.png")
    )
    picture = (white * np.array(tint)).astype(np.uint8)
    assert learn_belt_colour(picture).median_bgr == pytest.approx(np.median(picture.reshape(-1, 3), axis=0), abs=1)
    fruit, pixels = np.unique(mask[..., 2][mask[..., 2] > 0], return_counts=True)
    smallest = mask[..., 2] == fruit[np.argmin(pixels)]
    picture[smallest] = frame[smallest]
    with pytest.raises(BeltColourError, match="not empty"):
        learn_belt_colour(picture)


def test_a_large_picture_gives_what_a_small_one_gives() -> None:
    small = belt(BELTS["blue"], vignette=0.3)
    large = np.asarray(cv2.resize(small, (3840, 2880), interpolation=cv2.INTER_NEAREST), np.uint8)
    one, other = learn_belt_colour(small), learn_belt_colour(large)
    assert other.brightness == pytest.approx(one.brightness, abs=0.01)
    assert other.spread == pytest.approx(one.spread, rel=0.02)
