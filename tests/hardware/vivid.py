"""The kernel's virtual camera, and the hand that breaks it. Only a kernel that has it: `make test-hardware`."""

import fcntl
import os
import struct
from pathlib import Path

from grader.hardware.camera import CameraMode

VIDEO = "/dev/video0"
DRIVER = Path("/sys/bus/platform/drivers/vivid")
THERE = DRIVER.is_dir() and Path(VIDEO).exists()
MODE = CameraMode((320, 180), 5.0)
VIDIOC_S_CTRL = 0xC008561C
HORIZONTAL_MOVEMENT = 0x00F0F000 + 2
STILL, LIVELY = 3, 6
"""Of seven speeds, from fast to the left to fast to the right."""
TIMESTAMP_SOURCE = 0x00F0F000 + 24
PERCENTAGE_DROPPED = 0x00F0F000 + 64


def drop(percent: int) -> None:
    """So many of its frames are lost on their way."""
    _set(PERCENTAGE_DROPPED, percent)


def behave() -> None:
    """As a camera does: as it comes it stamps the end of an exposure and hands frames out at its beginning."""
    _set(TIMESTAMP_SOURCE, 1)
    move(LIVELY)


def move(how: int) -> None:
    """Its picture has no noise: unless it moves, it is always the same."""
    _set(HORIZONTAL_MOVEMENT, how)


def _set(control: int, value: int) -> None:
    file = os.open(VIDEO, os.O_RDWR)
    try:
        fcntl.ioctl(file, VIDIOC_S_CTRL, struct.pack("Ii", control, value))
    finally:
        os.close(file)


def unplug() -> None:
    """Pull the plug out."""
    (DRIVER / "unbind").write_text("vivid.0")


def plug_in() -> None:
    """Push it in again."""
    (DRIVER / "bind").write_text("vivid.0")
