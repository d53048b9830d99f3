"""From pixels to millimetres on the belt, and what a line of sight that grazes a fruit says about its width."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import Calibration, Camera

Array = NDArray[np.float64]

UNDISTORTED = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 40, 1e-3)
"""Undistortion goes on to a thousandth of a pixel: OpenCV's own five rounds miss by 0.3 px in a wide angle's corner."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where the camera of a calibration stands over its belt: lines of sight in the belt's frame (mm, z up)."""

    camera: Camera
    rotation: Array
    """(3, 3) belt to camera."""
    centre_mm: Array
    """(3,) the camera's centre of projection."""

    @classmethod
    def of(cls, calibration: Calibration) -> "Sight":
        """The lines of sight of `calibration`."""
        rotation = calibration.belt.rotation
        return cls(calibration.camera, rotation, -rotation.T @ calibration.belt.translation_mm)

    @property
    def height_mm(self) -> float:
        """Of the camera above the belt."""
        return float(self.centre_mm[2])

    @property
    def mm_per_px(self) -> float:
        """At the camera's foot, on the belt."""
        return self.height_mm / float(np.sqrt(self.camera.matrix[0, 0] * self.camera.matrix[1, 1]))

    def on_belt(self, points_px: Array) -> Array:
        """Where the lines of sight through `points_px` (..., 2), frame px, meet the belt: (..., 2) mm."""
        if not points_px.size:
            return points_px
        rays = cv2.undistortPointsIter(
            np.ascontiguousarray(points_px, np.float64).reshape(-1, 1, 2),
            self.camera.matrix,
            self.camera.distortion,
            np.eye(3),
            np.eye(3),
            UNDISTORTED,
        ).reshape(-1, 2)
        direction = rays @ self.rotation[:2] + self.rotation[2]
        reach = -self.centre_mm[2] / direction[:, 2:]
        return np.asarray(self.centre_mm[:2] + direction[:, :2] * reach).reshape(points_px.shape)

    def at_height(self, on_belt_mm: Array, height_mm: Array | float) -> Array:
        """Where the lines of sight that meet the belt at `on_belt_mm` (..., 2) pass `height_mm`: (..., 2) mm."""
        share = np.asarray(height_mm)[..., None] / self.centre_mm[2]
        return np.asarray(on_belt_mm + (self.centre_mm[:2] - on_belt_mm) * share)

    def to_pixel(self, points_mm: Array) -> Array:
        """Where the camera shows `points_mm` (N, 3) of the belt's frame: (N, 2) px in the distorted picture."""
        if not points_mm.size:
            return np.zeros((0, 2))
        in_camera = (points_mm - self.centre_mm) @ self.rotation.T
        pixels, _ = cv2.projectPoints(in_camera, np.zeros(3), np.zeros(3), self.camera.matrix, self.camera.distortion)
        return np.asarray(pixels, np.float64).reshape(-1, 2)
