"""Flesh that looks like its ground, in photographs of which nothing is known."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from grader.calibration import plain_scale
from grader.vision import Calibration, measure
from grader.vision.belt_guess import guess_belt_colour
from grader.vision.masks import flesh_mask
from grader.vision.photograph import frame_and_belt, uncover_flesh

from .conftest import BLUE_BELT, LEAF, RED, Mask, Picture, calibration, developed, disc, plain

SIZE = (320, 240)
WHITE = (250.0, 250.0, 250.0)
PALE_GLARE = (226.0, 224.0, 252.0)
"""Pink within the tube of the white ground."""


def photograph(glare: Mask | None = None) -> Picture:
    """A red berry with a leaf on a white ground, flesh in `glare` nearly as white as that."""
    canvas = plain(SIZE, WHITE)
    canvas[disc(SIZE, (160, 120), 60)] = RED
    canvas[disc(SIZE, (160, 66), 16)] = LEAF
    if glare is not None:
        canvas[glare] = PALE_GLARE
    return developed(canvas, noise=1.0)


def scale() -> Calibration:
    return plain_scale(0.3, SIZE)


def test_flesh_in_glare_is_flesh() -> None:
    # A bay that opens to the rim: what is closed, the mask fills by itself.
    bay = disc(SIZE, (218, 120), 14) & disc(SIZE, (160, 120), 60)
    frame, berry = photograph(bay), disc(SIZE, (160, 120), 60) & ~disc(SIZE, (160, 66), 16)
    known = replace(scale(), belt_colour=guess_belt_colour(frame))
    by_colour = flesh_mask(frame, known, measure(frame, known)) > 0
    uncovered = flesh_mask(frame, scale(), measure(frame, scale())) > 0
    assert (uncovered & bay).sum() > 0.8 * bay.sum()
    assert (by_colour & bay).sum() < 0.6 * bay.sum()
    assert (uncovered & berry).sum() / (uncovered | berry).sum() > 0.96


def test_a_picture_whose_colours_tell_all_stays_as_it_is() -> None:
    frame = photograph()
    changed = (uncover_flesh(frame, guess_belt_colour(frame)) != frame).any(axis=2)
    assert changed.mean() < 0.002
    assert not changed[disc(SIZE, (160, 66), 16)].any()


def test_two_that_touch_stay_two() -> None:
    canvas = plain(SIZE, WHITE)
    for x in (110, 199):
        canvas[disc(SIZE, (x, 120), 45)] = RED
    assert len(measure(developed(canvas, noise=1.0), scale())) == 2


def test_a_known_belt_and_a_calibrated_camera_are_left_alone() -> None:
    frame = photograph()
    assert frame_and_belt(frame, replace(scale(), belt_colour=BLUE_BELT)) == (frame, BLUE_BELT)
    assert frame_and_belt(frame, calibration())[0] is frame


def test_the_same_picture_is_uncovered_the_same_way_whatever_was_drawn_before() -> None:
    frame = photograph(disc(SIZE, (218, 120), 14))
    belt = guess_belt_colour(frame)
    first = uncover_flesh(frame, belt)
    cv2.setRNGSeed(12345)
    np.testing.assert_array_equal(uncover_flesh(frame, belt), first)


def test_large_photographs_keep_their_size_and_are_cut_at_a_small_one() -> None:
    frame = np.asarray(cv2.resize(photograph(), (2560, 1920)), np.uint8)
    assert uncover_flesh(frame, guess_belt_colour(frame)).shape == frame.shape


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (100, 1), (1, 100), (64, 48)])
@pytest.mark.parametrize("bgr", [RED, WHITE, (0.0, 0.0, 0.0)])
def test_pictures_of_any_size_and_one_colour_come_back_as_they_are(
    size: tuple[int, int], bgr: tuple[float, float, float]
) -> None:
    frame = developed(plain(size, bgr))
    np.testing.assert_array_equal(uncover_flesh(frame, guess_belt_colour(frame)), frame)
