"""Seeds (achenes) on the skin: small dots in dimples, which also break up the gloss."""

import numpy as np
from numpy.typing import NDArray

from grader.twin.flesh import Flesh
from grader.twin.fruit import Fruit

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_LONG_MM, _BROAD_MM = 0.58, 0.36
"""Half axes of a seed on a 30 mm fruit (set by eye)."""
_DIMPLE = 2.6
"""The dimple is this many times as large as the seed."""
_STEEP = 0.22
"""Greatest slope of the dimple's wall."""


def seeded(fruit: Fruit, flesh: Flesh, albedo: Array) -> tuple[Array, Array]:
    """Reflectance and normals, (S, 3) each, of the skin with its seeds; `albedo`, (S, 3), is the bare skin's."""
    size = (fruit.body.shape.breadth_mm / 30) ** 0.3
    sample, seed = _pairs(flesh, _DIMPLE * _LONG_MM * size)
    arm = flesh.points[sample] - flesh.seeds[seed]
    lengthwise = arm @ fruit.body.pose.rotation[:, 0]
    squared = np.einsum("ij,ij->i", arm, arm)
    sideways = np.sqrt(np.maximum(squared - lengthwise**2, 0))
    reach = np.hypot(lengthwise / _LONG_MM, sideways / _BROAD_MM) / size
    nearest = np.full(len(flesh.index), np.inf)
    np.minimum.at(nearest, sample, reach)
    wins = np.nonzero((reach == nearest[sample]) & (reach < _DIMPLE))[0]
    slope = _STEEP * np.sin(np.pi * reach[wins] / _DIMPLE) / np.sqrt(squared[wins] + 1e-9)
    bumpy = flesh.normals.copy()
    bumpy[sample[wins]] -= slope[:, None] * arm[wins]
    bumpy /= np.linalg.norm(bumpy, axis=1, keepdims=True)
    return _painted(fruit, albedo, nearest), bumpy


def _painted(fruit: Fruit, albedo: Array, nearest: Array) -> Array:
    """The seed with a soft edge and a dark ring; its colour takes a quarter from the skin it sits in."""
    share = np.clip((1.2 - nearest) / 0.5, 0, 1)[:, None]
    ring = 1 - 0.4 * np.exp(-(((nearest - 1.3) / 0.5) ** 2))[:, None]
    colour = 0.75 * fruit.skin.seed + 0.25 * albedo
    painted: Array = albedo * ring * (1 - share) + colour * share
    return painted


def _pairs(flesh: Flesh, reach_mm: float) -> tuple[Indices, Indices]:
    """Samples and seeds that lie within `reach_mm` of each other in the picture."""
    half = int(np.ceil(reach_mm * flesh.px_per_mm))
    grid = np.arange(-half, half + 1)
    disc = grid[:, None] ** 2 + grid**2 <= half**2
    down, right = (part - half for part in np.nonzero(disc))
    x = np.round(flesh.seed_pixels[:, 0]).astype(np.int64)[:, None] - flesh.window.x + right
    y = np.round(flesh.seed_pixels[:, 1]).astype(np.int64)[:, None] - flesh.window.y + down
    rows, columns = flesh.window.shape
    lookup = np.full(rows * columns, -1, np.int64)
    lookup[flesh.index] = np.arange(len(flesh.index))
    sample = lookup[np.clip(y, 0, rows - 1) * columns + np.clip(x, 0, columns - 1)]
    seed, nth = np.nonzero(sample >= 0)
    return sample[seed, nth], seed
