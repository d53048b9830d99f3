"""What a camera promises."""

import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise

import numpy as np

from grader.hardware.camera import Camera, Exposure, Frame
from grader.hardware.conformance import promised

FRAMES = 12
PATIENCE_S = 3.0
OLD_S = 0.5

OpenCamera = Callable[[], Camera]


def take(camera: Camera, wanted: int) -> tuple[Frame, list[Exposure]]:
    """So many frames, the last one's pixels."""
    width, height = camera.mode.size_px
    frame = np.zeros((height, width, 3), np.uint8)
    exposures: list[Exposure] = []
    until_s = time.monotonic() + PATIENCE_S + wanted * camera.mode.period_s
    while len(exposures) < wanted and time.monotonic() < until_s:
        if (exposure := camera.take(frame, 0.1)) is not None:
            exposures.append(exposure)
    promised(len(exposures) == wanted, f"{wanted} frames come; {len(exposures)} did")
    return frame, exposures


def gives_frames(open_camera: OpenCamera) -> None:
    """Frames of its mode come, into the buffer that it is handed."""
    with closing(open_camera()) as camera:
        frame, _ = take(camera, FRAMES)
        promised(frame.any(), "a frame is written into the buffer")


def stamps_rise(open_camera: OpenCamera) -> None:
    """Exposures follow each other, lie in the past, and not long ago."""
    with closing(open_camera()) as camera:
        _, exposures = take(camera, FRAMES)
        now_s = time.monotonic()
        middles = [exposure.middle_s for exposure in exposures]
        promised(all(before < after for before, after in pairwise(middles)), "each exposure is after the last")
        promised(middles[-1] <= now_s, "no exposure is to come")
        promised(now_s - middles[-1] < OLD_S, f"the last one is less than {OLD_S} s ago")
        promised(exposures[-1].lost >= exposures[0].lost >= 0, "lost frames are counted upwards")


def keeps_its_rate(open_camera: OpenCamera) -> None:
    """From exposure to exposure it is a period, frames that it calls lost taken in."""
    with closing(open_camera()) as camera:
        _, exposures = take(camera, FRAMES)
        periods = FRAMES - 1 + exposures[-1].lost - exposures[0].lost
        period_s = (exposures[-1].middle_s - exposures[0].middle_s) / periods
        promised(abs(period_s / camera.mode.period_s - 1) < 0.25, f"a period is {camera.mode.period_s:.4f} s")  # noqa: PLR2004


def waits_no_longer(open_camera: OpenCamera) -> None:
    """A call returns in the time that it was given."""
    with closing(open_camera()) as camera:
        width, height = camera.mode.size_px
        frame = np.zeros((height, width, 3), np.uint8)
        began_s = time.monotonic()
        camera.take(frame, 0.001)
        promised(time.monotonic() - began_s < 0.25, "take returns in time")  # noqa: PLR2004


def opens_again(open_camera: OpenCamera) -> None:
    """Closed, it can be opened anew; closing twice is harmless."""
    for _ in range(2):
        camera = open_camera()
        take(camera, 2)
        camera.close()
        camera.close()


ALONE = (gives_frames, stamps_rise, keeps_its_rate, waits_no_longer, opens_again)
"""All of them."""
