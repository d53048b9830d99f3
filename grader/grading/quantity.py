"""What a limit can be set on: its unit, what a measurement of it may plausibly be, and how it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SIZE_BELOW_MM = 150.0
"""No strawberry is that wide: a limit or a measurement beyond is a mistake."""
WEIGHT_BELOW_G = 500.0
"""No strawberry is that heavy either."""
BRUISE_BELOW_MM2 = 5000.0
"""Nor has one so much skin to the camera."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a `Measurement`."""

    field: str
    """Its name in `Measurement`."""
    uncertainty_field: str | None
    """The name of its standard uncertainty; None where there is none, so that no guard band can be a multiple of it."""
    unit: str
    """As rule packs write it; `share` is a part of the whole, 0-1."""
    highest: float
    """Measurements lie in 0 to `highest`; anything else is a fault and not a fruit."""
    decimals: int
    """As published."""

    def text(self, number: float) -> str:
        """`number` with its published decimals, or with as many as it needs, and its unit."""
        fixed = f"{number:.{self.decimals}f}"
        return self._with_unit(fixed if float(fixed) == number else repr(number))

    def limit_text(self, value: float) -> str:
        """A limit as people write it: 35 mm, 0.80."""
        fixed = f"{value:.{2 if self.unit == 'share' else 0}f}"
        return self._with_unit(fixed if float(fixed) == value else repr(value))

    def _with_unit(self, number: str) -> str:
        return number if self.unit == "share" else f"{number} {self.unit}"


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        quantity.field: quantity
        for quantity in (
            Quantity("diameter_mm", "diameter_u_mm", "mm", SIZE_BELOW_MM, 2),
            Quantity("width_mm", "width_u_mm", "mm", SIZE_BELOW_MM, 2),
            Quantity("maturity", "maturity_u", "share", 1.0, 3),
            Quantity("surface_red", None, "share", 1.0, 3),
            Quantity("weight_g", "weight_u_g", "g", WEIGHT_BELOW_G, 1),
            Quantity("bruise_mm2", None, "mm2", BRUISE_BELOW_MM2, 1),
        )
    }
)
"""By field."""


def quantity_judged(criterion: str, size_metric: str = "diameter_mm") -> Quantity:
    """The number of a measurement that a `criterion` of a rule pack judges, by the names of `limits.py`."""
    return QUANTITIES[{"size": size_metric, "weight": "weight_g", "bruise": "bruise_mm2"}.get(criterion, criterion)]
