"""How much the fruit of a lot weigh against what pictures say of them, by trays of it that stood on a scale.

What all estimated weights of a lot share, the density and fullness of its variety, is known to `weight_common_u` before
anything is weighed. Trays whose fruit are all of the lot say more: the sum of their net weights against the sum of
their fruit's estimates. Both are put together, each by the inverse of its variance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.trace.settings import TraceSettings

SURPRISE = 3.0
"""So many standard uncertainties away from 1 is no variety: it is a tare that was forgotten, or another tray."""


@dataclass(frozen=True, slots=True)
class OnTheScale:
    """A tray of one lot that was weighed."""

    net_g: float
    fruit: int
    weighed: int
    """How many have an estimated weight; the others count as the mean of these."""
    estimated_g: float
    """Sum of the estimates that there are."""
    variance_g2: float
    """Sum of the squares of their standard uncertainties."""


@dataclass(frozen=True, slots=True)
class WeightFactor:
    """What an estimated weight of a lot is to be multiplied by. The estimates on record stay as they are."""

    factor: float
    u: float
    """Its standard uncertainty."""
    trays: int
    """How many it is by; 0: none was weighed, so it is 1."""
    net_kg: float
    """Of these."""
    surprising: bool = False
    """The scale says what no variety explains: look for a tare, or for another tray."""


def unweighed(settings: TraceSettings) -> WeightFactor:
    """Of a lot of which nothing was weighed."""
    return WeightFactor(1.0, settings.weight_common_u, 0, 0.0)


def factor_of(trays: Sequence[OnTheScale], settings: TraceSettings) -> WeightFactor:
    """By these trays, all of one lot."""
    said = [tray for tray in trays if tray.estimated_g > 0]
    before = settings.weight_common_u
    if not said or not before:
        return unweighed(settings)
    net_g = sum(tray.net_g for tray in said)
    estimated_g = sum(tray.estimated_g * tray.fruit / tray.weighed for tray in said)
    ratio = net_g / estimated_g
    own_g = ratio * math.sqrt(sum(tray.variance_g2 * tray.fruit / tray.weighed for tray in said))
    scale_g = settings.tray_scale_u_g * math.sqrt(len(said))
    between = settings.weight_tray_u / math.sqrt(len(said))
    u = math.hypot(own_g / estimated_g, scale_g / estimated_g, between)
    share = before**2 / (before**2 + u**2)
    return WeightFactor(
        factor=1 + share * (ratio - 1),
        u=before * u / math.hypot(before, u),
        trays=len(said),
        net_kg=net_g / 1000,
        surprising=abs(ratio - 1) > SURPRISE * math.hypot(before, u),
    )
