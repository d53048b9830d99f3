"""A stated scale instead of a calibrated camera: for photographs of which only millimetres per pixel are known."""

import math

import numpy as np

from grader.calibration.errors import ScaleError
from grader.vision.calibration import BeltPlane, Calibration, Camera

PLAIN_SCALE_U = 0.02
"""Relative standard uncertainty of a stated scale, where nobody states another: a rule laid beside fruit of 30 mm, one
diameter high and 0.5 to 0.8 m from the camera, is 2 to 3 % further away than their equators."""

FAR_MM = 1e6
"""How high the camera of a plain scale is thought to be. From a kilometre a fruit's equator, 15 mm above the belt,
looks larger by 15 parts in a million: perspective has vanished, and the same formulas serve."""


def plain_scale(mm_per_px: float, size_px: tuple[int, int]) -> Calibration:
    """Calibration of a picture of `size_px` (width, height) in which a pixel is `mm_per_px` wide everywhere.

    Raises `ScaleError` where `mm_per_px` is not a length.
    """
    if not (math.isfinite(mm_per_px) and mm_per_px > 0):
        raise ScaleError(f"{mm_per_px} mm per pixel is no scale: measure an object of known length in the picture")
    width, height = size_px
    focal_px = FAR_MM / mm_per_px
    matrix = np.array([[focal_px, 0, (width - 1) / 2], [0, focal_px, (height - 1) / 2], [0, 0, 1]])
    straight_down = np.diag([1.0, -1.0, -1.0])
    return Calibration(
        camera=Camera(size_px=size_px, matrix=matrix, distortion=np.zeros(5)),
        belt=BeltPlane(rotation=straight_down, translation_mm=np.array([0, 0, FAR_MM])),
        belt_colour=None,
        scale_u=PLAIN_SCALE_U,
        plain_scale=True,
        hash=f"plain-scale:{float(mm_per_px)!r} mm/px",
    )
