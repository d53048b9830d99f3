"""The camera over the belt: a pinhole, its picture square."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.rendering.recipe import Recipe

Array = NDArray[np.float64]

SIDE_PX = 160


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """Where it is and what it sees; picture x to the right, y down, pixel centres at whole numbers."""

    place: Array
    """(3,), mm, belt z up."""
    axes: Array
    """(3, 3): rows: picture x, picture y, line of sight."""
    focal_px: float

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixels (N, 2) and depth (N,), mm along the line of sight, of `points` (N, 3)."""
        seen = (points - self.place) @ self.axes.T
        return self.focal_px * seen[:, :2] / seen[:, 2:] + (SIDE_PX - 1) / 2, seen[:, 2]


def upwards(recipe: Recipe) -> Array:
    """(3,): from the belt to the camera."""
    lean, azimuth = np.radians(recipe.lean_deg), np.radians(recipe.lean_towards_deg)
    return np.array([np.sin(lean) * np.cos(azimuth), np.sin(lean) * np.sin(azimuth), np.cos(lean)])


def look(recipe: Recipe, points: Array) -> Eye:
    """An eye that has `points` (N, 3) of the main thing near its middle, as large as the recipe wants."""
    up = upwards(recipe)
    right = np.cross([0.0, 1.0, 0.0], up)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(-up, right), -up])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    eye = Eye(middle + recipe.distance_mm * up, axes, 1000.0)
    pixels, depth = eye.project(points)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    focal = 1000.0 * recipe.fill * SIDE_PX / (high - low).max()
    room = (1 - min(recipe.fill, 1.0)) / 2 * SIDE_PX
    stray = recipe.chance(1).uniform(-0.35, 0.35, 2) * room
    shift = ((low + high) / 2 - (SIDE_PX - 1) / 2) * float(depth.mean()) / 1000.0 - stray * float(depth.mean()) / focal
    return replace(eye, place=eye.place + shift @ axes[:2], focal_px=focal)
