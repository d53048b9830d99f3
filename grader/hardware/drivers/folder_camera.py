"""A camera whose frames are the pictures of a folder, or those of a video, again and again at its rate."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2

from grader.hardware.camera import CameraError, CameraFault, CameraMode, Exposure, Frame
from grader.hardware.camera_guard import check_shape

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"})


class FolderCamera:
    """Pictures of `path` (a folder, in the order of their names) or frames of it (a video)."""

    def __init__(
        self,
        path: Path,
        mode: CameraMode,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._mode = mode
        self._monotonic_s, self._sleep = monotonic_s, sleep
        self._frames = _of_folder(path) if path.is_dir() else _of_video(path)
        self._lost = 0
        self._due_s = monotonic_s() + mode.period_s

    @property
    def mode(self) -> CameraMode:
        """`Camera`'s."""
        return self._mode

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        """`Camera`'s. Who comes late has lost frames, as with a camera."""
        now_s = self._monotonic_s()
        if self._due_s > now_s + timeout_s:
            self._sleep(timeout_s)
            return None
        self._sleep(max(self._due_s - now_s, 0.0))
        missed = max(int((self._monotonic_s() - self._due_s) / self._mode.period_s), 0)
        self._lost += missed
        exposed_s = self._due_s + missed * self._mode.period_s
        self._due_s = exposed_s + self._mode.period_s
        frame = next(self._frames)
        check_shape(frame.shape, self._mode)
        into[:] = frame
        return Exposure(exposed_s, self._lost)

    def close(self) -> None:
        """`Camera`'s."""
        self._frames = iter(())


def _of_folder(path: Path) -> Iterator[Frame]:
    names = sorted(name for name in path.iterdir() if name.suffix.lower() in PICTURES)
    if not names:
        raise _nothing(path)
    return _pictures(names)


def _pictures(names: list[Path]) -> Iterator[Frame]:
    while True:
        for name in names:
            frame = cv2.imread(str(name), cv2.IMREAD_COLOR)
            if frame is None:
                raise CameraError(
                    CameraFault.WRONG_FORMAT, f"{name} is no picture, or damaged: take it out of the folder"
                )
            yield frame  # type: ignore[misc] # OpenCV types pictures of any depth


def _of_video(path: Path) -> Iterator[Frame]:
    if not path.is_file():
        raise _nothing(path)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    got, first = capture.read()
    if not got:
        raise _nothing(path)
    return _video(path, capture, first)  # type: ignore[arg-type] # as above


def _video(path: Path, capture: cv2.VideoCapture, frame: Frame) -> Iterator[Frame]:
    got = True
    while True:
        while got:
            yield frame
            got, frame = capture.read()  # type: ignore[assignment] # as above
        capture.open(str(path), cv2.CAP_FFMPEG)
        got, frame = capture.read()  # type: ignore[assignment] # as above


def _nothing(path: Path) -> CameraError:
    return CameraError(CameraFault.UNPLUGGED, f"there is no picture and no video at {path}: name a folder or a file")
