"""From pixels to millimetres on the belt, and what a line of sight that grazes a fruit says about its width."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import Calibration, Camera

Array = NDArray[np.float64]

UNDISTORTED = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 40, 1e-3)
"""Undistortion goes on to a thousandth of a pixel: OpenCV's own five rounds miss by 0.3 px in a wide angle's corner."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Where the camera of a calibration stands over its belt: lines of sight in the belt's frame (mm, z up)."""

    camera: Camera
    rotation: Array
    """(3, 3) belt to camera."""
    centre_mm: Array
    """(3,) the camera's centre of projection."""
    height_mm: float
    """Of the camera above the belt."""
    mm_per_px: float
    """At the camera's foot, on the belt."""
    to_belt: Array
    """(3, 3) from a direction in the belt's frame, homogeneous, to where it meets the belt."""

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, calibration: Calibration) -> "Sight":
        """The lines of sight of `calibration`."""
        camera, rotation = calibration.camera, calibration.belt.rotation
        centre_mm = -rotation.T @ calibration.belt.translation_mm
        x, y, height = centre_mm.tolist()
        mm_per_px = height / float(np.sqrt(camera.matrix[0, 0] * camera.matrix[1, 1]))
        to_belt = np.array([[-height, 0, x], [0, -height, y], [0, 0, 1]])
        return cls(camera, rotation, centre_mm, height, mm_per_px, to_belt)

    def on_belt(self, points_px: Array) -> Array:
        """Where the lines of sight through `points_px` (..., 2), frame px, meet the belt: (..., 2) mm."""
        if not points_px.size:
            return points_px
        # What OpenCV takes for rectification and a new camera is here the turn into the belt's frame, and the belt.
        points_mm = cv2.undistortPointsIter(
            np.ascontiguousarray(points_px, np.float64).reshape(-1, 1, 2),
            self.camera.matrix,
            self.camera.distortion,
            self.rotation.T,
            self.to_belt,
            UNDISTORTED,
        )
        return np.asarray(points_mm, np.float64).reshape(points_px.shape)

    def at_height(self, on_belt_mm: Array, height_mm: Array | float) -> Array:
        """Where the lines of sight that meet the belt at `on_belt_mm` (..., 2) pass `height_mm`: (..., 2) mm."""
        share = np.asarray(height_mm)[..., None] / self.centre_mm[2]
        return np.asarray(on_belt_mm + (self.centre_mm[:2] - on_belt_mm) * share)

    def to_pixel(self, points_mm: Array) -> Array:
        """Where the camera shows `points_mm` (N, 3) of the belt's frame: (N, 2) px in the distorted picture.

        Brown's model, as OpenCV has it (`projectPoints`, which takes three times as long over some tens of points).
        """
        if not points_mm.size:
            return np.zeros((0, 2))
        x, y, depth = self.rotation @ (points_mm - self.centre_mm).T
        place = (x + 1j * y) / depth
        k1, k2, p1, p2, k3 = self.camera.distortion.tolist()
        (fx, _, cx), (_, fy, cy), _ = self.camera.matrix.tolist()
        square = place.real * place.real + place.imag * place.imag
        # As complex numbers the two tangential terms are one: q r^2 + 2 z Re(z conj(q)), with q = p2 + i p1.
        stretch = 1 + square * (k1 + square * (k2 + square * k3)) + 2 * (p2 * place.real + p1 * place.imag)
        place = place * stretch + complex(p2, p1) * square
        return np.stack([fx * place.real + cx, fy * place.imag + cy], axis=1)
