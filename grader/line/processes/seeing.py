"""A vision process: frames out of the ring, sightings to the line."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.line.gallery import Gallery
from grader.line.processes.beating import DoBeat, silent
from grader.line.processes.links import Door, Link, connect, wait
from grader.line.processes.messages import FrameJudged, FrameSeen, FrameTaken, LightSeen, RecordingEnded
from grader.line.processes.ring import FrameRing
from grader.line.processes.showing import GalleryServer
from grader.line.profile import StationProfile
from grader.line.recording import Recorder, RecordingError
from grader.line.sightings import on_belt
from grader.network import load_network
from grader.vision import Calibration, measure
from grader.vision.lamp import light_now

PATIENCE_S = 0.05
LIGHT_EVERY = 10
"""Lamps change slowly: every tenth frame is looked at for that."""


def run(
    folder: Path,
    profile: StationProfile,
    calibration: Calibration,
    ring: tuple[str, int, tuple[int, int, int]],
    record: Path | None = None,
    network: Path | None = None,
    *,
    beat: DoBeat = silent,
) -> None:
    """The process's life; it ends by a signal.

    `record`: the folder of a recording, to which all frames are added. `network`: its file; None: nobody looks for
    decay.
    """
    cv2.setNumThreads(1)
    reader = None if network is None else load_network(network)
    frames = FrameRing.attach(*ring)
    recorder = None if record is None else Recorder(record)
    door = Door(folder, "vision")
    gallery = Gallery(profile.encoder.mm_per_count)
    GalleryServer(folder, gallery)
    line: Link | None = None
    cameras: list[Link] = []
    taken = 0
    while True:
        cameras = [link for link in [*cameras, *door.come_in()] if link.alive]
        if line is None or not line.alive:
            line = connect(folder, "line", "vision")
        for answer in line.receive() if line is not None else ():
            if isinstance(answer, FrameJudged):
                gallery.judge(answer)
        for message in [message for link in cameras for message in link.receive()]:
            if isinstance(message, FrameTaken):
                frame = frames[message.slot]
                # As `look` does, whose sightings do not say where the fruit are in the picture.
                seen = measure(frame, calibration, reader, doubt=False)
                sightings = on_belt(seen, calibration, profile.window, message.count, message.exposed_s)
                taken += 1
                if line is not None:
                    line.send(FrameSeen(sightings, message.dropped))
                    if taken % LIGHT_EVERY == 1:
                        line.send(LightSeen(*light_now(frame, calibration).tolist()))
                gallery.offer(frame, seen.outline_px, seen.bbox_px, sightings, judged=line is not None)
                if recorder is not None:
                    recorder = _record(recorder, frame, message, line)
                frames.free(message.slot)
        wait([door, line, *cameras], PATIENCE_S)
        beat()


def _record(recorder: Recorder, frame_bgr: NDArray[np.uint8], taken: FrameTaken, line: Link | None) -> Recorder | None:
    """Keep the frame. A recording is for later: where it finds no room it ends, and sorting goes on."""
    try:
        recorder.write(frame_bgr, taken.count, taken.exposed_s)
    except RecordingError:
        if line is not None:
            line.send(RecordingEnded())
        return None
    return recorder
