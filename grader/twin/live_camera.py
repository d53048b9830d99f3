"""The simulated camera in real time: what lies before it becomes a frame in the ring, or sightings at once."""

import time
from pathlib import Path

import cv2

from grader.line.processes.links import Link, connect, wait
from grader.line.processes.messages import FrameSeen, FrameTaken
from grader.line.processes.ring import FrameRing
from grader.line.profile import StationProfile
from grader.twin.boards import BoardCamera
from grader.twin.live_plant import Shutter
from grader.twin.sighting_model import SightingModel
from grader.twin.simulation import SimulationSettings, frame_maker, pictured

MOST_LATE_S = 0.25
"""A frame that could not be made for so long is lost, as with a camera whose buffers are full."""
PATIENCE_S = 0.02


def run_pixels(
    folder: Path, profile: StationProfile, settings: SimulationSettings, ring: tuple[str, int, tuple[int, int, int]]
) -> None:
    """Frames into the ring, and word of them to the vision process; it ends by a signal."""
    cv2.setNumThreads(1)
    frames = FrameRing.attach(*ring)
    maker = frame_maker(profile, settings, pictured(profile, settings))
    boards = BoardCamera(maker)
    dropped = 0
    plant: Link | None = None
    vision: Link | None = None
    while True:
        if plant is None or not plant.alive:
            plant = connect(folder, "plant", "camera")
        if vision is None or not vision.alive:
            vision = connect(folder, "vision", "camera")
            frames.free_all()  # whoever had them is dead
        for shutter in plant.receive() if plant else ():
            slot = frames.take() if vision and time.monotonic() - shutter.exposed_s < MOST_LATE_S else None
            if slot is None or vision is None:
                dropped += 1
                continue
            held = shutter.held
            frames[slot][:] = maker.frame(shutter.placed, shutter.count) if held is None else boards.picture(held)
            vision.send(FrameTaken(slot, shutter.count, shutter.exposed_s, dropped))
        wait([plant], PATIENCE_S)


def run_sightings(folder: Path, profile: StationProfile, settings: SimulationSettings) -> None:
    """Sightings to the line, without optics; it ends by a signal."""
    model = SightingModel(settings.seed, profile.window, settings.errors)
    plant: Link | None = None
    line: Link | None = None
    while True:
        if plant is None or not plant.alive:
            plant = connect(folder, "plant", "camera")
        if line is None or not line.alive:
            line = connect(folder, "line", "vision")
        if line is not None:
            line.receive()  # what it makes of each frame, which nobody wants to see here
        for shutter in plant.receive() if plant else ():
            if line is not None and isinstance(shutter, Shutter):
                line.send(FrameSeen(model.see(shutter.placed, shutter.count, shutter.exposed_s), 0))
        wait([plant], PATIENCE_S)
