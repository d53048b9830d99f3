"""Patches of a skin: where a rot, a bruise or a colour's border lies, grown to a wanted share of what is seen."""

import numpy as np
from numpy.typing import NDArray

from models.rendering.noise import waves

Array = NDArray[np.float64]


def level(values: Array, weights: Array, share: float) -> float:
    """The value above which `share` of the weight lies."""
    order = np.argsort(values)[::-1]
    total = np.cumsum(weights[order])
    if share <= 0:
        return float(values[order[0]]) + 1.0
    if share >= 1:
        return float(values[order[-1]]) - 1.0
    return float(np.interp(share, total / max(float(total[-1]), 1e-12), values[order]))


def patch(
    generator: np.random.Generator,
    points: Array,
    shown: Array,
    share: float,
    *,
    hearts: int,
    ragged: float,
    grain_mm: float,
) -> Array:
    """(N,): how far, mm, each of `points` lies inside a patch that covers `share` of what is `shown` (N,).

    The patch spreads from some `hearts`; its border strays by about `ragged` mm over `grain_mm`.
    """
    chosen = generator.choice(len(points), size=hearts, p=shown / shown.sum())
    lag = generator.uniform(0, 3, hearts) * (np.arange(hearts) > 0)
    away = np.linalg.norm(points[:, None] - points[chosen], axis=2) + lag
    inside: Array = -away.min(axis=1) + ragged * waves(generator, points, grain_mm)
    inside += 0.4 * ragged * waves(generator, points, grain_mm / 2.5)
    return inside - level(inside, shown, share)


def nearest(points: Array, marks: Array) -> tuple[Array, NDArray[np.int64]]:
    """Distance, mm, from each of `points` (N, 3) to the nearest of `marks` (M, 3), and which that is."""
    if not len(marks):
        return np.full(len(points), 1e3), np.zeros(len(points), dtype=np.int64)
    first, second = points.astype(np.float32), marks.astype(np.float32)
    squares = (first**2).sum(axis=1)[:, None] - 2 * first @ second.T + (second**2).sum(axis=1)[None, :]
    which = squares.argmin(axis=1)
    found = np.take_along_axis(squares, which[:, None], axis=1)[:, 0]
    return np.sqrt(np.maximum(found, 0)).astype(np.float64), which
