"""The twin's own cameras, for when no calibration file says which camera there is."""

import numpy as np

from grader.twin.view import View
from grader.vision.calibration import BeltPlane, Camera


def looking_down(
    size_px: tuple[int, int], focal_px: float, distortion: tuple[float, ...], height_mm: float, tilt_deg: float
) -> View:
    """A camera `height_mm` above the belt's origin, its picture's y against the belt's, tilted about x.

    `distortion`: k1 k2 p1 p2 k3, as OpenCV has them. The optical axis lies a few pixels off the middle, and pixels are
    0.2 % from square, as in real ones.
    """
    width, height = size_px
    matrix = np.array([[focal_px, 0, width / 2 - 3.2], [0, focal_px * 1.002, height / 2 + 2.7], [0, 0, 1.0]])
    tilt = np.radians(180 + tilt_deg)
    turn = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    camera = Camera(size_px, matrix, np.array(distortion))
    return View(camera, BeltPlane(turn, turn @ np.array([0.0, 0.0, -height_mm])))


def station() -> View:
    """1456 x 1088 px on 320 x 240 mm of belt, as a Raspberry Pi Global Shutter Camera with a 7 mm lens sees it."""
    return looking_down((1456, 1088), 2070, (-0.12, 0.06, 6e-4, -4e-4, 0.0), 450, 1.0)


def askew() -> View:
    """A small, near, wide-angled camera, tilted by 14°: to try what takes the station's camera for granted."""
    return looking_down((640, 480), 520, (-0.25, 0.09, -1e-3, 8e-4, -0.01), 280, -14.0)
