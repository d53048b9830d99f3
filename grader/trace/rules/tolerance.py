"""How many fruit of a tray miss its class: every fruit is measured, so each brings its own probability.

The number of fruit on the wrong side of a limit is a sum of independent events with different probabilities; its
distribution is the Poisson-binomial one (Poisson 1837; Hong, Comput. Stat. Data Anal. 59, 2013). It is no sample of the
tray, it is the tray.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured of a fruit; None: it was not."""

    mm: float | None
    u_mm: float | None


@dataclass(frozen=True, slots=True)
class SizeClass:
    """The sizes of a class, mm; None: no limit on that side."""

    lower_mm: float | None
    upper_mm: float | None


@dataclass(frozen=True, slots=True)
class OffSize:
    """What is said of a tray, or of a lot's fruit of one class. Shares of the number of fruit."""

    fruit: int
    expected: float
    """The expected share that misses the class; it decides whether the class may be printed."""
    limit: float
    """With 95 % probability no larger share misses it."""


def probability_off(size: Size, limits: SizeClass) -> float:
    """How probable it is that a fruit's true size lies outside of its class; 1 where it was not measured.

    The true size is taken as normal about the measured one, with its standard uncertainty (GUM, 4.3.4, without further
    knowledge of what sizes there are).
    """
    if size.mm is None or size.u_mm is None or not math.isfinite(size.mm) or not size.u_mm >= 0:
        return 1.0
    below = 0.0 if limits.lower_mm is None else _beyond(limits.lower_mm - size.mm, size.u_mm)
    above = 0.0 if limits.upper_mm is None else _beyond(size.mm - limits.upper_mm, size.u_mm)
    return min(1.0, below + above)


def _beyond(miss_mm: float, u_mm: float) -> float:
    """How probable it is that a normal quantity is wrong by more than -`miss_mm`."""
    if u_mm == 0:
        return 1.0 if miss_mm > 0 else 0.0
    return 0.5 * math.erfc(-miss_mm / (u_mm * math.sqrt(2)))


def poisson_binomial(probabilities: Sequence[float] | Array) -> Array:
    """How probable each number of events is, (n + 1,): exact, by multiplying the generating functions 1 - p + p z.

    Pairs of polynomials of equal length are multiplied at once by Fourier transforms, then pairs of their products: a
    lot of 30,000 fruit takes 15 rounds. The transforms round to some 1e-16, which is put to zero.
    """
    p = np.asarray(probabilities, np.float64)
    if ((p < 0) | (p > 1) | np.isnan(p)).any():
        raise ValueError("a probability lies from 0 to 1")
    factors = np.stack([1 - p, p], axis=1) if p.size else np.ones((1, 1))
    while len(factors) > 1:
        length = factors.shape[1]
        if len(factors) % 2:
            one = np.zeros((1, length))
            one[0, 0] = 1
            factors = np.concatenate([factors, one])
        size = 2 * length - 1
        left, right = (np.fft.rfft(half, size, axis=1) for half in (factors[::2], factors[1::2]))
        factors = np.fft.irfft(left * right, size, axis=1)
    product = np.clip(factors[0, : p.size + 1], 0, None)
    return np.asarray(product / product.sum(), np.float64)


def judge(probabilities: Sequence[float] | Array, confidence: float = CONFIDENCE) -> OffSize:
    """The share of fruit that miss their class, of fruit with these probabilities; at least one."""
    p = np.asarray(probabilities, np.float64)
    if not p.size:
        raise ValueError("nothing can be said of no fruit")
    # Sums of many small numbers end a little off 1: a tray that is sure to be right must not seem to be in doubt.
    reached = np.cumsum(poisson_binomial(p)) >= confidence - 1e-12
    most = int(reached.argmax()) if reached.any() else p.size
    return OffSize(p.size, float(p.mean()), most / p.size)
