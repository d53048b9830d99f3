"""Masks of flesh: against shapes whose every pixel is known, and against the rendered pictures' own masks."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.calibration import plain_scale
from grader.vision import Calibration, measure
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.masks import flesh_mask

SIZE = (480, 640)
FINER = 4
RED, LEAF, GLARE, SEED = (40, 30, 170), (50, 110, 60), (235, 235, 240), (70, 160, 190)
BELTS = {"blue": (130, 80, 55), "white": (200, 205, 205), "black": (45, 42, 42), "green": (80, 120, 30)}


def drawn(
    belt: tuple[int, int, int], centres: list[tuple[float, float]]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """A picture of ellipses of 60 x 80 px with calyx, glare and seeds on `belt`, and whose flesh each pixel is."""
    picture = np.full((SIZE[0] * FINER, SIZE[1] * FINER, 3), belt, np.uint8)
    truth = np.zeros(picture.shape[:2], np.int64)
    for number, (x, y) in enumerate(centres, start=1):
        place = (round(x * FINER), round(y * FINER))
        flesh = cv2.ellipse(np.zeros(truth.shape, np.uint8), place, (40 * FINER, 30 * FINER), 0, 0, 360, 1, cv2.FILLED)
        picture[flesh > 0] = RED
        truth[flesh > 0] = number
        cv2.circle(picture, (place[0], place[1] - 12 * FINER), 5 * FINER, GLARE, cv2.FILLED)
        for side in (-1, 1):
            cv2.circle(picture, (place[0] + 9 * FINER, place[1] + side * 14 * FINER), FINER, SEED, cv2.FILLED)
        calyx = np.zeros(truth.shape, np.uint8)
        cv2.ellipse(calyx, (place[0] - 36 * FINER, place[1]), (10 * FINER, 18 * FINER), 0, 0, 360, 1, cv2.FILLED)
        picture[calyx > 0] = LEAF
        truth[calyx > 0] = 0
    noise = np.random.default_rng(20261123).normal(0, 2, (*SIZE, 3))
    small = cv2.resize(picture, SIZE[::-1], interpolation=cv2.INTER_AREA) + noise
    centre = FINER // 2
    return np.clip(np.rint(small), 0, 255).astype(np.uint8), truth[centre::FINER, centre::FINER]


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def belt_calibration(belt: tuple[int, int, int]) -> Calibration:
    """A plain scale over the belt in this colour."""
    noise = np.random.default_rng(1).normal(0, 2, (*SIZE, 3))
    colour = learn_belt_colour(np.clip(np.rint(belt + noise), 0, 255).astype(np.uint8))
    plain = plain_scale(0.4, SIZE[::-1])
    return Calibration(plain.camera, plain.belt, colour, plain.scale_u, plain_scale=True, hash="test")


@pytest.mark.parametrize("belt", BELTS)
def test_flesh_is_found_to_the_pixel_with_glare_and_seeds_and_without_calyx(belt: str) -> None:
    frame, truth = drawn(BELTS[belt], [(150.3, 120.6), (420.8, 330.2)])
    calibration = belt_calibration(BELTS[belt])
    sightings = measure(frame, calibration)
    mask = flesh_mask(frame, calibration, sightings)
    assert mask.dtype == np.uint16
    assert mask.shape == SIZE
    assert len(sightings) == 2
    for number in (1, 2):
        x, y = np.rint(sightings.centre_px[number - 1]).astype(int)
        assert overlap(mask == number, truth == truth[y, x]) > 0.98


def test_touching_fruit_share_no_pixel_and_leave_none_between_them() -> None:
    frame, truth = drawn(BELTS["blue"], [(300.0, 200.0), (300.0, 257.0)])
    calibration = belt_calibration(BELTS["blue"])
    mask = flesh_mask(frame, calibration, measure(frame, calibration))
    assert overlap(mask > 0, truth > 0) > 0.97
    for number in (1, 2):
        best = np.bincount(truth[mask == number]).argmax()
        assert overlap(mask == number, truth == best) > 0.95


def test_a_fruit_that_the_frame_cuts_is_in_the_mask() -> None:
    frame, truth = drawn(BELTS["blue"], [(300.0, 200.0), (20.0, 400.0)])
    calibration = belt_calibration(BELTS["blue"])
    mask = flesh_mask(frame, calibration, measure(frame, calibration))
    assert overlap(mask[330:] > 0, truth[330:] > 0) > 0.95


def test_an_empty_belt_has_an_empty_mask() -> None:
    frame, _ = drawn(BELTS["white"], [])
    calibration = belt_calibration(BELTS["white"])
    assert not flesh_mask(frame, calibration, measure(frame, calibration)).any()


def test_masks_of_the_rendered_belt_reach_the_goal(shared_data: Path) -> None:
    folder = shared_data / "rendered-belt"
    shared = united = 0
    for place, frame_truth in enumerate(json.loads((folder / "truth.json").read_text())["frames"][:6]):
        frame = cv2.imread(str(folder / frame_truth["file"]))
        empty = cv2.imread(str(folder / f"empty_{frame_truth['belt']}.jpg"))
        labels = cv2.imread(str(folder / f"mask_{place:03}.png"))
        assert frame is not None
        assert empty is not None
        assert labels is not None
        pixels = np.asarray(frame, np.uint8)
        plain = plain_scale(0.21, (pixels.shape[1], pixels.shape[0]))
        colour = learn_belt_colour(np.asarray(empty, np.uint8))
        calibration = Calibration(plain.camera, plain.belt, colour, plain.scale_u, plain_scale=True, hash="test")
        mask = flesh_mask(pixels, calibration, measure(pixels, calibration))
        flesh = labels[..., 1] >= 100
        shared += int(((mask > 0) & flesh).sum())
        united += int(((mask > 0) | flesh).sum())
    assert shared / united >= 0.98
