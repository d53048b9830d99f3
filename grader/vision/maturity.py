"""How red a fruit is: red flesh over flesh, as the camera sees it, and over the surface that it stands for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.census import Census
from grader.vision.colour import Colour
from grader.vision.objects import NOBODY, Objects

Array = NDArray[np.float64]

BORDER_U = 0.04
"""Where red passes gradually into pale, the limit between the two lies somewhere in this share of the fruit's width."""
LEAST_U = 0.005
"""Seeds, glare and the rim's mixed pixels, which no fruit is without."""
STEEPEST = 0.35
"""Cosine below which the rim is not weighted up further: there the pixels are mixed with the belt."""
EVERY = 8
"""Every eighth coarse pixel is enough for the surface's share: some two hundred a fruit."""


@dataclass(frozen=True, slots=True)
class Maturity:
    """Red shares, 0-1, of n fruit."""

    seen: Array
    """(n,) red pixels over flesh pixels."""
    u: Array
    """(n,) its standard uncertainty."""
    surface: Array
    """(n,) weighted by the surface that each pixel shows."""


def measure_maturity(objects: Objects, census: Census) -> Maturity:
    """Red share of each object's flesh; the calyx is left out, glare counts as nothing."""
    pixels = np.maximum(census.flesh(), 1)
    seen = census.red() / pixels
    mixed = seen * (1 - seen)
    return Maturity(seen, np.sqrt(mixed / pixels + mixed * BORDER_U**2 + LEAST_U**2), _surface_share(objects))


def _surface_share(objects: Objects) -> Array:
    """Red share, each pixel weighted by one over the cosine of its slope on the ellipsoid over the object's pixels."""
    n = len(objects)
    colour, owner = objects.colour[::EVERY], objects.owner[::EVERY]
    red = colour == Colour.RED
    chosen = np.flatnonzero((red | (colour == Colour.PALE)) & (owner != NOBODY))
    owner, red = owner[chosen], red[chosen]
    x, y = objects.column[::EVERY][chosen].astype(np.float64), objects.row[::EVERY][chosen].astype(np.float64)
    count = np.maximum(np.bincount(owner, minlength=n), 1)

    def mean(values: Array) -> Array:
        return np.bincount(owner, values, n) / count

    x -= mean(x)[owner]
    y -= mean(y)[owner]
    xx, xy, yy = mean(x * x), mean(x * y), mean(y * y)
    # Uniform in an ellipse, the squared distance from the middle, in standard deviations, reaches 4 at the rim.
    scale = 0.25 / np.maximum(xx * yy - xy**2, 1e-6)
    squared = (yy * scale)[owner] * x * x - (2 * xy * scale)[owner] * x * y + (xx * scale)[owner] * y * y
    weight = 1 / np.sqrt(np.maximum(1 - squared, STEEPEST**2))
    total = np.bincount(owner, weight, n)
    return np.bincount(owner, weight * red, n) / np.maximum(total, 1e-9)
