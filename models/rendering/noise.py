"""Noise with a set wavelength, on the vertices of a surface and on a picture."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def waves(generator: np.random.Generator, points: Array, length_mm: float, count: int = 20) -> Array:
    """(N,): mean 0, standard deviation 1, wavelengths about `length_mm`, at `points` (N, 3), mm. A sum of waves."""
    directions = generator.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    vectors = directions * (2 * np.pi / length_mm * generator.uniform(0.6, 1.5, (count, 1)))
    phases = generator.uniform(0, 2 * np.pi, count)
    angles = points.astype(np.float32) @ vectors.T.astype(np.float32) + phases.astype(np.float32)
    total: Array = np.cos(angles).sum(axis=1).astype(np.float64) * np.sqrt(2 / count)
    return total


def clouds(generator: np.random.Generator, side: int, length_px: float, stretch: float = 1.0) -> Array:
    """(side, side): mean 0, standard deviation 1, blurred to about `length_px`; `stretch` makes it longer along x."""
    frequency = np.fft.fftfreq(side) * length_px
    across = np.fft.rfftfreq(side) * length_px * stretch
    keep = np.exp(-2 * (frequency[:, None] ** 2 + across[None, :] ** 2))
    field = np.fft.irfft2(np.fft.rfft2(generator.normal(size=(side, side))) * keep, (side, side))
    even: Array = (field - field.mean()) / max(float(field.std()), 1e-12)
    return even


def smooth(values: Array) -> Array:
    """0 below 0, 1 above 1, smooth between."""
    inside = np.clip(values, 0, 1)
    return inside * inside * (3 - 2 * inside)


def mixed(first: Array, second: Array, share: Array) -> Array:
    """(N, 3): `first` where `share` (N,) is 0, `second` where it is 1; either may be one colour or N."""
    return first + share[:, None] * (second - first)
