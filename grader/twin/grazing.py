"""Lines of sight that graze a fruit's widest section, without pixels: what `grader.line.stereo` works from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.size import EQUATOR, FLATNESS, Grazing

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ellipses:
    """The widest sections of n fruit, (n,) each."""

    along_mm: Array
    """Where their middles are, along the travel"""
    across_mm: Array
    """and to its left."""
    yaw: Array
    """Radians, the way the axis points, from the travel to the left."""
    half_mm: Array
    """Half the greatest horizontal width."""
    height_mm: Array
    """Of the equator above the belt, the mean of both sides."""
    lean_mm: Array
    """By which the widest point to the left of the axis is higher than that."""
    flatness: Array

    def grazed(self, camera_mm: Array) -> Array:
        """Where the lines of sight from `camera_mm` (3,) that touch them meet the belt: (n, 2, 2), right side first."""
        axis = np.stack([np.cos(self.yaw), np.sin(self.yaw)], axis=1)
        left = np.stack([-axis[:, 1], axis[:, 0]], axis=1)
        way = np.stack([self.along_mm, self.across_mm], axis=1) - camera_mm[:2]
        ahead_mm = (way * axis).sum(axis=1) / (1 - self.height_mm / camera_mm[2])
        aside_mm, side = (way * left).sum(axis=1)[:, None], np.array([-1.0, 1.0])
        half, height, lean = self.half_mm[:, None], self.height_mm[:, None], self.lean_mm[:, None]
        slope = aside_mm / camera_mm[2] + np.zeros(2)
        # The line's slope follows from where it meets the belt, and that from the slope: each round adds two digits.
        for _ in range(8):
            reach = np.sqrt(half**2 + 2 * half * lean * slope + (self.flatness[:, None] * half * slope) ** 2)
            slope = (aside_mm + height * slope + side * reach) / camera_mm[2]
        ahead = (ahead_mm[:, None] * axis)[:, None]
        return np.asarray(camera_mm[:2] + ahead + (camera_mm[2] * slope)[..., None] * left[:, None])


def seen_width_mm(caliper_mm: Array, camera_mm: Array) -> Array:
    """What one view makes of its two lines (n, 2, 2): the width (n,) of a fruit of typical form."""
    way = caliper_mm[:, 1] - caliper_mm[:, 0]
    left = way / np.hypot(way[:, 0], way[:, 1])[:, None]
    low_mm, high_mm = (caliper_mm * left[:, None]).sum(axis=2).T
    return Grazing(low_mm, high_mm, left @ camera_mm[:2], float(camera_mm[2])).width_mm(FLATNESS, EQUATOR)


def lean_of(diameter_per_width: Array, flatness: Array) -> Array:
    """How far a section leans, (n,) in half-widths, that is so much wider than it is horizontally; none if it is not.

    The ratio's square is the greater eigenvalue of [[1, b], [b, f²]].
    """
    square = np.maximum(diameter_per_width, 1.0) ** 2
    return np.asarray(np.sqrt((square - 1) * np.maximum(square - flatness**2, 0)))
