"""The flanks of fruit: a parabola through the edge points on either side of the axis, robust against strays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

OUTLIER_MM = 0.3
"""An edge point this far off its flank has half the weight it would have on it: seeds, leaf tips, shadows."""
SLACK = 0.08
"""So far beyond its last ray, in widths, a flank may be followed."""
FEWEST_RAYS = 4
"""On each flank; a parabola needs three."""


@dataclass(frozen=True, slots=True)
class Flanks:
    """A parabola through each of m flanks; positions along the axis in widths from the middle."""

    curve: Array
    """(m, 3) mm: constant, linear, quadratic."""
    covariance: Array
    """(m, 3, 3) mm^2."""
    rays: Array
    """(m,) how many rays carry it."""
    reach: Array
    """(2, m) the first and last of them along the axis."""

    def at(self, x: Array) -> Array:
        """Position outwards at `x` (m,)."""
        return self.curve[:, 0] + x * (self.curve[:, 1] + x * self.curve[:, 2])

    def slope_at(self, x: Array) -> Array:
        """How steeply the flank leads outwards at `x` (m,), mm for each width along the axis."""
        return self.curve[:, 1] + 2 * x * self.curve[:, 2]

    def u_at(self, x: Array) -> Array:
        """Standard uncertainty of `at`."""
        power = np.stack([np.ones_like(x), x, x * x], axis=1)
        variance = (power[:, None] @ self.covariance @ power[:, :, None])[:, 0, 0]
        return np.sqrt(np.maximum(variance, 0))

    def reaches(self, x: Array) -> NDArray[np.bool_]:
        """Whether rays were found on both sides of `x`, nearly, so that nothing is extrapolated."""
        return np.asarray((self.rays >= FEWEST_RAYS) & (self.reach[0] - SLACK < x) & (x < self.reach[1] + SLACK))


def fit_parabolas(x: Array, y: Array, usable: NDArray[np.bool_]) -> Array:
    """Parabolas (m, 3) through the `usable` points (m, R) of each flank, as they come."""
    return _least_squares(_terms(x, y), usable.astype(np.float64))[0]


def fit_flanks(x: Array, y: Array, usable: NDArray[np.bool_]) -> Flanks:
    """Parabolas through the `usable` points (m, R) of each flank; a second fit gives outliers Cauchy's weights."""
    terms = _terms(x, y)
    curve, _ = _least_squares(terms, usable.astype(np.float64))
    weight = usable / (1 + (_residuals(terms, curve) / OUTLIER_MM) ** 2)
    curve, inverse = _least_squares(terms, weight)
    variance = (weight * _residuals(terms, curve) ** 2).sum(axis=1) / np.maximum(weight.sum(axis=1) - 3, 1)
    reach = np.stack([np.where(usable, x, np.inf).min(axis=1), np.where(usable, x, -np.inf).max(axis=1)])
    return Flanks(curve, variance[:, None, None] * inverse, usable.sum(axis=1), reach)


def _terms(x: Array, y: Array) -> Array:
    """The powers of x from 0 to 4, and y times those from 0 to 2: (m, R, 8)."""
    terms = np.empty((*x.shape, 8))
    terms[..., 0] = 1
    terms[..., 1] = x
    for power in (2, 3, 4):
        np.multiply(terms[..., power - 1], x, out=terms[..., power])
    np.multiply(terms[..., :3], y[..., None], out=terms[..., 5:])
    return terms


def _residuals(terms: Array, curve: Array) -> Array:
    """How far outwards of its parabola each point lies: (m, R)."""
    return np.asarray(terms[..., 5] - (terms[..., :3] @ curve[:, :, None])[..., 0])


def _least_squares(terms: Array, weight: Array) -> tuple[Array, Array]:
    """Parabolas (m, 3) and inverse normal matrices (m, 3, 3) of the weighted fits.

    A trace of ridge keeps flanks without points solvable.
    """
    sums = (weight[:, None] @ terms)[:, 0]
    inverse = np.asarray(np.linalg.inv(sums[:, [[0, 1, 2], [1, 2, 3], [2, 3, 4]]] + 1e-6 * np.eye(3)), np.float64)
    return (inverse @ sums[:, 5:, None])[..., 0], inverse
