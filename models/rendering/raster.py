"""Which triangle each pixel's centre sees: the mask's side of the picture, without antialiasing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_SIDES = (1, 2, 3, 4, 6, 9, 14, 24, 48, 100, 200, 400)
"""Triangles are tested in batches of equal bounding boxes, px."""
_BATCH = 2_000_000
"""Tests at once, so that memory stays small."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Every meeting of a pixel's line of sight with a triangle."""

    pixel: Indices
    """(H,): row · side + column."""
    triangle: Indices
    weights: Array
    """(H, 3): barycentric."""
    depth: Array
    """(H,), mm."""

    def nearest(self) -> Indices:
        """(P,): of each pixel that meets any, which hit comes first."""
        order = np.lexsort((self.depth, self.pixel))
        first = np.ones(len(order), dtype=bool)
        first[1:] = self.pixel[order][1:] != self.pixel[order][:-1]
        found: Indices = order[first]
        return found


def rasterise(pixels: Array, depth: Array, triangles: Indices, side: int) -> Hits:
    """Hits on a `side` by `side` picture of `triangles` (T, 3) whose vertices appear at `pixels` (V, 2)."""
    corners = pixels[triangles]
    low = np.clip(np.ceil(corners.min(axis=1)), 0, side).astype(np.int64)
    high = np.clip(np.floor(corners.max(axis=1)), -1, side - 1).astype(np.int64)
    edges = corners[:, 1:] - corners[:, :1]
    area = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    extent = (high - low).max(axis=1) + 1
    candidates = np.flatnonzero((high >= low).all(axis=1) & (np.abs(area) > 1e-12))  # noqa: PLR2004 - edge on
    found = []
    smallest = 0
    for largest in _SIDES:
        batch = candidates[(extent[candidates] > smallest) & (extent[candidates] <= largest)]
        step = max(1, _BATCH // largest**2)
        for start in range(0, len(batch), step):
            chosen = batch[start : start + step]
            found.append(_test(corners, low, high, area, chosen, largest))
        smallest = largest
    column, row, triangle, weights = (
        (np.concatenate(part) for part in zip(*found, strict=True)) if found else _nothing()
    )
    nearness = 1 / depth[triangles[triangle]]
    return Hits(row * side + column, triangle, weights, 1 / (weights * nearness).sum(axis=1))


def _nothing() -> tuple[Indices, Indices, Indices, Array]:
    empty = np.zeros(0, dtype=np.int64)
    return empty, empty, empty, np.zeros((0, 3))


def _test(
    corners: Array, low: Indices, high: Indices, area: Array, chosen: Indices, largest: int
) -> tuple[Indices, Indices, Indices, Array]:
    """Column, row, triangle and weights of the pixel centres within the triangles `chosen`."""
    steps = np.arange(largest)
    column = low[chosen, 0, None, None] + steps[None, None, :]
    row = low[chosen, 1, None, None] + steps[None, :, None]
    first, second, third = (corners[chosen, corner, :, None, None] for corner in range(3))
    whole = area[chosen, None, None]
    weight_1 = ((second[:, 0] - column) * (third[:, 1] - row) - (second[:, 1] - row) * (third[:, 0] - column)) / whole
    weight_2 = ((third[:, 0] - column) * (first[:, 1] - row) - (third[:, 1] - row) * (first[:, 0] - column)) / whole
    weight_3 = 1 - weight_1 - weight_2
    inside = (weight_1 >= 0) & (weight_2 >= 0) & (weight_3 >= 0)
    inside &= (column <= high[chosen, 0, None, None]) & (row <= high[chosen, 1, None, None])
    nth, down, right = np.nonzero(inside)
    weights = np.stack([weight_1[inside], weight_2[inside], weight_3[inside]], axis=1)
    return column[nth, 0, right], row[nth, down, 0], chosen[nth], weights
