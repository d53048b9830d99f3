"""The belt's colour from a frame with fruit on it."""

import numpy as np
import pytest

from grader.twin.scene import SceneSettings
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.belt_guess import guess_belt_colour
from grader.vision.colour import Colour, classify, colour_table

from .conftest import BELT, LEAF, RED, Bgr, developed, disc, plain, scene
from .test_colour import BELTS

SIZE = (320, 240)


@pytest.mark.parametrize("belt", BELTS)
def test_a_belt_with_fruit_and_leaves_on_it_is_guessed(belt: str) -> None:
    canvas = plain(SIZE, BELTS[belt])
    for nth, x in enumerate((60, 160, 260)):
        canvas[disc(SIZE, (x, 70), 40)] = RED
        canvas[disc(SIZE, (x, 190), 35)] = LEAF if nth == 1 else RED
    guessed = guess_belt_colour(developed(canvas, noise=1.5))
    assert guessed.median_bgr == pytest.approx(BELTS[belt], abs=2)
    assert guessed.spread < 5


def test_what_is_guessed_of_an_empty_belt_is_what_is_learnt_of_it() -> None:
    for belt in ("blue", "white", "black"):
        frame = scene(SceneSettings(fruit=0, belt=belt)).frame_bgr
        guessed, learnt = guess_belt_colour(frame), learn_belt_colour(frame)
        assert guessed.median_bgr == pytest.approx(learnt.median_bgr, abs=6)
        assert guessed.spread == pytest.approx(learnt.spread, abs=2)


def test_a_frame_more_red_than_not_still_shows_its_belt() -> None:
    canvas = plain(SIZE, RED)
    canvas[:80] = BELT
    assert guess_belt_colour(developed(canvas, noise=1.5)).median_bgr == pytest.approx(BELT, abs=2)


def test_black_corners_are_no_belt() -> None:
    canvas = plain(SIZE, (0, 0, 0))
    canvas[disc(SIZE, (160, 120), 100)] = BELT
    assert guess_belt_colour(developed(canvas)).median_bgr == pytest.approx(BELT, abs=2)


def test_uneven_light_is_the_same_belt() -> None:
    light = np.linspace(0.7, 1.15, SIZE[0])[:, None]
    frame = developed(plain(SIZE) * light, noise=1.5)
    classes = classify(frame, colour_table(guess_belt_colour(frame)))
    assert (classes == Colour.BELT).mean() > 0.995


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (1, 100), (100, 1), (640, 480)])
@pytest.mark.parametrize("bgr", [BELT, (255, 255, 255), RED])
def test_frames_of_any_size_have_a_belt(size: tuple[int, int], bgr: Bgr) -> None:
    guessed = guess_belt_colour(developed(plain(size, bgr)))
    assert np.isfinite([*guessed.median_bgr, *guessed.brightness, guessed.spread]).all()
