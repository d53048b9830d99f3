"""Whether a lot balances: what came in against all that it became, each with its uncertainty.

The budget of the difference, kg (GUM, JCGM 100, 5.1.2; the parts are independent of each other):

* each fruit by itself: its weight's own standard uncertainty, added in squares;
* what all fruit share: density and fullness of the variety, a share of the whole estimated weight; less of it is left
  where trays of the lot were weighed (`factor`);
* fruit without a weight count as the mean of the others; each is as uncertain as those differ;
* the scale, once for what came in and once for each outlet that was weighed by hand;
* what is lost on the way, leaves and water.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.trace.rules.factor import WeightFactor, unweighed
from grader.trace.settings import TraceSettings

COVERAGE = 2.0
"""Standard uncertainties: about 95 %."""
G_PER_KG = 1000.0


@dataclass(frozen=True, slots=True)
class Portion:
    """Fruit of a lot that went the same way."""

    outlet: str
    """An outlet, `recheck` for what lies in the crate, `unconfirmed` for what nobody saw fall."""
    fruit: int
    weighed: int
    """How many have an estimated weight."""
    weight_g: float
    """Sum of these."""
    weight_g2: float
    """Sum of their squares."""
    variance_g2: float
    """Sum of the squares of their standard uncertainties."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """What people graded, by the scale."""

    outlet: str
    weight_g: float


@dataclass(frozen=True, slots=True)
class WeightBalance:
    """Where a lot's kilograms are."""

    received_kg: float
    kg: dict[str, float]
    """By outlet, with `recheck` and `unconfirmed`: estimated, but for what was graded by hand."""
    lost_kg: float
    """Expected leaves and water."""
    difference_kg: float
    """What came in and is nowhere; negative: there is more than came in."""
    u_kg: float
    """Its standard uncertainty."""
    in_the_crate: int
    """Fruit in the recheck crate, which still have to be fed again or graded by hand."""
    factor: WeightFactor
    """What estimated weights were multiplied by."""

    @property
    def balanced(self) -> bool:
        """Whether the difference may be chance."""
        return abs(self.difference_kg) <= COVERAGE * self.u_kg


def weigh(
    received_kg: float,
    portions: Sequence[Portion],
    by_hand: Sequence[ByHand],
    settings: TraceSettings,
    factor: WeightFactor | None = None,
) -> WeightBalance:
    """The balance of a lot. Fruit that were fed again are no portion: they are counted where they went then.

    `factor`: of its estimated weights; None: none of its trays was weighed.
    """
    factor = unweighed(settings) if factor is None else factor
    mean_g, spread_g = _typical(portions)
    kg: dict[str, float] = {}
    own_g2 = estimated_g = 0.0
    for portion in portions:
        without = portion.fruit - portion.weighed
        weight_g = portion.weight_g + without * mean_g
        kg[portion.outlet] = kg.get(portion.outlet, 0.0) + factor.factor * weight_g / G_PER_KG
        own_g2 += factor.factor**2 * (portion.variance_g2 + without * spread_g**2)
        estimated_g += weight_g
    for entry in by_hand:
        kg[entry.outlet] = kg.get(entry.outlet, 0.0) + entry.weight_g / G_PER_KG
    lost_kg = settings.loss_share * received_kg
    parts_kg = (
        math.sqrt(own_g2) / G_PER_KG,
        factor.u * estimated_g / G_PER_KG,
        settings.scale_u_kg * math.sqrt(1 + len(by_hand)),
        settings.loss_u * received_kg,
    )
    return WeightBalance(
        received_kg=received_kg,
        kg=kg,
        lost_kg=lost_kg,
        difference_kg=received_kg - lost_kg - sum(kg.values()),
        u_kg=math.hypot(*parts_kg),
        in_the_crate=sum(portion.fruit for portion in portions if portion.outlet == "recheck"),
        factor=factor,
    )


def _typical(portions: Sequence[Portion]) -> tuple[float, float]:
    """Mean and spread of the weights that there are, g; 0 where there is none."""
    count = sum(portion.weighed for portion in portions)
    if not count:
        return 0.0, 0.0
    mean = sum(portion.weight_g for portion in portions) / count
    return mean, math.sqrt(max(sum(portion.weight_g2 for portion in portions) / count - mean**2, 0.0))
