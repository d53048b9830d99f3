"""How strawberries of a lot differ in form: the five forms of the trade, and how their numbers spread.

Forms and length-to-width ratios follow UPOV TG/22/10 (characteristics "fruit: ratio length/maximum width" and
"fruit: shape"), the amplitudes are ours, set by eye on photographs.
"""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.twin.shape import Shape

Form = Literal["conical", "globose", "wedge", "long", "flattened"]
Share = Annotated[float, Field(ge=0, le=1)]

_RANGES: dict[Form, tuple[tuple[float, float], ...]] = {
    # length / breadth  taper         waist           flat          wedge
    "conical":   ((1.05, 1.35), (0.30, 0.68), (-0.05, 0.14), (0.86, 0.98), (0.0, 0.08)),
    "globose":   ((0.95, 1.12), (0.05, 0.28), (-0.20, 0.00), (0.88, 0.98), (0.0, 0.04)),
    "wedge":     ((1.00, 1.30), (0.10, 0.30), (-0.35, -0.1), (0.84, 0.92), (0.1, 0.25)),
    "long":      ((1.30, 1.55), (0.20, 0.45), (-0.10, 0.10), (0.88, 0.98), (0.0, 0.10)),
    "flattened": ((0.95, 1.20), (0.15, 0.40), (-0.15, 0.05), (0.82, 0.88), (0.0, 0.10)),
}  # fmt: skip


class Variety(BaseModel):
    """The forms and sizes of a lot's fruit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    forms: dict[Form, Annotated[float, Field(ge=0)]] = {
        "conical": 0.42, "globose": 0.2, "wedge": 0.13, "long": 0.13, "flattened": 0.12,
    }  # fmt: skip
    """Relative frequency of each form."""
    diameter_mm: tuple[float, float] = (18.0, 46.0)
    """Smallest and greatest breadth."""
    median_mm: float = Field(default=30.0, gt=0)
    spread: float = Field(default=0.2, ge=0)
    """Standard deviation of the breadth's logarithm."""
    irregularity: float = Field(default=1.0, ge=0)
    """Scales bumps, bend and hollow; 0 gives bodies with two planes of symmetry."""
    deformed: Share = 0.03
    """Share of the fruit that grew together or around a scar: lobes and furrows that no form of the trade has."""


def draw_shape(generator: np.random.Generator, variety: Variety) -> Shape:
    """One fruit's form."""
    names = list(variety.forms)
    weights = np.array([variety.forms[name] for name in names])
    ranges = _RANGES[names[generator.choice(len(names), p=weights / weights.sum())]]
    ratio, taper, waist, flat, wedge = (float(generator.uniform(*limits)) for limits in ranges)
    breadth = _breadth(generator, variety)
    chance = generator.spawn(1)[0]  # so that the other fruit do not depend on how many are deformed
    deformed = chance.uniform() < variety.deformed
    hollow = variety.irregularity * float(generator.uniform(0.0, 0.06))
    bend = (
        variety.irregularity * float(generator.normal(0, 0.012)),
        variety.irregularity * float(generator.normal(0, 0.012)),
    )
    bumps = _draw_bumps(generator, variety.irregularity)
    return Shape(
        breadth_mm=breadth,
        length_mm=ratio * breadth,
        taper=taper,
        waist=waist,
        flat=flat,
        wedge=wedge,
        hollow=hollow,
        bend=bend,
        bumps=np.concatenate([bumps, _draw_deformity(chance)]) if deformed else bumps,
        deformed=deformed,
    )


def _breadth(generator: np.random.Generator, variety: Variety) -> float:
    """Log-normal, cut to the limits by drawing again."""
    smallest, greatest = variety.diameter_mm
    while True:
        breadth = float(variety.median_mm * np.exp(generator.normal(0, variety.spread)))
        if smallest <= breadth <= greatest:
            return breadth


def _draw_deformity(chance: np.random.Generator) -> NDArray[np.float64]:
    """Two or three great lobes about the axis, deeper towards one end, and a furrow beside them."""
    turns = np.array([int(chance.integers(2, 4)), 1])
    return np.stack(
        [turns, chance.integers(0, 3, 2), *chance.uniform(0, 2 * np.pi, (2, 2)), chance.uniform(0.05, 0.11, 2)], axis=1
    )


def _draw_bumps(generator: np.random.Generator, irregularity: float) -> NDArray[np.float64]:
    """One to four lobes about the axis; two are kept small, so that `flat` stays what it says."""
    turns = np.array([1, 1, 2, 3, 3, 4, 5])
    count = len(turns)
    amplitude = irregularity * np.array([0.012, 0.012, 0.006, 0.01, 0.01, 0.007, 0.005])
    return np.stack(
        [
            turns,
            generator.integers(0, 4, count),
            generator.uniform(0, 2 * np.pi, count),
            generator.uniform(0, 2 * np.pi, count),
            generator.normal(0, amplitude),
        ],
        axis=1,
    )
