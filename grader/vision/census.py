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
        return np.asarray(self.count[:, 1, (Colour.RED, Colour.PALE)].sum(axis=1))

    def red(self) -> Array:
        """How many pixels of each object are red: (n,)."""
        return np.asarray(self.count[:, 1, Colour.RED])

    def strange(self) -> Array:
        """Share of each object's pixels in the hull of its flesh that are neither flesh nor leaf: (n,)."""
        inside = self.count[:, 1]
        return np.asarray(inside[:, Colour.OTHER] / np.maximum(inside.sum(axis=1), 1))

    def flesh_centre(self) -> Array:
        """Centroid of each object's flesh: (n, 2) coarse px."""
        sums = self.sums[:, 1, (Colour.RED, Colour.PALE)].sum(axis=1)
        return np.asarray(sums / np.maximum(self.flesh(), 1)[:, None])

    def calyx(self, *, on_fruit_only: bool = False) -> tuple[Array, Array]:
        """How many pixels of each object are leaf (n,), and their centroid (n, 2) coarse px."""
        where = slice(1 if on_fruit_only else 0, 2)
        count = self.count[:, where, Colour.LEAF].sum(axis=1)
        return count, self.sums[:, where, Colour.LEAF].sum(axis=1) / np.maximum(count, 1)[:, None]


def count_pixels(objects: Objects) -> Census:
    """Take the census of all `objects`."""
    colours = Colour.COUNT
    # Nobody's pixels come first, and are left out at the end.
    cell = ((objects.owner + 1) * 2 + objects.inside) * colours + objects.colour
    cells = (len(objects) + 1) * 2 * colours

    def tally(weights: NDArray[np.int32] | None) -> Array:
        return np.bincount(cell, weights, cells).reshape(-1, 2, colours)[1:].astype(np.float64)

    return Census(tally(None), np.stack([tally(objects.column), tally(objects.row)], axis=-1))
