"""The scale corrects the weight model, lot by lot.

Fruit's weights are estimated from their volumes at one density. What that is wrong by is common to the fruit of a lot
(variety, water, how hollow they are) and does not shrink with their number; a tray on the scale shows it. The factor by
which a lot's estimates are multiplied starts as 1 with the uncertainty that the model has by itself, and every weighed
tray draws it towards what it says, each by its own certainty (a weighted mean, JCGM 100, 5.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeighedTray:
    """A tray of the lot that stood on the scale."""

    scale_g: float
    """Without the tray's own weight."""
    scale_u_g: float
    """Standard uncertainty of the scale."""
    estimated_g: float
    """Sum of its fruit's estimates."""
    own_u_g: float
    """Standard uncertainty of that sum without what is common to all: the roots of the squares of each fruit's."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What the lot's estimates are to be multiplied by."""

    factor: float
    u: float
    """Standard uncertainty."""
    trays: int
    """From so many."""


FEWEST_G = 100.0
"""A tray with less says more of the scale than of the fruit."""


def factor_of(trays: Iterable[WeighedTray], common_u: float) -> Factor:
    """The lot's factor; `common_u`: relative standard uncertainty of the weight model before anything was weighed."""
    weight, total, count = 1 / common_u**2, 1 / common_u**2, 0
    for tray in trays:
        if tray.estimated_g < FEWEST_G or tray.scale_g < FEWEST_G:
            continue
        ratio = tray.scale_g / tray.estimated_g
        u2 = ratio**2 * ((tray.scale_u_g / tray.scale_g) ** 2 + (tray.own_u_g / tray.estimated_g) ** 2)
        weight += 1 / u2
        total += ratio / u2
        count += 1
    return Factor(total / weight, weight**-0.5, count)
