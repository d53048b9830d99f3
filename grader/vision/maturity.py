"""How red a fruit is: red flesh over flesh, as the camera sees it, and over the surface that it stands for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.census import Census
from grader.vision.colour import Colour
from grader.vision.network import CELLS, Answers, Skin
from grader.vision.objects import NOBODY, Objects
from grader.vision.reading import FLESH

Array = NDArray[np.float64]

BORDER_U = 0.04
"""Where red passes gradually into pale, the limit between the two lies somewhere in this share of the fruit's width."""
LEAST_U = 0.005
"""Seeds, glare and the rim's mixed pixels, which no fruit is without."""
STEEPEST = 0.35
"""Cosine below which the rim is not weighted up further: there the pixels are mixed with the belt."""
READ_U = 0.1
"""Of what the network reads in a photograph: berries that are ripe by eye read 0.91 in the median (143 pictures of the
half of berries-on-white that may be looked at)."""
EVERY = 8
"""Every eighth coarse pixel is enough for the surface's share: some two hundred a fruit."""
_CELL = np.mgrid[:CELLS, :CELLS].reshape(2, CELLS**2).astype(np.float64)
"""Row and column of each cell of the network's map."""


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


def read_maturity(answers: Answers, kept: NDArray[np.bool_]) -> Maturity:
    """Red shares as the network's `answers` say, of those objects that are `kept` (n,).

    For photographs whose colours nobody has calibrated: there orange skin passes the limit that tells red from pale,
    and the network, which has seen whole fruit under many lights, puts ripe fruit before part ripe ones far oftener.
    """
    body = answers.body[kept].astype(np.float64).reshape(-1, CELLS**2)
    skin = answers.skin[kept].astype(np.float64).reshape(len(body), Skin.COUNT, CELLS**2)
    red, flesh = body * skin[:, Skin.RED], body * skin[:, FLESH].sum(axis=1)
    total = np.maximum(flesh.sum(axis=1, keepdims=True), 1e-9)
    y, x = (place - (flesh @ place / total[:, 0])[:, None] for place in _CELL)
    xx, xy, yy = ((flesh * product).sum(axis=1, keepdims=True) / total for product in (x * x, x * y, y * y))
    weight = _foreshortening(x, y, xx, xy, yy)
    seen = red.sum(axis=1) / total[:, 0]
    surface = (weight * red).sum(axis=1) / np.maximum((weight * flesh).sum(axis=1), 1e-9)
    return Maturity(seen, np.sqrt(seen * (1 - seen) * BORDER_U**2 + READ_U**2), surface)


def _foreshortening(x: Array, y: Array, xx: Array, xy: Array, yy: Array) -> Array:
    """Surface that a pixel at `x`, `y` from its fruit's middle shows; `xx`, `xy`, `yy` are the fruit's second moments.

    On the ellipsoid over them it is one over the cosine of the slope.
    """
    # Uniform in an ellipse, the squared distance from the middle, in standard deviations, reaches 4 at the rim.
    scale = 0.25 / np.maximum(xx * yy - xy**2, 1e-6)
    squared = (yy * scale) * x * x - (2 * xy * scale) * x * y + (xx * scale) * y * y
    return np.asarray(1 / np.sqrt(np.maximum(1 - squared, STEEPEST**2)))


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
    xx, xy, yy = (mean(product)[owner] for product in (x * x, x * y, y * y))
    weight = _foreshortening(x, y, xx, xy, yy)
    total = np.bincount(owner, weight, n)
    return np.bincount(owner, weight * red, n) / np.maximum(total, 1e-9)
