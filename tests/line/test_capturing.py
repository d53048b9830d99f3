"""The camera process: each frame with its place on the belt, none without one, faults told and cured, nothing old."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from grader.hardware.camera import CameraError, CameraFault, CameraMode, Exposure, Frame
from grader.hardware.camera_guard import OVER
from grader.hardware.iron import IronState
from grader.line.processes.capturing import CaptureProcess
from grader.line.processes.links import Door, Link
from grader.line.processes.messages import CameraStands, FrameTaken
from grader.line.processes.ring import FrameRing
from grader.line.profile import StationProfile

SHAPE = (48, 64, 3)
MODE = CameraMode((64, 48), 12.0)
"""Slow enough for a loaded computer: one that is late by half a period makes a slow camera of it."""
SPEED_MM_S = 300.0
MM_PER_COUNT = 0.1
BEHIND_S = 0.004


@dataclass
class Given:
    """A camera that the test holds: frames of a lively picture until it is broken."""

    broken: CameraFault | None = None
    frozen: bool = False
    mode: CameraMode = MODE
    opened: int = 0
    closed: int = 0
    next_s: float = 0.0

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        if self.broken is not None:
            raise CameraError(self.broken, "broken by the test")
        now_s = time.monotonic()
        if self.next_s > now_s + timeout_s:
            time.sleep(timeout_s)
            return None
        time.sleep(max(self.next_s - now_s, 0))
        self.next_s = max(self.next_s, now_s) + MODE.period_s
        into[:] = 7 if self.frozen else np.random.default_rng().integers(0, 255, SHAPE, np.uint8)
        return Exposure(time.monotonic() - BEHIND_S)

    def close(self) -> None:
        self.closed += 1


class Around:
    """The processes around it, played by the test."""

    def __init__(self, folder: Path, ring: FrameRing, camera: Given) -> None:
        self.doors = {name: Door(folder, name) for name in ("vision", "line", "ejection")}
        self.links: dict[str, Link] = {}
        self.camera = camera
        self.begins_s = time.monotonic()
        self.moves = True
        self.encoder = True
        self.process = CaptureProcess(folder, StationProfile(), self.open, (ring.name, ring.slots, ring.shape))

    def open(self) -> Given:
        self.camera.opened += 1
        if self.camera.broken is CameraFault.UNPLUGGED:
            raise CameraError(CameraFault.UNPLUGGED, "there is none")
        return self.camera

    def travel_mm(self, at_s: float) -> float:
        return (at_s - self.begins_s) * SPEED_MM_S if self.moves else 0.0

    def run(self, seconds: float) -> dict[str, list[object]]:
        """So long; what each of the others heard."""
        heard: dict[str, list[object]] = {name: [] for name in self.doors}
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            for name, door in self.doors.items():
                for link in door.come_in():
                    self.links[name] = link
            if self.encoder and "ejection" in self.links:
                now_s = time.monotonic()
                count = round(self.travel_mm(now_s) / MM_PER_COUNT)
                self.links["ejection"].send(IronState(count, SPEED_MM_S if self.moves else 0.0, now_s))
            self.process.step()
            for name, link in self.links.items():
                heard[name] += link.receive()
        return heard

    def close(self) -> None:
        self.process.close()
        for link in self.links.values():
            link.close()
        for door in self.doors.values():
            door.close()
        for end in (self.process._vision, self.process._line, self.process._ejection):  # noqa: SLF001 - its ends
            if end is not None:
                end.close()


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    ring = FrameRing.create(8, SHAPE)
    around = Around(tmp_path, ring, Given())
    yield around
    around.close()
    around.process._frames.close()  # noqa: SLF001 - it was attached for the test
    ring.remove()


def frames(heard: dict[str, list[object]]) -> list[FrameTaken]:
    return [message for message in heard["vision"] if isinstance(message, FrameTaken)]


def faults(heard: dict[str, list[object]]) -> list[str | None]:
    return [message.fault for message in heard["line"] if isinstance(message, CameraStands)]


def test_a_frame_has_the_count_at_the_middle_of_its_exposure(around: Around) -> None:
    taken = frames(around.run(1.5))
    assert len(taken) >= 3
    for frame in taken:
        assert abs(frame.count * MM_PER_COUNT - around.travel_mm(frame.exposed_s)) < 1.0


def test_frames_are_passed_on_by_travel_and_not_all_of_them(around: Around) -> None:
    taken = frames(around.run(2.5))
    apart_mm = np.diff([frame.count * MM_PER_COUNT for frame in taken])
    every_mm = StationProfile().window.frame_every_mm
    assert every_mm * 0.7 <= np.median(apart_mm) <= every_mm * 1.6


def test_of_a_belt_that_stands_a_frame_is_shown_now_and_then(around: Around) -> None:
    around.moves = False
    assert 2 <= len(frames(around.run(1.3))) <= 7


def test_without_an_encoder_no_frame_has_a_place(around: Around) -> None:
    around.encoder = False
    assert frames(around.run(0.5)) == []


def test_a_fault_is_told_and_no_frame_passes_until_it_is_cured(around: Around) -> None:
    around.run(0.3)
    around.camera.broken = CameraFault.UNPLUGGED
    around.run(0.1)  # what was on its way
    heard = around.run(0.4)
    assert frames(heard) == []
    assert around.camera.closed == 1
    around.camera.broken = None
    heard = around.run(1.5)
    assert len(frames(heard)) >= 2
    assert faults(heard)[-1] is None
    assert around.camera.opened >= 3


def test_a_new_process_tells_that_the_camera_is_well_again(around: Around) -> None:
    """What the one before it told last was a fault."""
    assert faults(around.run(0.5)) == [None]


def test_frozen_pictures_are_a_fault(around: Around) -> None:
    around.run(0.3)
    around.camera.frozen = True
    heard = around.run((OVER + 3) * MODE.period_s)
    assert "frozen" in faults(heard)
    assert around.camera.closed >= 1
    assert frames(around.run(0.3)) == []


def test_a_ring_that_vision_does_not_empty_costs_frames_and_nothing_else(around: Around) -> None:
    taken = frames(around.run(4.0))
    assert len({frame.slot for frame in taken}) == len(taken) == 8
    assert around.process._dropped > 0  # noqa: SLF001 - what it will tell with the next
