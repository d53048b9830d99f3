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
_NORMAL = np.array([0, 1, 2, 2, 3, 4])
"""Powers of x in the upper triangle of the normal matrix, row by row; its places are numbered so below."""
_RIDGE = 1e-6 * np.array([1, 0, 0, 1, 0, 1])
"""A trace of it keeps flanks without points solvable."""
_PLUS, _TIMES = np.array([3, 2, 1, 0, 1, 0]), np.array([5, 4, 4, 5, 2, 3])
_MINUS, _BY = np.array([4, 1, 2, 2, 0, 1]), np.array([4, 5, 3, 2, 4, 1])
"""The cofactors are products of the first two places less those of the other two."""
_FULL = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])


@dataclass(frozen=True, slots=True)
class Flanks:
    """A parabola through each of k flanks of n fruit; positions along the axis in widths from the middle."""

    curve: Array
    """(n, k, 3) mm: constant, linear, quadratic."""
    covariance: Array
    """(n, k, 3, 3) mm^2."""
    rays: Array
    """(n, k) how many rays carry it."""
    first: Array
    """(n, k) the first of them along the axis,"""
    last: Array
    """and the last."""

    def at(self, x: Array) -> Array:
        """Position across the axis at `x` (n,): (n, k)."""
        x = x[:, None]
        return np.asarray(self.curve[..., 0] + x * (self.curve[..., 1] + x * self.curve[..., 2]))

    def slope_at(self, x: Array) -> Array:
        """How steeply the flank leads across the axis at `x` (n,), mm for each width along the axis: (n, k)."""
        return np.asarray(self.curve[..., 1] + 2 * x[:, None] * self.curve[..., 2])

    def u_at(self, x: Array) -> Array:
        """Standard uncertainty of `at`."""
        power = _powers(x, 3).T[:, None, :, None]
        variance = (power.swapaxes(2, 3) @ self.covariance @ power)[..., 0, 0]
        return np.sqrt(np.maximum(variance, 0))

    def reaches(self, x: Array) -> NDArray[np.bool_]:
        """Whether rays were found on both sides of `x` (n,), nearly, so that nothing is extrapolated: (n, k)."""
        x = x[:, None]
        return np.asarray((self.rays >= FEWEST_RAYS) & (self.first - SLACK < x) & (x < self.last + SLACK))


@dataclass(frozen=True, slots=True)
class Outline:
    """The edge points of n fruit, as the fits need them."""

    x: Array
    """(n, R) along the axis, in widths."""
    y: Array
    """(n, R) across it, mm."""
    terms: Array
    """(8, n, R): the powers of x from 0 to 4, and y times those from 0 to 2."""

    @classmethod
    def of(cls, x: Array, y: Array) -> "Outline":
        """From the points (n, R) alone."""
        powers = _powers(x, 5)
        return cls(x, y, np.concatenate([powers, powers[:3] * y]))

    def fit_parabolas(self, weight: NDArray[np.bool_] | Array) -> Array:
        """Parabolas (n, k, 3) through the points, as they come, each by its `weight` (n, k, R)."""
        return _solve(self._sums(weight))[0]

    def fit_flanks(self, usable: NDArray[np.bool_]) -> Flanks:
        """Parabolas through the `usable` points (n, k, R); a second fit gives outliers Cauchy's weights."""
        off = self._residuals(self.fit_parabolas(usable)) / OUTLIER_MM
        weight = usable / (1 + off * off)
        sums = self._sums(weight)
        curve, inverse = _solve(sums)
        off = self._residuals(curve)
        variance = (weight * off * off).sum(axis=2) / np.maximum(sums[..., 0] - 3, 1)
        x = self.x[:, None]
        return Flanks(
            curve,
            variance[..., None, None] * inverse,
            usable.sum(axis=2),
            np.where(usable, x, np.inf).min(axis=2),
            np.where(usable, x, -np.inf).max(axis=2),
        )

    def _sums(self, weight: NDArray[np.bool_] | Array) -> Array:
        """The terms' sums over the points: (n, k, 8)."""
        return np.asarray(weight.astype(np.float64, copy=False) @ self.terms.transpose(1, 2, 0))

    def _residuals(self, curve: Array) -> Array:
        """How far beyond its parabola each point lies: (n, k, R)."""
        return np.asarray(self.y[:, None] - curve @ self.terms[:3].swapaxes(0, 1))


def _solve(sums: Array) -> tuple[Array, Array]:
    """Parabolas (..., 3) and inverse normal matrices (..., 3, 3) from the `sums` (..., 8) of `Outline.terms`.

    Cofactors written out take half the time of LAPACK, which is made for larger matrices.
    """
    normal = sums[..., _NORMAL] + _RIDGE
    cofactors = normal[..., _PLUS] * normal[..., _TIMES] - normal[..., _MINUS] * normal[..., _BY]
    determinant = (normal[..., :3] * cofactors[..., :3]).sum(axis=-1, keepdims=True)
    inverse = (cofactors / determinant)[..., _FULL]
    return (inverse @ sums[..., 5:, None])[..., 0], inverse


def _powers(x: Array, count: int) -> Array:
    """(count, ...): 1, x, x^2, ..."""
    powers = np.ones((count, *x.shape))
    for power in range(1, count):
        np.multiply(powers[power - 1], x, out=powers[power])
    return powers
