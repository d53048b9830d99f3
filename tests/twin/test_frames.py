"""Frames put together from sprites: the same for the same count, moving with the belt, lit, noisy and smeared."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.twin.catalogue import Catalogue
from grader.twin.feed import Item
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.view import project

Place = Callable[[int], Item]
Picture = NDArray[np.uint8]


def levels(picture: Picture) -> NDArray[np.float64]:
    return picture.astype(np.float64)


def test_the_same_count_gives_the_same_frame(catalogue: Catalogue, frames: FrameMaker, item: Place) -> None:
    placed = [(item(look), 30.0 * look - 90) for look in range(6)]
    frame = frames.frame(placed, 4321)
    assert frame.shape == (544, 728, 3)
    assert frame.dtype == np.uint8
    frames.frame(placed, 99)
    assert np.array_equal(FrameMaker(catalogue).frame(placed, 4321), frame)
    assert not np.array_equal(frames.frame(placed, 4322), frame)


def test_an_encoder_may_count_backwards(frames: FrameMaker) -> None:
    assert frames.frame([], -5).shape == (544, 728, 3)


def test_a_fruit_shows_where_it_lies(catalogue: Catalogue, frames: FrameMaker, item: Place) -> None:
    empty = levels(frames.frame([], 10))
    for along_mm in (-100.0, -20.0, 75.0):
        one = item(1)
        changed = np.abs(levels(frames.frame([(one, along_mm)], 10)) - empty).max(axis=2) > 60
        y, x = np.nonzero(changed)
        place = np.array([[along_mm, one.across_mm, catalogue.entries[1].height_mm]])
        (expected,) = project(place, catalogue.view.camera, catalogue.view.belt)
        assert (x.mean(), y.mean()) == pytest.approx(tuple(expected), abs=8)


def test_a_fruit_beyond_the_cameras_sight_shows_nothing(frames: FrameMaker, item: Place) -> None:
    seen = frames.frame([(item(0), 400.0), (item(0), -400.0)], 3)
    assert np.array_equal(seen, frames.frame([], 3))


def test_items_without_a_look_are_left_out(frames: FrameMaker, item: Place) -> None:
    one = item(0)
    nobody = Item(1, "fruit", 0, 0.0, one.across_mm, 30, 30, 33, 14000, 0.8, 0.0)
    assert np.array_equal(frames.frame([(nobody, 0.0)], 3), frames.frame([], 3))


def test_the_belts_grain_moves_with_the_belt(catalogue: Catalogue) -> None:
    frames = FrameMaker(catalogue, FrameSettings(lamp_drift=0))
    middle = slice(200, 344), slice(280, 448)
    before = cv2.GaussianBlur(frames.frame([], 0)[..., 0].astype(np.float32), (0, 0), 1.5)
    after = cv2.GaussianBlur(frames.frame([], 200)[..., 0].astype(np.float32), (0, 0), 1.5)  # 20 mm further
    patch = np.asarray(before)[middle]
    match = cv2.matchTemplate(np.asarray(after), patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    assert best > 0.5
    assert (x - 280, y - 200) == pytest.approx((20 * 2.3, 0), abs=2)


def test_lamps_drift_slowly(catalogue: Catalogue) -> None:
    frames = FrameMaker(catalogue, FrameSettings(lamp_drift=0.1, lamp_period_mm=10_000))
    brightness = [levels(frames.frame([], count)).mean() for count in range(0, 100_000, 10_000)]
    assert 1.05 < max(brightness) / min(brightness) < 1.15


def test_noise_is_that_of_the_sensor_and_new_in_each_frame(catalogue: Catalogue) -> None:
    frames = FrameMaker(catalogue, FrameSettings(lamp_drift=0))
    period = round(128 / 0.1)  # the grain repeats: what differs is noise
    difference = levels(frames.frame([], 0)) - levels(frames.frame([], period))
    assert 1.0 < difference.std() / np.sqrt(2) < 2.5
    assert abs(difference.mean()) < 0.05


def test_a_short_exposure_does_not_blur_and_a_long_one_does(catalogue: Catalogue, item: Place) -> None:
    placed = [(item(1), 5.0)]

    def sharpness(settings: FrameSettings) -> float:
        red = levels(FrameMaker(catalogue, settings).frame(placed, 8))[..., 2]
        return float((np.diff(cv2.GaussianBlur(red, (3, 3), 0), axis=1) ** 2).mean())

    fast = FrameSettings(speed_mm_s=1000, exposure_us=100)
    assert FrameMaker(catalogue, fast).blur_px < 1
    assert sharpness(fast) == pytest.approx(sharpness(FrameSettings(speed_mm_s=50)), rel=0.05)
    assert sharpness(FrameSettings(speed_mm_s=1000, exposure_us=2500, lamp_drift=0)) < 0.8 * sharpness(fast)


def test_the_one_that_is_nearer_to_the_camera_hides_the_other(frames: FrameMaker, item: Place) -> None:
    tall, low = sorted((item(0), item(4)), key=lambda one: one.diameter_mm, reverse=True)
    assert tall.lane == low.lane
    both = frames.frame([(tall, 0.0), (low, 3.0)], 9)
    assert np.array_equal(both, frames.frame([(low, 3.0), (tall, 0.0)], 9))


def test_a_fruit_shades_the_belt(frames: FrameMaker, item: Place) -> None:
    one = item(2)
    beside = round(272 - (one.across_mm - one.length_mm * 0.75) * 2.35)
    part = slice(beside - 3, beside + 4), slice(345, 385)
    assert levels(frames.frame([(one, 0.0)], 9))[part].mean() < 0.97 * levels(frames.frame([], 9))[part].mean()
