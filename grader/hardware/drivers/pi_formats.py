"""What libcamera writes into memory, as B, G, R: picamera2 names formats by the order of a word, not of the bytes."""

from typing import Any

import cv2

from grader.hardware.camera import CameraError, CameraFault, Frame

WANTED = "RGB888"
"""B, G, R in memory: nothing has to be converted."""
KNOWN = (WANTED, "BGR888", "XRGB8888", "XBGR8888", "NV12")
"""In the order in which they are asked for: the dearer to convert, the later."""


def into_bgr(buffer: Any, name: str, size_px: tuple[int, int], stride: int, into: Frame) -> None:  # noqa: ANN401 - picamera2 has no types
    """Convert `buffer`, flat bytes of rows that are `stride` bytes long, of the format `name`."""
    width, height = size_px
    match name:
        case "RGB888":
            into[:] = buffer[: height * stride].reshape(height, stride)[:, : 3 * width].reshape(height, width, 3)
        case "BGR888":
            rows = buffer[: height * stride].reshape(height, stride)[:, : 3 * width]
            into[:] = rows.reshape(height, width, 3)[:, :, ::-1]
        case "XRGB8888":
            rows = buffer[: height * stride].reshape(height, stride)[:, : 4 * width]
            into[:] = rows.reshape(height, width, 4)[:, :, :3]
        case "XBGR8888":
            rows = buffer[: height * stride].reshape(height, stride)[:, : 4 * width]
            into[:] = rows.reshape(height, width, 4)[:, :, 2::-1]
        case "NV12":
            rows = buffer[: height * 3 // 2 * stride].reshape(height * 3 // 2, stride)[:, :width]
            cv2.cvtColor(rows.copy() if stride != width else rows, cv2.COLOR_YUV2BGR_NV12, dst=into)
        case _:
            raise wrong_format(name)


def wrong_format(name: str) -> CameraError:
    """The camera gives what nobody here can read."""
    return CameraError(
        CameraFault.WRONG_FORMAT,
        f"the camera gives pictures as {name}; {', '.join(KNOWN)} can be read: report it, with the camera's model",
    )
