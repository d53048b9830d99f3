"""The camera above the belt. It fills a buffer that it is handed, so that nothing is copied twice."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError

Frame = NDArray[np.uint8]


class CameraFault(StrEnum):
    """What can be wrong with it, as alarms name it."""

    UNPLUGGED = "unplugged"
    STALLED = "stalled"
    """No frame for three periods."""
    SLOW = "slow"
    """Frames come, but not as often as they must."""
    WRONG_SIZE = "wrong size"
    WRONG_FORMAT = "wrong format"
    FROZEN = "frozen"
    """The same picture again and again: no sensor's noise repeats itself."""
    CLOCK = "clock"
    """Its exposures are of the future. Those of long ago lay in a queue: they count as lost."""


class CameraError(GraderError, RuntimeError, code="camera"):
    """The camera does not give what was asked of it. The sentence says what to do; `fault` is for alarms."""

    def __init__(self, fault: CameraFault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CameraMode:
    """What the camera is asked for; any other is a fault."""

    size_px: tuple[int, int]
    """Width, height."""
    frames_per_s: float

    @property
    def period_s(self) -> float:
        """From one exposure to the next."""
        return 1 / self.frames_per_s


@dataclass(frozen=True, slots=True)
class Exposure:
    """About a frame that was taken."""

    middle_s: float
    """The middle of its exposure, on the monotonic clock."""
    lost: int = 0
    """Frames since the camera was opened that the driver knows to be lost."""


class LostFrames:
    """Counts the frames that a driver does not number: what is missing is seen by the time between two."""

    def __init__(self, mode: CameraMode) -> None:
        self._frames_per_s = mode.frames_per_s
        self._last_s: float | None = None
        self._lost = 0

    def until(self, stamp_s: float) -> int:
        """How many are missing before the frame of that moment, since the first."""
        if self._last_s is not None:
            self._lost += max(round((stamp_s - self._last_s) * self._frames_per_s) - 1, 0)
        self._last_s = stamp_s
        return self._lost


class Camera(Protocol):
    """A camera that runs by itself at its mode's rate. Opening configures it, once."""

    @property
    def mode(self) -> CameraMode:
        """What it was opened for."""

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        """The next frame into `into`, (rows, columns, 3), BGR; None: none came in time. Raises `CameraError`."""

    def close(self) -> None:
        """Let go of the device. Twice is harmless."""
