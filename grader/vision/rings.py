"""The hulls of all objects of a frame as one array: whatever is asked of them is asked of all at once.

Points are complex numbers here, x + iy: one operation moves both coordinates, and a quarter turn is a factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Points = NDArray[np.complex128]


def as_complex(points: Array) -> Points:
    """Points (..., 2) as complex numbers (...)."""
    return np.ascontiguousarray(points).view(np.complex128)[..., 0]


def as_pairs(points: NDArray[Any]) -> NDArray[Any]:
    """Complex numbers (...) as points (..., 2), as precise as they are."""
    return np.ascontiguousarray(points)[..., None].view(points.real.dtype)


@dataclass(frozen=True, slots=True)
class Rings:
    """n closed polygons, clockwise as a picture is seen (y down), as `cv2.convexHull` gives them."""

    corner: Points
    """(C,) one ring after the other, each with its first corner again at its end."""
    first: NDArray[np.intp]
    """(n,) where each ring begins."""
    last: NDArray[np.intp]
    """(n,) where it ends."""

    @classmethod
    def of(cls, hulls: Sequence[NDArray[Any]], scale: float = 1) -> "Rings":
        """The polygons `hulls`, each (V, 2) or (V, 1, 2), times `scale`."""
        if not hulls:
            return cls(np.zeros(0, np.complex128), *np.zeros((2, 0), np.intp))
        closed = np.concatenate([part for hull in hulls for part in (hull, hull[:1])])
        last = np.cumsum([len(hull) + 1 for hull in hulls]) - 1
        corner = as_complex(scale * closed.astype(np.float64).reshape(-1, 2))
        return cls(corner, np.append(0, last[:-1] + 1), last)

    def __len__(self) -> int:
        return len(self.last)

    def centroid(self) -> Array:
        """Middle of the area within each ring, whose area is not 0: (n, 2)."""
        # Each step and the origin make a triangle; its middle counts by its area, twice which this is.
        triangles = (self.corner[:-1].conj() * self.corner[1:]).imag
        middles = (self.corner[:-1] + self.corner[1:]) / 3
        return as_pairs(self._sums(triangles * middles) / self._sums(triangles))

    def evenly(self, places: Array) -> Points:
        """Points at the `places` (R,) along each ring, 0 the beginning and 1 the end: (n, R)."""
        way = self._way()
        begin = way[self.first][:, None]
        return np.interp(begin + (way[self.last][:, None] - begin) * places, way, self.corner)

    def _way(self) -> Array:
        """One way along all rings (C,), with the step from each to the next in it."""
        way = np.zeros(len(self.corner))
        np.cumsum(np.abs(self.corner[1:] - self.corner[:-1]), out=way[1:])
        return way

    def _sums(self, of_steps: NDArray[Any]) -> NDArray[Any]:
        """Sum of the values `of_steps` (C - 1,) of each ring: (n,); what lies between rings cancels."""
        running = np.zeros(len(self.corner), of_steps.dtype)
        np.cumsum(of_steps, out=running[1:])
        return running[self.last] - running[self.first]
