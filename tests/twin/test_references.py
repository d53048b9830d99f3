"""The simulated reference pieces, rendered and measured as fruit are: what they say of the vision is the vision's."""

from itertools import pairwise

import numpy as np
import pytest

from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.twin.cameras import station
from grader.twin.catalogue import Catalogue
from grader.twin.entries import CatalogueSettings, make_entry
from grader.twin.feed import Feed, FeedSettings, reach_mm, reference_specimens
from grader.twin.frames import FrameMaker
from grader.twin.kept import kept_calibration
from grader.twin.pixel_camera import PixelCamera
from grader.vision import WhyNot

PROFILE = StationProfile()
PIECES = 4


@pytest.fixture(scope="module")
def seen() -> list[BeltSightings]:
    """The four pieces at five places of the window."""
    settings = CatalogueSettings(fruit=0, things=0)
    catalogue = Catalogue(settings, station(), tuple(make_entry(settings, station(), nth) for nth in range(PIECES)))
    camera = PixelCamera(FrameMaker(catalogue), kept_calibration(catalogue), PROFILE.window)
    feed = Feed(1, FeedSettings(), PROFILE.lanes.centres_mm, 300.0, catalogue.draw, catalogue.references)
    pieces = feed.lay_references(0.0)
    return [
        camera.see([(item, along) for item in pieces], round(along), 0.0) for along in (-110.0, -50.0, 0.0, 60.0, 115.0)
    ]


def test_spheres_and_patch_are_measured_right_wherever_they_lie(seen: list[BeltSightings]) -> None:
    for frame in seen:
        order = np.argsort(frame.round_mm)
        assert (frame.why_not == WhyNot.NO_AXIS).all()
        np.testing.assert_allclose(frame.round_mm[order][:3], (25, 30, 35), atol=0.05)
        assert 40 < frame.round_mm[order][3] < 45
        np.testing.assert_allclose(frame.round_red[order], (1, 1, 1, 0.85), atol=0.015)


def test_fruit_keep_their_distance_from_the_reference_pieces() -> None:
    lanes = PROFILE.lanes.centres_mm
    pieces = reference_specimens(PROFILE.references, len(lanes))
    feed = Feed(1, FeedSettings(fruit_per_s=40), lanes, 300.0, None, pieces)
    items = [*feed.lay(1000.0), *feed.lay_references(1000.0), *feed.lay(2000.0)]
    for lane in range(len(lanes)):
        row = sorted((item for item in items if item.lane == lane), key=lambda item: item.rides_mm)
        for behind, before in pairwise(row):
            if "reference" in {behind.kind, before.kind}:
                assert before.rides_mm - behind.rides_mm >= reach_mm(behind, 0.0) + reach_mm(before, np.pi)
