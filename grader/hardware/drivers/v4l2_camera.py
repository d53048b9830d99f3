"""A camera of Video for Linux (USB, or any that has /dev/video…), by OpenCV.

The driver stamps each buffer in CLOCK_MONOTONIC; most stamp its end (UVC: the first packet's coming), and so the middle
of the exposure is half of it earlier.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")  # what goes wrong we say ourselves

import cv2

from grader.hardware.camera import CameraError, CameraFault, CameraMode, Exposure, Frame, LostFrames
from grader.hardware.camera_guard import check_shape

BUFFERS = 4
"""OpenCV's least: a frame waits at most so long before it is overwritten or read."""
MANUAL_EXPOSURE = 1
"""V4L2_EXPOSURE_MANUAL."""
AHEAD_S = 0.02
"""Drivers that compute their stamps (vivid, uvcvideo by the camera's own clock) may be ahead by a tick or two."""
EXPOSURE_UNIT_US = 100.0
"""Of V4L2_CID_EXPOSURE_ABSOLUTE."""


class V4l2Camera:
    """The camera behind `path`, at fixed exposure and gain."""

    def __init__(
        self, path: str, mode: CameraMode, fourcc: str, *, exposure_us: float | None = None, gain: float | None = None
    ) -> None:
        """`exposure_us`, `gain`: None leaves them as the camera has them, for one that cannot be told."""
        self._path = path
        self._mode = mode
        self._exposure_s = (exposure_us or 0.0) / 1e6
        self._lost = LostFrames(mode)
        self._capture = cv2.VideoCapture(path, cv2.CAP_V4L2)
        try:
            self._configure(fourcc, exposure_us, gain)
        except CameraError:
            self.close()
            raise

    @property
    def mode(self) -> CameraMode:
        """`Camera`'s."""
        return self._mode

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        """`Camera`'s."""
        try:
            came, _ = cv2.VideoCapture.waitAny([self._capture], int(timeout_s * 1e9))
            if not came:
                self._still_there()
                return None
            if not self._capture.grab():
                raise self._gone()
            stamp_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            got, frame = self._capture.retrieve(into)
        except cv2.error as error:
            raise self._gone() from error
        if not got:
            raise CameraError(
                CameraFault.WRONG_FORMAT, f"a picture of {self._path} cannot be read: name another `fourcc`"
            )
        check_shape(frame.shape, self._mode)
        if frame is not into:
            into[:] = frame
        return self._exposure(stamp_s)

    def close(self) -> None:
        """`Camera`'s."""
        self._capture.release()

    def _configure(self, fourcc: str, exposure_us: float | None, gain: float | None) -> None:
        """Once, before the first frame; what the camera makes of it is compared with what was asked."""
        capture, mode = self._capture, self._mode
        if not capture.isOpened():
            raise self._gone()
        asked = cv2.VideoWriter.fourcc(*fourcc)
        capture.set(cv2.CAP_PROP_FOURCC, asked)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, mode.size_px[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, mode.size_px[1])
        capture.set(cv2.CAP_PROP_FPS, mode.frames_per_s)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)
        if exposure_us is not None:
            capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
            capture.set(cv2.CAP_PROP_EXPOSURE, round(exposure_us / EXPOSURE_UNIT_US))
        if gain is not None:
            capture.set(cv2.CAP_PROP_GAIN, gain)
        capture.set(cv2.CAP_PROP_AUTO_WB, 0)
        if int(capture.get(cv2.CAP_PROP_FOURCC)) != asked:
            raise CameraError(
                CameraFault.WRONG_FORMAT,
                f"{self._path} does not give {fourcc}: name a `fourcc` that it has (v4l2-ctl --list-formats-ext)",
            )
        size = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), 3
        check_shape(size, mode)

    def _exposure(self, stamp_s: float) -> Exposure:
        """OpenCV does not say the buffers' numbers: what is missing is seen by the time between two."""
        now_s = time.monotonic()
        if now_s < stamp_s < now_s + AHEAD_S:
            stamp_s = now_s
        return Exposure(stamp_s - self._exposure_s / 2, self._lost.until(stamp_s))

    def _still_there(self) -> None:
        with suppress(OSError):
            if Path(self._path).is_char_device():
                return
        raise self._gone()

    def _gone(self) -> CameraError:
        return CameraError(
            CameraFault.UNPLUGGED,
            f"there is no camera at {self._path}, or another program has it: push its plug in, end the other program",
        )
