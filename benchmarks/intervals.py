"""95 % intervals of what was measured on a sample of fruit."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVEL = 0.95
Z = 1.959964
"""A standard normal value lies within plus or minus this with probability `LEVEL`."""
RESAMPLES = 2000
SEED = 20261123


def bootstrap(values: Array, statistic: Callable[[Array], Array]) -> tuple[float, float]:
    """Percentile bootstrap interval of `statistic`, which works along the last axis, over `values` (n,); seeded."""
    generator = np.random.default_rng(SEED)
    drawn = values[generator.integers(len(values), size=(RESAMPLES, len(values)))]
    low, high = np.quantile(statistic(drawn), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's score interval of a share: where all of n hit, a bootstrap would claim certainty."""
    share = hits / n
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(float(middle - half), 0.0), min(float(middle + half), 1.0)


def standard_deviation(values: Array) -> Array:
    """Of a sample, along the last axis."""
    return np.asarray(values.std(axis=-1, ddof=1))


def percentile_95(values: Array) -> Array:
    """Below which 95 % of the absolute values lie, along the last axis."""
    return np.asarray(np.quantile(np.abs(values), 0.95, axis=-1))


def mean(values: Array) -> Array:
    """Along the last axis."""
    return np.asarray(values.mean(axis=-1))


def median(values: Array) -> Array:
    """Along the last axis."""
    return np.asarray(np.median(values, axis=-1))


def mean_absolute(values: Array) -> Array:
    """Along the last axis."""
    return np.asarray(np.abs(values).mean(axis=-1))


def root_mean_square(values: Array) -> Array:
    """Along the last axis."""
    return np.asarray(np.sqrt((values**2).mean(axis=-1)))
