"""The camera process of a real camera: frames into the ring, each with the count at the middle of its exposure.

Its faults are the line's alarms. While one lasts no frame is passed on: vision, records and the live picture see
nothing rather than something old.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader.hardware.camera import Camera, CameraError, Exposure, Frame
from grader.hardware.camera_guard import GuardedCamera, Repetition
from grader.hardware.iron import IronState
from grader.line.ladder import Ladder
from grader.line.processes.beating import DoBeat, silent
from grader.line.processes.links import Link, connect, wait
from grader.line.processes.messages import CameraStands, FrameTaken
from grader.line.processes.ring import FrameRing, RingName
from grader.line.profile import StationProfile
from grader.line.whereabouts import BeltTrack

PATIENCE_S = 0.02
STANDING_EVERY_S = 0.25
"""Of a belt that stands a frame is passed on so often: lamp, live picture and calibration want it."""
ENCODER_PATIENCE_S = 0.02
"""The reading behind an exposure comes some milliseconds later."""

UNTOLD = ""
"""Nobody knows yet how the camera stands: what the process before this one has told may hold no longer."""

OpenCamera = Callable[[], Camera]


class CaptureProcess:
    """Its whole state; `step` is one turn of its loop."""

    def __init__(
        self,
        folder: Path,
        profile: StationProfile,
        open_camera: OpenCamera,
        ring: RingName,
    ) -> None:
        self._folder = folder
        self._profile = profile
        self._open_camera = open_camera
        self._frames = FrameRing.attach(*ring)
        self._aside: Frame = np.empty(ring[2], np.uint8)
        """Where frames go that nobody is to see: the camera is emptied all the same."""
        self._belt = BeltTrack(profile.encoder.mm_per_count)
        self._camera: Camera | None = None
        self._ladder = Ladder()
        self._repetition = Repetition()
        self._slot: int | None = None
        self._fault: str | None = UNTOLD
        self._told_fault: str | None = UNTOLD
        self._vision: Link | None = None
        self._line: Link | None = None
        self._ejection: Link | None = None
        self._passed_mm = -np.inf
        self._passed_s = -np.inf
        self._dropped = 0
        self._lost = 0

    @property
    def at_its_end(self) -> bool:
        """Only a new process may still help."""
        return self._ladder.at_its_end

    def step(self) -> None:
        """Links, and one frame."""
        self._connect()
        if self._camera is None:
            wait([self._ejection], PATIENCE_S)
            if time.monotonic() >= self._ladder.due_s:
                self._open()
        else:
            self._take(self._camera)
        self._tell()

    def close(self) -> None:
        """Let go of the camera."""
        if self._camera is not None:
            self._camera.close()
        self._camera = None

    def _connect(self) -> None:
        if self._vision is None or not self._vision.alive:
            self._vision = connect(self._folder, "vision", "camera")
            self._frames.free_all()  # whoever had them is dead
            self._slot = None
        if self._line is None or not self._line.alive:
            self._line = connect(self._folder, "line", "camera")
            self._told_fault = UNTOLD
        else:
            self._line.receive()  # what it tells everybody is not for us
        if self._ejection is None or not self._ejection.alive:
            self._ejection = connect(self._folder, "ejection", "camera")
        self._hear()

    def _hear(self) -> None:
        for message in self._ejection.receive() if self._ejection else ():
            if isinstance(message, IronState):
                self._belt.hear(message)

    def _open(self) -> None:
        try:
            self._camera = GuardedCamera(self._open_camera(), repetition=self._repetition)
        except CameraError as error:
            self._fail(error)
        else:
            self._ladder.opened(time.monotonic())
            self._lost = 0

    def _take(self, camera: Camera) -> None:
        if self._slot is None:
            self._slot = self._frames.take()
        into = self._aside if self._slot is None else self._frames[self._slot]
        try:
            exposure = camera.take(into, PATIENCE_S)
        except CameraError as error:
            self._fail(error)
            return
        if exposure is None:
            return
        self._fault = None
        self._dropped += exposure.lost - self._lost
        self._lost = exposure.lost
        self._pass_on(exposure, camera.mode.period_s)

    def _pass_on(self, exposure: Exposure, period_s: float) -> None:
        """To vision, if the belt has gone on far enough since the last."""
        count = self._count_at(exposure.middle_s)
        if count is None:
            return  # without a place on the belt a picture says nothing of the fruit in it
        travel_mm = count * self._profile.encoder.mm_per_count
        moved_mm = abs(travel_mm - self._passed_mm) + self._belt.speed_mm_s * period_s / 2  # the nearest, not the next
        near = moved_mm < self._profile.window.frame_every_mm
        if near and exposure.middle_s - self._passed_s < STANDING_EVERY_S:
            return
        if self._slot is None or self._vision is None:
            self._dropped += 1
            return
        self._vision.send(FrameTaken(self._slot, count, exposure.middle_s, self._dropped))
        self._slot = None
        self._passed_mm, self._passed_s = travel_mm, exposure.middle_s

    def _count_at(self, middle_s: float) -> int | None:
        """As the readings on both sides of the moment say it; a picture may be here before the second of them."""
        if self._ejection is not None and self._ejection.alive:
            wait([self._ejection], 0 if time.monotonic() - middle_s > ENCODER_PATIENCE_S else ENCODER_PATIENCE_S / 4)
        self._hear()
        return self._belt.count_at(middle_s)

    def _fail(self, error: CameraError) -> None:
        self._fault = error.fault.value
        self._ladder.failed(time.monotonic(), was_open=self._camera is not None)
        self.close()
        sys.stderr.write(f"camera: {error}\n")

    def _tell(self) -> None:
        if self._line is not None and self._fault != self._told_fault:
            self._line.send(CameraStands(self._fault))
            self._told_fault = self._fault


def run(
    folder: Path,
    profile: StationProfile,
    open_camera: OpenCamera,
    ring: RingName,
    *,
    beat: DoBeat = silent,
) -> None:
    """The process's life; it ends by a signal, or when only a new one may still help."""
    process = CaptureProcess(folder, profile, open_camera, ring)
    while not process.at_its_end:
        process.step()
        beat()
    process.close()
