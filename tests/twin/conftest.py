"""A small catalogue and its camera at half the station's resolution; built once a run."""

from collections.abc import Callable

import pytest

from grader.twin.cameras import looking_down
from grader.twin.catalogue import Catalogue, build_catalogue
from grader.twin.entries import CatalogueSettings
from grader.twin.feed import Item
from grader.twin.frames import FrameMaker
from grader.vision import Calibration
from grader.vision.belt_colour import learn_belt_colour

SMALL = looking_down((728, 544), 1035, (-0.12, 0.06, 6e-4, -4e-4, 0.0), 450, 1.0)
SETTINGS = CatalogueSettings(fruit=8, things=8, spacing_mm=100)

Place = Callable[[int], Item]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return build_catalogue(SETTINGS, SMALL, processes=1)


@pytest.fixture(scope="session")
def frames(catalogue: Catalogue) -> FrameMaker:
    return FrameMaker(catalogue)


@pytest.fixture(scope="session")
def calibration(frames: FrameMaker) -> Calibration:
    """The camera is known exactly, the belt's colour is learnt."""
    colour = learn_belt_colour(frames.frame([], 0))
    return Calibration(SMALL.camera, SMALL.belt, colour, scale_u=1e-4, plain_scale=False, hash="0" * 64)


@pytest.fixture(scope="session")
def item(catalogue: Catalogue) -> Place:
    """Entry `look` of the catalogue as it comes onto the belt."""

    def of(look: int) -> Item:
        entry = catalogue.entries[look]
        drawn = entry.specimen
        return Item(
            number=look + 1,
            kind=drawn.kind,
            lane=entry.lane,
            rides_mm=0.0,
            across_mm=SETTINGS.lanes_mm[entry.lane] + drawn.off_lane_mm,
            diameter_mm=drawn.diameter_mm,
            width_mm=drawn.width_mm,
            length_mm=drawn.length_mm,
            volume_mm3=drawn.volume_mm3,
            visible_red=drawn.visible_red,
            yaw=drawn.yaw,
            look=look,
        )

    return of
