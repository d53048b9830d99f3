"""Bodies side by side: how far apart they are, and where one touches the other.

Two convex bodies are apart exactly if some plane lies between them (separating axis theorem), so their distance along
each direction n, min over B of n·b - max over A of n·a, decides. Fruit are convex but for small hollows, in which
nothing of another fruit fits.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Score = Callable[[Array, Array], Array]

_DIRECTIONS = 600
_ROUGHLY = 17
"""Of a body's 33,000 points every seventeenth is enough to find about the best direction."""
_NARROWER = (0.2, 0.03)
"""After the whole sphere, cones of so many radians about the best direction."""


def gap_mm(a: Array, b: Array) -> float:
    """Greatest width of a plane gap between the points `a`, (N, 3), and `b`, (M, 3); below 0 they may intersect."""
    return _best(a, b, lambda gap, _: gap)


def slide_mm(a: Array, b: Array, towards: Array) -> float:
    """How far `b` must move along the unit vector `towards`, (3,), to touch `a` from that side without entering it."""
    return -_best(a, b, lambda gap, directions: _travel(gap, directions @ towards))


def _travel(gap: Array, forward: Array) -> Array:
    """Minus the way along which the gap closes; directions that turn away from the way say nothing."""
    travel: Array = np.where(forward > 1e-3, gap / np.maximum(forward, 1e-3), -np.inf)  # noqa: PLR2004 - nearly at right angles
    return travel


def _best(a: Array, b: Array, score: Score) -> float:
    """The greatest score over all directions: first roughly, then about the best one."""
    directions = _sphere(_DIRECTIONS)
    faces = a[::_ROUGHLY], b[::_ROUGHLY]
    best, value = directions[0], 0.0
    for cone in (None, *_NARROWER):
        if cone is not None:
            directions = _cone(best, cone)
            faces = _turned_to(a, best), _turned_to(b, -best)
        gaps = (directions @ faces[1].T).min(axis=1) - (directions @ faces[0].T).max(axis=1)
        scores = score(gaps, directions)
        nth = int(np.argmax(scores))
        best, value = directions[nth], float(scores[nth])
    return value


def _turned_to(points: Array, direction: Array) -> Array:
    """Those points that lie farthest along `direction`, with enough others for directions near it."""
    along = points @ direction
    far: Array = points[along > along.max() - 0.2 * (along.max() - along.min())]
    return far


def _sphere(count: int) -> Array:
    """(count, 3): evenly spread unit vectors (Fibonacci lattice)."""
    nth = np.arange(count) + 0.5
    z = 1 - 2 * nth / count
    turn = np.pi * (1 + np.sqrt(5)) * nth
    flat = np.sqrt(1 - z**2)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)


def _cone(axis: Array, radians: float, count: int = 120) -> Array:
    """(count, 3): unit vectors within `radians` of `axis`."""
    aside = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    aside /= np.linalg.norm(aside)
    nth = np.arange(count)
    reach, turn = radians * np.sqrt(nth / count), np.pi * (1 + np.sqrt(5)) * nth
    found = axis + reach[:, None] * (np.cos(turn)[:, None] * aside + np.sin(turn)[:, None] * np.cross(axis, aside))
    unit: Array = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit
