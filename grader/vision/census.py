"""One count over the pixels of all objects: how many of each colour, on the fruit and off it, and where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.colour import Colour
from grader.vision.objects import Objects

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Census:
    """Pixels of n objects by where they lie (0 outside the hull of the flesh, 1 inside) and by `Colour`."""

    count: Array
    """(n, 2, colours)."""
    sums: Array
    """(n, 2, colours, 2) of their columns and rows, coarse px."""

    def only(self, kept: NDArray[np.bool_]) -> "Census":
        """The census of the objects that are `kept` (n,)."""
        return Census(self.count[kept], self.sums[kept])

    def flesh(self) -> Array:
        """How many pixels of each object are flesh: (n,)."""
        return np.asarray(self.count[:, 1, Colour.RED] + self.count[:, 1, Colour.PALE])

    def red(self) -> Array:
        """How many pixels of each object are red: (n,)."""
        return np.asarray(self.count[:, 1, Colour.RED])

    def leaf(self) -> Array:
        """How many pixels of each object are leaf, on the fruit and off it: (n,)."""
        return np.asarray(self.count[:, 0, Colour.LEAF] + self.count[:, 1, Colour.LEAF])

    def strange(self) -> Array:
        """Share of each object's pixels in the hull of its flesh that are neither flesh nor leaf: (n,)."""
        inside = self.count[:, 1]
        return np.asarray(inside[:, Colour.OTHER] / np.maximum(inside.sum(axis=1), 1))

    def flesh_centre(self) -> Array:
        """Centroid of each object's flesh: (n, 2) coarse px."""
        sums = self.sums[:, 1, Colour.RED] + self.sums[:, 1, Colour.PALE]
        return np.asarray(sums / np.maximum(self.flesh(), 1)[:, None])

    def calyx(self, *, on_fruit_only: bool = False) -> tuple[Array, Array]:
        """How many pixels of each object are leaf (n,), and their centroid (n, 2) coarse px."""
        count, sums = self.count[:, 1, Colour.LEAF], self.sums[:, 1, Colour.LEAF]
        if not on_fruit_only:
            count, sums = self.leaf(), sums + self.sums[:, 0, Colour.LEAF]
        return count, sums / np.maximum(count, 1)[:, None]


def count_pixels(objects: Objects) -> Census:
    """Take the census of all `objects`."""
    # Nobody's pixels come first, and are left out at the end.
    cell = objects.owner + 1
    cell *= 2 * Colour.COUNT
    cell += Colour.COUNT * objects.inside.view(np.uint8)
    cell += objects.colour
    cells = (len(objects) + 1) * 2 * Colour.COUNT
    count, *sums = (
        np.bincount(cell, weights, cells).reshape(-1, 2, Colour.COUNT)[1:]
        for weights in (None, objects.column, objects.row)
    )
    return Census(count.astype(np.float64), np.stack(sums, axis=-1))
