"""A simulated machine, put together: feed, iron, and a camera of either depth."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.twin.cameras import station
from grader.twin.catalogue import Catalogue, Progress
from grader.twin.conveyor import ConveyorSettings
from grader.twin.entries import CatalogueSettings
from grader.twin.feed import Draw, Feed, FeedSettings, Item, Specimen, numbers_drawn, reference_specimens
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.kept import kept_calibration, kept_catalogue
from grader.twin.pixel_camera import PixelCamera
from grader.twin.plant import Plant
from grader.twin.sighting_model import ErrorModel, SightingModel
from grader.vision.network import Network

See = Callable[[list[tuple[Item, float]], int, float], BeltSightings]
"""Items and where they are along the travel, the encoder count, the time: what the camera and `measure` say."""


class Depth(StrEnum):
    """How much of the optics is simulated."""

    PIXELS = "pixels"
    """Frames are rendered, and measured as those of a camera are."""
    SIGHTINGS = "sightings"
    """Errors are drawn from what was measured with pixels."""


class SimulationSettings(BaseModel):
    """What is simulated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: Annotated[int, Field(ge=0)] = 1
    depth: Depth = Depth.PIXELS
    conveyor: ConveyorSettings = ConveyorSettings()
    feed: FeedSettings = FeedSettings()
    catalogue_seed: Annotated[int, Field(ge=0)] = 1
    """Of the rendered fruit, which the feed chooses from; another one than `seed`, because rendering takes long."""
    catalogue_fruit: Annotated[int, Field(ge=8, le=10_000)] = 64
    errors: ErrorModel = ErrorModel()


@dataclass(frozen=True, slots=True)
class Simulation:
    """The iron, and what its camera says of what is before it."""

    plant: Plant
    see: See
    calibration_hash: str
    """Of the calibration; at the depth of sightings of the error model that stands for it."""


def simulate(
    profile: StationProfile,
    settings: SimulationSettings,
    cache: Path | None = None,
    progress: Progress | None = None,
    network: Network | None = None,
) -> Simulation:
    """Put a machine together; the first time at the depth of pixels takes a minute, `progress` is told.

    `cache` keeps what was rendered (None: the user's cache). At the depth of sightings no `network` looks.
    """
    if settings.depth is Depth.SIGHTINGS:
        model = SightingModel(settings.seed, profile.window, settings.errors)
        digest = hashlib.sha256(repr(settings.errors).encode()).hexdigest()
        plant = build_plant(profile, settings)
        return Simulation(plant, model.see, f"sightings:{digest}")
    catalogue = pictured(profile, settings, cache, progress)
    calibration = kept_calibration(catalogue, cache)
    camera = PixelCamera(frame_maker(profile, settings, catalogue), calibration, profile.window, network)
    return Simulation(_plant(profile, settings, catalogue.draw, catalogue.references), camera.see, calibration.hash)


def pictured(
    profile: StationProfile, settings: SimulationSettings, cache: Path | None = None, progress: Progress | None = None
) -> Catalogue:
    """The fruit that lie in the lanes of `profile`, rendered; the first time it takes a minute."""
    lanes = CatalogueSettings(
        seed=settings.catalogue_seed,
        lot=settings.feed.lot,
        fruit=settings.catalogue_fruit,
        references=profile.references,
        lanes_mm=profile.lanes.centres_mm,
        direction_deg=profile.window.direction_deg,
    )
    return kept_catalogue(lanes, station(), cache, progress)


def frame_maker(profile: StationProfile, settings: SimulationSettings, catalogue: Catalogue) -> FrameMaker:
    """The camera's pictures at the belt's speed."""
    speed_mm_s = settings.conveyor.speed_mm_s
    frames = FrameSettings(seed=settings.seed, speed_mm_s=speed_mm_s, mm_per_count=profile.encoder.mm_per_count)
    return FrameMaker(catalogue, frames)


def build_plant(profile: StationProfile, settings: SimulationSettings, cache: Path | None = None) -> Plant:
    """The machine without its camera; at the depth of pixels its fruit are those of the catalogue."""
    if settings.depth is Depth.PIXELS:
        catalogue = pictured(profile, settings, cache)
        return _plant(profile, settings, catalogue.draw, catalogue.references)
    pieces = reference_specimens(profile.references, len(profile.lanes.centres_mm))
    return _plant(profile, settings, numbers_drawn(settings.feed.lot), pieces)


def _plant(
    profile: StationProfile, settings: SimulationSettings, draw: Draw, references: list[tuple[int, Specimen]]
) -> Plant:
    speed_mm_s = settings.conveyor.speed_mm_s
    feed = Feed(settings.seed, settings.feed, profile.lanes.centres_mm, speed_mm_s, draw, references)
    return Plant(profile, settings.conveyor, feed, settings.seed)
