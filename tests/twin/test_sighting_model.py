"""Sightings without optics: found, cut and unmeasurable as often as the error model says."""

import numpy as np

from grader.line.fusion import fuse
from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.line.tracking import Track
from grader.twin.feed import Feed, FeedSettings, Item
from grader.twin.sighting_model import ErrorModel, SightingModel
from grader.vision import WhyNot

PROFILE = StationProfile()


def ridden(doubles: float, fruit: int = 1500) -> list[tuple[list[tuple[Item, float]], BeltSightings]]:
    feeding = FeedSettings(fruit_per_s=10, doubles=doubles, foreign=0.05)
    feed = Feed(9, feeding, PROFILE.lanes.centres_mm, 300.0)
    model = SightingModel(3, PROFILE.window)
    items = feed.lay(fruit / 10 * 300)
    frames = []
    for travel_mm in np.arange(400.0, fruit / 10 * 300, 200.0):
        placed = [(item, item.rides_mm + float(travel_mm) - 200) for item in items]
        placed = [(item, along) for item, along in placed if abs(along) < 180]
        frames.append((placed, model.see(placed, round(travel_mm * 10), 0.0)))
    return frames


def unmeasured(frames: list[tuple[list[tuple[Item, float]], BeltSightings]]) -> float:
    hidden = [seen.why_not == WhyNot.HIDDEN for _, seen in frames]
    whole = [seen.why_not != WhyNot.CUT for _, seen in frames]
    return float(np.concatenate(hidden).sum() / np.concatenate(whole).sum())


def test_errors_are_as_large_as_those_of_pixels() -> None:
    errors, off_mm, off_red, passing = ErrorModel(), [], [], []
    for placed, seen in ridden(doubles=0):
        fruit = [(item, along) for item, along in placed if item.kind == "fruit" and abs(along) < 150]
        assert len(seen) == len(fruit)
        off_mm += list(seen.diameter_mm - [item.diameter_mm for item, _ in fruit])
        off_red += list(seen.maturity - [item.visible_red for item, _ in fruit])
        passing += [along / 100 * np.sqrt(item.visible_red * (1 - item.visible_red)) for item, along in fruit]
    assert 0.22 < np.nanstd(off_mm) < 0.28
    assert abs(np.nanmean(off_mm)) < 0.05
    spread = np.hypot(errors.maturity_slope * np.std(passing), np.hypot(errors.maturity_common, errors.maturity_view))
    assert 0.8 < np.nanstd(off_red) / spread < 1.1  # fruit that are red all over cannot be redder


def test_fused_errors_are_as_large_as_those_of_pixels() -> None:
    feed = Feed(9, FeedSettings(fruit_per_s=10, doubles=0, foreign=0), PROFILE.lanes.centres_mm, 300.0)
    model, off_mm, u_mm = SightingModel(3, PROFILE.window), [], []
    for item in feed.lay(600 / 10 * 300):
        track = Track(number=1, lane=0, rides_mm=0.0, across_mm=0.0)
        for along_mm in np.arange(-110.0, 111.0, 50.0):
            frame = model.see([(item, along_mm)], round(10 * (along_mm - item.rides_mm)), 0.0)
            track.frames.append((frame, 0))
        if (measurement := fuse(track, PROFILE).measurement).diameter_mm is not None:
            off_mm.append(measurement.diameter_mm - item.diameter_mm)
            u_mm.append(measurement.diameter_u_mm)
    assert 0.13 < np.std(off_mm) < 0.20
    assert abs(np.mean(off_mm)) < 0.03
    assert 0.92 < (np.abs(off_mm) < 1.96 * np.array(u_mm)).mean() < 0.99


def test_fruit_that_touch_are_harder_to_measure() -> None:
    errors = ErrorModel()
    assert abs(unmeasured(ridden(doubles=0)) - errors.unmeasurable) < 0.01
    expected = 1 - (1 - errors.unmeasurable_touching) * (1 - errors.unmeasurable_view_touching)
    assert abs(unmeasured(ridden(doubles=1)) - expected) < 0.04


def test_an_empty_frame_has_no_rows() -> None:
    assert len(SightingModel(1, PROFILE.window).see([], 5, 0.0)) == 0
