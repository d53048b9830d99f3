"""What computing alone would allow: pre-rendered frames through vision, tracking, fusion and decision, one core.

.venv/bin/python benchmarks/line_computing.py

The belt of these frames carries as many fruit as its lanes hold. No frame is rendered, sent or journalled while the
clock runs. Beside it, what handing a frame over through the ring costs without copying it in.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from benchmarks.figures import provenance, publish
from benchmarks.table import Goal, Row, goals_table
from grader.grading import decide, find_rule_pack
from grader.line.fusion import fuse
from grader.line.processes.links import Door, connect
from grader.line.processes.messages import FrameTaken
from grader.line.processes.ring import FrameRing
from grader.line.profile import StationProfile
from grader.line.sightings import look
from grader.line.tracking import Tracker
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import Draw, Feed, FeedSettings, Item
from grader.twin.kept import kept_calibration
from grader.twin.simulation import SimulationSettings, frame_maker, pictured

PROFILE = StationProfile()
SPEED_MM_S = 1000.0
LEAD_MM = 190.0
SLOTS = 8
"""Of the ring, as the station has them."""
TURNS = 2000
MICROSECONDS = 1e6
"""A second."""


def main() -> None:
    """Render, time, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--fruit-per-s", type=float, default=64.0, help="on the belt, at 1 m/s")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = [*computing_rows(arguments.frames, arguments.fruit_per_s), *ring_rows()]
    title = "Computing alone"
    print(f"{title}\n\n{goals_table(rows)}")
    about = {"simulated": "pixels, pre-rendered, 1 m/s; CPU time of one thread", **provenance()}
    publish("line-computing", about, title, goals_table(rows), {"rows": [row.record() for row in rows]})


def computing_rows(frames: int, fruit_per_s: float) -> list[Row]:
    """Fruit decided in a second of CPU time, and where that went."""
    settings = SimulationSettings(
        conveyor=ConveyorSettings(speed_mm_s=SPEED_MM_S), feed=FeedSettings(fruit_per_s=fruit_per_s)
    )
    catalogue = pictured(PROFILE, settings)
    calibration = kept_calibration(catalogue)
    maker = frame_maker(PROFILE, settings, catalogue)
    pack, tracker = find_rule_pack("cooperative"), Tracker(PROFILE)
    spent_s: list[float] = []
    decided, views = 0, 0
    for count, placed in belt(frames, settings, catalogue.draw):
        frame = maker.frame(placed, count)
        began_s = time.thread_time()
        seen = look(frame, calibration, PROFILE.window, count, 0.0)
        for track in tracker.see(seen):
            fused = fuse(track, PROFILE)
            decide(fused.measurement, pack)
            decided += 1
            views += fused.views
        spent_s.append(time.thread_time() - began_s)
    total_s = float(np.sum(spent_s))
    return [
        Row("fruit decided for each second of one core", "", 0, decided, decided / total_s, None, Goal(128), Goal(128)),
        Row("views of each", "", 1, decided, views / decided, None, Goal(3)),
        Row("a frame: median", "ms", 1, frames, 1000 * float(np.median(spent_s))),
        Row("a frame: 99 %", "ms", 1, frames, 1000 * float(np.percentile(spent_s, 99))),
    ]


def belt(frames: int, settings: SimulationSettings, draw: Draw) -> list[tuple[int, list[tuple[Item, float]]]]:
    """Encoder counts and what lies before the camera, for every frame; the belt is full from the first on."""
    feed = Feed(settings.seed, settings.feed, PROFILE.lanes.centres_mm, SPEED_MM_S, draw)
    items, shots = list[Item](), []
    for nth in range(frames):
        travel_mm = 3 * LEAD_MM + nth * PROFILE.window.frame_every_mm
        items += feed.lay(travel_mm)
        items = [item for item in items if item.rides_mm + travel_mm < 2 * LEAD_MM]
        placed = [(item, item.rides_mm + travel_mm - LEAD_MM) for item in items]
        shots.append((round(travel_mm / PROFILE.encoder.mm_per_count), placed))
    return shots


def ring_rows() -> list[Row]:
    """Take a slot, say so, hear it, look at the frame, free the slot: CPU time of both ends."""
    ring = FrameRing.create(SLOTS, (1088, 1456, 3))
    spent_s = []
    try:
        with TemporaryDirectory() as folder:
            door = Door(Path(folder), "vision")
            camera = connect(Path(folder), "vision", "camera")
            if camera is None:
                raise RuntimeError("nobody listens")
            (vision,) = door.come_in()
            for count in range(TURNS):
                began_s = time.thread_time()
                slot = ring.take()
                if slot is None:
                    raise RuntimeError("the ring is full")
                camera.send(FrameTaken(slot, count, 0.0, 0))
                for message in vision.receive():
                    ring[message.slot].item(0)  # the frame can be read where it lies
                    ring.free(message.slot)
                spent_s.append(time.thread_time() - began_s)
    finally:
        ring.remove()
    median_us, p99_us = (float(np.percentile(spent_s, share)) * MICROSECONDS for share in (50, 99))
    return [
        Row("a frame through the ring, copying aside: median", "µs", 0, TURNS, median_us, None, Goal(high=100)),
        Row("the same: 99 %", "µs", 0, TURNS, p99_us),
    ]


if __name__ == "__main__":
    main()
