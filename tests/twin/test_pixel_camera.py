"""What the pixel camera says of fruit that ride through the window, against their truth."""

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.line.profile import Window
from grader.twin.catalogue import Catalogue, build_catalogue
from grader.twin.entries import CatalogueSettings
from grader.twin.feed import Feed, FeedSettings, Item
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.grazing import seen_width_mm
from grader.twin.pixel_camera import PixelCamera
from grader.vision import Calibration, WhyNot
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.network import CELLS, Answers, Network, Question, Skin
from grader.vision.size import BUMPS

Place = Callable[[int], Item]

PLACES_MM = np.arange(-105.0, 106.0, 30.0)


def test_fruit_that_ride_through_the_window_are_found_and_measured(
    frames: FrameMaker, calibration: Calibration, item: Place
) -> None:
    camera = PixelCamera(frames, calibration, Window())
    off_mm, off_red, off_place = [], [], []
    for along_mm in PLACES_MM:
        placed = [(item(look), along_mm + 12 * (look % 4)) for look in range(4)]
        placed += [(item(look), along_mm - 85 + 12 * (look % 4)) for look in range(4, 8) if along_mm > 0]
        seen = camera.see(placed, round(along_mm * 10), 1.5)
        assert len(seen) == len(placed)
        assert (seen.count, seen.exposed_s) == (round(along_mm * 10), 1.5)
        for one, along in placed:
            row = int(np.argmin(np.hypot(seen.along_mm - along, seen.across_mm - one.across_mm)))
            off_place.append(np.hypot(seen.along_mm[row] - along, seen.across_mm[row] - one.across_mm))
            if seen.why_not[row] == WhyNot.NOTHING:
                off_mm.append(seen.diameter_mm[row] - one.diameter_mm)
                off_red.append(seen.maturity[row] - one.visible_red)
    assert max(off_place) < 5
    assert len(off_mm) > 0.75 * len(off_place)
    assert np.quantile(np.abs(off_mm), 0.95) < 0.8
    assert np.quantile(np.abs(off_red), 0.95) < 0.05


def test_leaves_and_stones_are_no_fruit(
    catalogue: Catalogue, frames: FrameMaker, calibration: Calibration, item: Place
) -> None:
    first = catalogue.settings.fruit
    things = range(first, first + catalogue.settings.things)
    camera = PixelCamera(frames, calibration, Window())
    for look in things:
        assert len(camera.see([(item(look), 0.0)], look, 0.0)) == 0
    assert {item(look).kind for look in things} == {"leaf", "stone"}


def test_what_the_network_takes_for_no_fruit_stands_in_the_way_all_the_same(
    frames: FrameMaker, calibration: Calibration, item: Place
) -> None:
    def none_is_fruit(crops_bgr: NDArray[np.uint8]) -> Answers:
        n = len(crops_bgr)
        skin, body = np.ones((n, Skin.COUNT, CELLS, CELLS), np.float32), np.ones((n, CELLS, CELLS), np.float32)
        return Answers(skin, body, np.ones((n, Question.COUNT), np.float32), np.zeros((n, 2), np.float32))

    placed = [(item(0), -60.0), (item(1), 60.0)]
    camera = PixelCamera(frames, calibration, Window(), cast("Network", none_is_fruit))
    assert len(camera.see(placed, 0, 0.0)) == len(placed)


def test_fruit_at_the_windows_edge_are_cut(frames: FrameMaker, calibration: Calibration, item: Place) -> None:
    seen = PixelCamera(frames, calibration, Window()).see([(item(0), 150.0), (item(1), -150.0)], 7, 0.0)
    assert list(seen.why_not) == [WhyNot.CUT, WhyNot.CUT]


def test_an_empty_belt_shows_nothing(frames: FrameMaker, calibration: Calibration) -> None:
    assert len(PixelCamera(frames, calibration, Window()).see([], 12_345, 0.0)) == 0


@pytest.mark.parametrize("direction_deg", [90.0, 180.0])
def test_the_belt_may_run_any_way_through_the_picture(catalogue: Catalogue, direction_deg: float) -> None:
    settings = CatalogueSettings(fruit=2, things=0, lanes_mm=(-30.0, 25.0), spacing_mm=150, direction_deg=direction_deg)
    turned = build_catalogue(settings, catalogue.view, processes=1)
    frames = FrameMaker(turned, FrameSettings(speed_mm_s=1000, exposure_us=500))
    truth = Calibration(
        turned.view.camera, turned.view.belt, learn_belt_colour(frames.frame([], 0)), 1e-4, plain_scale=False, hash=""
    )
    window = Window(from_mm=-80, to_mm=80, direction_deg=direction_deg)
    feed = Feed(4, FeedSettings(fruit_per_s=30, doubles=0, foreign=0), settings.lanes_mm, 300.0, turned.draw)
    items = {item.lane: item for item in feed.lay(400)}
    placed = [(items[0], 30.0), (items[1], -45.0)]
    seen = PixelCamera(frames, truth, window).see(placed, 40, 0.0)
    assert len(seen) == len(placed)
    for one, along in placed:
        row = int(np.argmin(np.hypot(seen.along_mm - along, seen.across_mm - one.across_mm)))
        assert abs(seen.along_mm[row] - along) < 5
        assert abs(seen.across_mm[row] - one.across_mm) < 5
        assert seen.diameter_mm[row] == pytest.approx(one.diameter_mm, abs=1.0)
    widths_mm = BUMPS * seen_width_mm(seen.caliper_mm, seen.camera_mm)
    assert widths_mm == pytest.approx(seen.width_mm, abs=1e-3, nan_ok=True)
