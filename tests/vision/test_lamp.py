"""The bare belt tells what the light has done."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.twin.scene import SceneSettings
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.calibration import Calibration
from grader.vision.colour import decode, encode
from grader.vision.lamp import light_now

from .conftest import Picture, calibration, scene


@cache
def fruit() -> Picture:
    return scene(SceneSettings(fruit=6)).frame_bgr


@cache
def known() -> Calibration:
    return calibration(belt_colour=learn_belt_colour(scene(SceneSettings(fruit=0)).frame_bgr))


def in_light(blue: float, green: float, red: float) -> Picture:
    levels = encode(decode(fruit().astype(np.float64)) * np.array([blue, green, red]))
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def test_nothing_has_changed_since_the_belt_was_learnt_whatever_lies_on_it() -> None:
    """But for the shadows that fruit throw, which lower the median by some hundredths."""
    assert light_now(fruit(), known()) == pytest.approx(1, abs=0.08)


@given(st.floats(0.6, 1.3), st.floats(0.9, 1.1), st.floats(0.9, 1.1))
def test_brightness_and_colour_are_told_as_they_are(brightness: float, blue: float, red: float) -> None:
    now = light_now(in_light(brightness * blue, brightness, brightness * red), known()) / light_now(fruit(), known())
    assert now == pytest.approx([brightness * blue, brightness, brightness * red], rel=0.06)


def test_nothing_is_said_without_a_learnt_belt_or_a_belt_in_view() -> None:
    assert np.isnan(light_now(fruit(), calibration())).all()
    assert np.isnan(light_now(np.full_like(fruit(), (40, 40, 200)), known())).all()
