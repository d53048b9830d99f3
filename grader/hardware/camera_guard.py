"""What stands between camera and line: it lets no frame pass that is old, frozen, or not what was asked for."""

import time
from collections import deque
from collections.abc import Callable

import numpy as np

from grader.hardware.camera import Camera, CameraError, CameraFault, CameraMode, Exposure, Frame

MOST_PERIODS = 3
"""No frame for so many periods: the camera has stalled (DESIGN)."""
SLOWEST = 1.5
"""Frames may be so many periods apart on average; a lost one now and then is counted, not a fault."""
OVER = 3
"""By so many intervals the rate is judged, and by so many repetitions of a picture that it is frozen."""
OLDEST_S = 0.5
"""A frame whose exposure is longer ago than this lay in a queue: its fruit have moved on."""
ROW_STEP, COLUMN_STEP = 16, 16
"""Two frames are the same where each sixteenth pixel of each sixteenth row is: 6,188 pixels at 1456 x 1088."""


class Repetition:
    """Sees that pictures do not change; kept while a camera is opened anew, or a frozen one would pass for a moment."""

    def __init__(self) -> None:
        self._sample: bytes = b""
        self._same = 0

    def judge(self, frame: Frame) -> None:
        """Raise `CameraError` if it is the same again and again."""
        sample = np.ascontiguousarray(frame[::ROW_STEP, ::COLUMN_STEP]).tobytes()
        self._same = self._same + 1 if sample == self._sample else 0
        self._sample = sample
        if self._same >= OVER:
            raise CameraError(
                CameraFault.FROZEN, "the camera sends the same picture again and again: it is started anew by itself"
            )


class GuardedCamera:
    """`Camera`: as the one within, but all of its faults are `CameraError`s.

    That no frame comes is said after `MOST_PERIODS` periods, a slow rate or a frozen picture with the frame that is
    the `OVER`th after it began.
    """

    def __init__(
        self,
        camera: Camera,
        *,
        repetition: Repetition | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`repetition`: of the same camera before; None: nobody has seen it yet."""
        self._camera = camera
        self._monotonic_s = monotonic_s
        self._came_s = monotonic_s()
        """When the last good frame came, or the camera was opened."""
        self._exposed: deque[float] = deque(maxlen=OVER + 1)
        self._repetition = Repetition() if repetition is None else repetition
        self._old = 0

    @property
    def mode(self) -> CameraMode:
        """`Camera`'s."""
        return self._camera.mode

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        """`Camera`'s."""
        exposure = self._camera.take(into, min(timeout_s, self._patience_s()))
        now_s = self._monotonic_s()
        if exposure is not None and self._is_fresh(exposure, now_s):
            self._came_s = now_s
            self._judge_rate(exposure.middle_s)
            self._repetition.judge(into)
            return Exposure(exposure.middle_s, exposure.lost + self._old)
        if self._patience_s() <= 0:
            raise CameraError(
                CameraFault.STALLED,
                f"the camera has sent no picture for {MOST_PERIODS} periods: look at its plug and its cable",
            )
        return None

    def close(self) -> None:
        """`Camera`'s."""
        self._camera.close()

    def _patience_s(self) -> float:
        """Until the camera counts as stalled."""
        return max(self._came_s + MOST_PERIODS * self.mode.period_s - self._monotonic_s(), 0.0)

    def _is_fresh(self, exposure: Exposure, now_s: float) -> bool:
        """Whether it was exposed just now, and after the one before."""
        if exposure.middle_s > now_s:
            raise CameraError(
                CameraFault.CLOCK,
                "the camera's pictures are stamped with a time to come: report it, with the driver's name",
            )
        if now_s - exposure.middle_s > max(OLDEST_S, MOST_PERIODS * self.mode.period_s):
            self._old += 1
            return False
        return not self._exposed or exposure.middle_s > self._exposed[-1]

    def _judge_rate(self, middle_s: float) -> None:
        self._exposed.append(middle_s)
        took_s = self._exposed[-1] - self._exposed[0]
        if len(self._exposed) > OVER and took_s > SLOWEST * OVER * self.mode.period_s:
            raise CameraError(
                CameraFault.SLOW,
                f"the camera sends {OVER / took_s:.3g} pictures a second instead of {self.mode.frames_per_s:g}: "
                "plug it into a port of its own (USB 3), shorten the exposure, or ask for fewer frames_per_s",
            )


def check_shape(got: tuple[int, ...], mode: CameraMode) -> None:
    """Raise `CameraError` unless a frame of the shape `got` is of the asked size, in colour."""
    width, height = mode.size_px
    if got[:2] != (height, width):
        raise CameraError(
            CameraFault.WRONG_SIZE,
            f"the camera gives {got[1]} x {got[0]} px instead of {width} x {height}: set `size_px` to what it can do "
            "(v4l2-ctl --list-formats-ext) and calibrate it at that",
        )
    if len(got) != 3 or got[2] != 3:  # noqa: PLR2004 - rows, columns, BGR
        raise CameraError(CameraFault.WRONG_FORMAT, "the camera gives no colour: name another `fourcc`")
