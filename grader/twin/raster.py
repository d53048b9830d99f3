"""Which triangle a camera sees at each sample of a window, and how much of each pixel an outline covers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

SUB_ROWS = 64
"""Rows per pixel in which the coverage is exact: a level edge is off by at most 1/128 px."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels of the picture; it may reach beyond the picture."""

    x: int
    y: int
    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.height, self.width


def window_around(pixels: Array, margin: int = 2) -> Window:
    """The smallest window that holds all `pixels`, (N, 2), and `margin` more on every side."""
    low = np.floor(pixels.min(axis=0)).astype(int) - margin
    high = np.ceil(pixels.max(axis=0)).astype(int) + margin + 1
    return Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """What a window's samples see; a sample is named by its place in the flattened window."""

    index: Indices
    """(S,): the samples that see something, rising."""
    triangle: Indices
    """(S,): what they see."""
    weights: Array
    """(S, 3): barycentric, of the triangle's corners."""
    depth: Array
    """(S,): interpolated."""

    def interpolate(self, values: Array, triangles: Indices) -> Array:
        """(S, C): the vertices' `values`, (N, C), at the samples."""
        corners = triangles[self.triangle]
        mixed: Array = (
            values[corners[:, 0]] * self.weights[:, :1]
            + values[corners[:, 1]] * self.weights[:, 1:2]
            + values[corners[:, 2]] * self.weights[:, 2:]
        )
        return mixed


def rasterise(pixels: Array, depth: Array, triangles: Indices, window: Window, scale: int = 1) -> Samples:
    """The nearest of `triangles` at each sample of `window`: `scale` rows and columns of them in every pixel.

    `pixels`, (N, 2), and `depth`, (N,), are the vertices'; the samples of a pixel lie evenly about its centre.
    """
    rows, columns = window.height * scale, window.width * scale
    local = (pixels - (window.x, window.y) + 0.5) * scale - 0.5
    sample, owner, weights = _candidates(local[triangles], rows, columns)
    far = np.einsum("ij,ij->i", depth[triangles[owner]], weights)
    nearest = np.full(rows * columns, np.inf)
    np.minimum.at(nearest, sample, far)
    wins = far == nearest[sample]
    index, first = np.unique(sample[wins], return_index=True)
    return Samples(index, owner[wins][first], weights[wins][first], far[wins][first])


def _candidates(corners: Array, rows: int, columns: int) -> tuple[Indices, Indices, Array]:
    """Every sample inside every triangle, `corners` (M, 3, 2): its place, its triangle and its barycentric weights."""
    a, b, c = (corners[:, corner] for corner in range(3))
    low = np.maximum(np.ceil(np.minimum(np.minimum(a, b), c)), 0).astype(np.int64)
    high = np.minimum(np.floor(np.maximum(np.maximum(a, b), c)), (columns - 1, rows - 1)).astype(np.int64)
    extent = np.maximum(high - low + 1, 0)
    count = extent[:, 0] * extent[:, 1]
    owner = np.repeat(np.arange(len(corners)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    down, right = np.divmod(nth, extent[:, 0][owner])
    x, y = low[:, 0][owner] + right, low[:, 1][owner] + down
    (ax, ay), (bx, by), (cx, cy) = (corners[:, corner].T for corner in range(3))
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    area[area == 0] = np.inf
    from_a_x, from_a_y = x - ax[owner], y - ay[owner]
    second = from_a_x * ((cy - ay) / area)[owner] - from_a_y * ((cx - ax) / area)[owner]
    third = from_a_y * ((bx - ax) / area)[owner] - from_a_x * ((by - ay) / area)[owner]
    first = 1 - second - third
    inside = np.nonzero((first >= 0) & (second >= 0) & (third >= 0))[0]
    weights = np.stack([first[inside], second[inside], third[inside]], axis=1)
    return y[inside] * columns + x[inside], owner[inside], weights


def coverage(polygon: Array, window: Window) -> NDArray[np.float32]:
    """(rows, columns), 0-1: the share of each pixel that lies inside the closed `polygon`, (N, 2) px, of either sense.

    As font renderers do it: where an edge crosses a row, everything to its right is filled or emptied, and the pixel
    that it crosses gets its exact share; the running sum along the row is the coverage.
    """
    start = polygon - (window.x, window.y) + 0.5
    end = np.roll(start, -1, axis=0)
    y0, y1 = start[:, 1] * SUB_ROWS - 0.5, end[:, 1] * SUB_ROWS - 0.5
    top = np.clip(np.ceil(np.minimum(y0, y1)), 0, window.height * SUB_ROWS).astype(np.int64)
    bottom = np.clip(np.ceil(np.maximum(y0, y1)), 0, window.height * SUB_ROWS).astype(np.int64)
    count = bottom - top
    edge = np.repeat(np.arange(len(start)), count)
    row = top[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    along = (row - y0[edge]) / (y1 - y0)[edge]
    x = np.clip(start[edge, 0] + along * (end - start)[edge, 0], 0, window.width)
    pixel = np.floor(x).astype(np.int64)
    share = pixel + 1 - x
    sense = np.where(y1 > y0, 1.0, -1.0)[edge] / SUB_ROWS
    line = (row // SUB_ROWS) * (window.width + 2) + pixel
    size = window.height * (window.width + 2)
    steps = np.bincount(line, sense * share, size) + np.bincount(line + 1, sense * (1 - share), size)
    filled = np.cumsum(steps.reshape(window.height, -1), axis=1)[:, : window.width]
    return np.clip(np.abs(filled), 0, 1).astype(np.float32)
