"""The Pi's driver keeps what cameras promise, on the real picamera2 over libcamera's virtual camera. Run by `run.sh`.

What that camera lacks of a Pi's is put beside it here, never into the driver: it has no raw role, it writes the two
planes of NV12 each by itself, and there is no screen (`absent`). It paces nothing (hundreds of frames a second
whatever is asked for), so its rate is not tried.
"""

import contextlib
import mmap
import os
import time
from typing import Any

import libcamera  # type: ignore[import-not-found] # of the root alone
import numpy as np
from picamera2 import Picamera2
from picamera2.allocators import DmaAllocator

from grader.hardware.camera import CameraError, CameraFault, CameraMode
from grader.hardware.conformance import camera as promises
from grader.hardware.conformance import promised
from grader.hardware.drivers.pi_camera import PiCamera

MODE = CameraMode((1456, 1088), 30.0)


class TwoPlanes(DmaAllocator):  # type: ignore[misc] # has no types
    """The library's own memory, described as the two planes that the virtual pipeline writes."""

    def allocate(self, libcamera_config: Any, _: object) -> None:  # noqa: ANN401
        self.libcamera_fds = []
        self.cleanup()
        for memory in self.open_fds:  # type: ignore[has-type] # as above
            os.close(memory)
        self.frame_buffers, self.open_fds = {}, []
        for stream in libcamera_config:
            luma, size = stream.stride * stream.size.height, stream.frame_size
            buffers = []
            for nth in range(stream.buffer_count):
                memory = self.dmaHeap.alloc(f"picamera2-{nth}", size).get()
                self.open_fds.append(memory)
                planes = []
                for offset, length in ((0, luma), (luma, size - luma)):
                    plane = libcamera.FrameBuffer.Plane()
                    plane.fd, plane.offset, plane.length = memory, offset, length
                    planes.append(plane)
                self.libcamera_fds.append(planes[0].fd)
                self.mapped_buffers_used[planes[0].fd] = False
                buffer = libcamera.FrameBuffer(planes)
                self.mapped_buffers[buffer] = mmap.mmap(planes[0].fd, size)
                buffers.append(buffer)
            self.frame_buffers[stream.stream] = buffers


class VirtualPicamera2(Picamera2):  # type: ignore[misc] # has no types
    """The library, told of a camera without a raw role."""

    def _get_raw_modes(self) -> list[dict[str, Any]]:
        return [{"format": "NV12", "size": MODE.size_px}]


def opened(mode: CameraMode = MODE) -> PiCamera:
    return PiCamera(
        0, mode, exposure_us=160, gain=2.0, red_blue_gains=(2.0, 1.6), to_monotonic_s=lambda ns: ns / 1e9,
        open_camera=lambda number: VirtualPicamera2(number, allocator=TwoPlanes()),
    )  # fmt: skip


def gives_colour() -> None:
    """Its pattern of lines is there, in the buffer of the caller."""
    with contextlib.closing(opened()) as camera:
        frame, _ = promises.take(camera, 3)
        promised(np.unique(frame.reshape(-1, 3), axis=0).shape[0] > 1, "the pattern is there")


def hands_every_buffer_back() -> None:
    """Many more frames than there are buffers."""
    with contextlib.closing(opened()) as camera:
        promises.take(camera, 200)


def names_another_size() -> None:
    """Before the first frame."""
    try:
        opened(CameraMode((640, 480), 30.0)).close()
    except CameraError as error:
        promised(error.fault is CameraFault.WRONG_SIZE, f"the size is named, not {error.fault}")
    else:
        promised(kept=False, sentence="another size is refused")


if __name__ == "__main__":
    for check in promises.ALONE:
        if check is not promises.keeps_its_rate:  # nobody paces that camera
            check(opened)
            print(f"kept: {check.__name__}")  # noqa: T201
    for own in (gives_colour, hands_every_buffer_back, names_another_size):
        own()
        print(f"kept: {own.__name__}")  # noqa: T201
    began_s = time.monotonic()
    with contextlib.closing(opened()) as camera:
        promises.take(camera, 100)
    print(f"{100 / (time.monotonic() - began_s):.0f} frames/s, opening taken in")  # noqa: T201
