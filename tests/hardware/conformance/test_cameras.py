"""Every camera keeps what cameras promise: a folder, a video, and one of the kernel (vivid)."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.hardware.camera import Camera, CameraMode
from grader.hardware.camera_guard import GuardedCamera
from grader.hardware.conformance import camera as promises
from grader.hardware.drivers.folder_camera import FolderCamera
from grader.hardware.drivers.v4l2_camera import V4l2Camera
from tests.hardware.vivid import MODE, THERE, VIDEO, behave

SMALL = CameraMode((160, 120), 10.0)
"""Slow enough for a loaded computer: a guard names a camera that is three periods late."""


def folder(tmp_path: Path) -> Camera:
    for nth in range(5):
        picture = np.random.default_rng(nth).integers(0, 255, (120, 160, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f"{nth}.png"), picture)
    return FolderCamera(tmp_path, SMALL)


def video(tmp_path: Path) -> Camera:
    path = tmp_path / "belt.avi"
    if not path.exists():
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (160, 120))
        for nth in range(10):
            writer.write(np.random.default_rng(nth).integers(0, 255, (120, 160, 3), np.uint8))
        writer.release()
    return FolderCamera(path, SMALL)


def vivid(_: Path) -> Camera:
    behave()
    return V4l2Camera(VIDEO, MODE, "YUYV")


OPENED = [
    folder,
    video,
    pytest.param(
        vivid, marks=pytest.mark.skipif(not THERE, reason="vivid is in the kernel of make test-hardware alone")
    ),
]


@pytest.mark.parametrize("opened", OPENED)
@pytest.mark.parametrize("check", promises.ALONE, ids=lambda check: check.__name__)
@pytest.mark.parametrize("guarded", [False, True], ids=["bare", "guarded"])
def test_a_camera_keeps_its_promises(
    opened: Callable[[Path], Camera],
    check: Callable[[promises.OpenCamera], None],
    tmp_path: Path,
    *,
    guarded: bool,
) -> None:
    opening = partial(opened, tmp_path)
    check((lambda: GuardedCamera(opening())) if guarded else opening)
