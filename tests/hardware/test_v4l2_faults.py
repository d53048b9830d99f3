"""A camera of the kernel is unplugged, stalls, is slow, gives another size or format: each is named in time."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from grader.hardware.camera import CameraError, CameraFault, CameraMode, Frame
from grader.hardware.camera_guard import MOST_PERIODS, GuardedCamera
from grader.hardware.drivers.v4l2_camera import V4l2Camera
from tests.hardware import vivid
from tests.hardware.lateness import Lateness

pytestmark = pytest.mark.skipif(not vivid.THERE, reason="vivid is in the kernel of make test-hardware alone")

TICK_S = 0.06
"""That kernel's clock ticks a hundred times a second; how late it is beyond that is measured."""


@pytest.fixture
def frame() -> Frame:
    width, height = vivid.MODE.size_px
    return np.empty((height, width, 3), np.uint8)


@pytest.fixture
def camera(frame: Frame) -> Iterator[GuardedCamera]:
    """One that works."""
    vivid.behave()
    camera = GuardedCamera(V4l2Camera(vivid.VIDEO, vivid.MODE, "YUYV"))
    try:
        see(camera, frame, 5)
        yield camera
    finally:
        camera.close()


def see(camera: GuardedCamera, frame: Frame, wanted: int) -> None:
    while wanted:
        wanted -= camera.take(frame, 0.02) is not None


def fault_of(camera: GuardedCamera, frame: Frame) -> tuple[CameraFault, float]:
    """What is said, and after how many seconds of a computer that is not late itself."""
    began_s = time.monotonic()
    with Lateness() as lateness, pytest.raises(CameraError) as error:
        see(camera, frame, 1000)
    return error.value.fault, time.monotonic() - began_s - lateness.seconds


def test_unplugged_it_is_named_within_three_periods_and_comes_back(camera: GuardedCamera, frame: Frame) -> None:
    vivid.unplug()
    try:
        fault, after_s = fault_of(camera, frame)
        camera.close()
        with pytest.raises(CameraError) as error:
            V4l2Camera(vivid.VIDEO, vivid.MODE, "YUYV")
    finally:
        vivid.plug_in()
    assert fault in {CameraFault.UNPLUGGED, CameraFault.STALLED}
    assert after_s <= MOST_PERIODS * vivid.MODE.period_s + TICK_S
    assert error.value.fault is CameraFault.UNPLUGGED
    vivid.behave()
    again = GuardedCamera(V4l2Camera(vivid.VIDEO, vivid.MODE, "YUYV"))
    see(again, frame, 5)
    again.close()


def test_stalled_it_is_named_within_three_periods(camera: GuardedCamera, frame: Frame) -> None:
    vivid.drop(100)
    try:
        fault, after_s = fault_of(camera, frame)
    finally:
        vivid.drop(0)
    assert fault is CameraFault.STALLED
    assert after_s <= (MOST_PERIODS + 1) * vivid.MODE.period_s + TICK_S


def test_a_picture_that_never_changes_is_named(camera: GuardedCamera, frame: Frame) -> None:
    vivid.move(vivid.STILL)
    fault, _ = fault_of(camera, frame)
    assert fault is CameraFault.FROZEN


def test_slow_it_is_named(camera: GuardedCamera, frame: Frame) -> None:
    vivid.drop(60)
    try:
        fault, _ = fault_of(camera, frame)
    finally:
        vivid.drop(0)
    assert fault in {CameraFault.SLOW, CameraFault.STALLED}


@pytest.mark.parametrize(
    ("mode", "fourcc", "fault"),
    [
        (CameraMode((1456, 1088), 15.0), "YUYV", CameraFault.WRONG_SIZE),
        (vivid.MODE, "MJPG", CameraFault.WRONG_FORMAT),
    ],
)
def test_another_size_or_format_is_named_before_the_first_frame(
    mode: CameraMode, fourcc: str, fault: CameraFault
) -> None:
    with pytest.raises(CameraError) as error:
        V4l2Camera(vivid.VIDEO, mode, fourcc)
    assert error.value.fault is fault
