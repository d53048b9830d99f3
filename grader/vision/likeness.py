"""What on the belt may be a strawberry at all; what is none gets no row."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.axis import FEWEST_LEAF_PIXELS
from grader.vision.census import Census
from grader.vision.edges import Edges
from grader.vision.objects import Objects

LARGEST_FRUIT_MM = 75.0
"""Nothing wider is a strawberry: hands, boxes, aprons."""
HEAP_RED = 0.3
"""A heap of fruit, too large for one, has this share of red and a calyx; hands have none."""
SOLID, SOLID_WITHOUT_CALYX = 0.75, 0.85
"""A fruit fills this share of its hull, the second if no calyx, its own or a neighbour's, can have bitten into it; what
fills less is a hand, a stain, a leaf with a reflection."""
SOAKED_PX = 1.9
"""What has no calyx, is ragged and has edges softer than this, half of them, has soaked in. Of sharp fruit they reach
1.45."""
STRANGE = 0.12
"""Share of an object, glare aside, that has neither skin's colour nor a leaf's: a stone's, a tool's."""
LEAST_RED = 0.03
"""What has neither a calyx nor this share of red may be anything pale."""
RAGGED, RAGGED_SEEN = 0.93, 0.65
"""What has no calyx, fills less of its hull than the first, and has an edge along less of it than the second, is
juice."""


def narrowest_mm(objects: Objects, coarse_mm: float) -> NDArray[np.float64]:
    """Smallest width on the belt of each hull, (n,), by the size of a coarse pixel; a bound, where that surely fits."""
    # Of all bodies of one width the equilateral triangle has the least area (Pal 1921).
    width_mm = coarse_mm * np.sqrt(np.sqrt(3) * objects.area)
    for large in np.flatnonzero(width_mm >= LARGEST_FRUIT_MM).tolist():
        width_mm[large] = coarse_mm * min(cv2.minAreaRect(objects.hulls[large])[1])
    return np.asarray(width_mm)


def may_be_fruit(objects: Objects, census: Census, width_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which objects have the size and the compactness of a strawberry, and are no finger of a hand: (n,).

    `width_mm` (n,) is their `narrowest_mm`. Of what colour they are, `is_strange` says.
    """
    has_calyx = census.leaf() >= FEWEST_LEAF_PIXELS
    beside_calyx = _beside(objects.blob, has_calyx)
    fits = width_mm < LARGEST_FRUIT_MM
    heap = ~fits & has_calyx & (census.red() > HEAP_RED * census.flesh()) & (objects.solidity > SOLID)
    compact = objects.solidity > np.where(beside_calyx, SOLID, SOLID_WITHOUT_CALYX)
    part_of_larger = _beside(objects.blob, ~fits & ~heap) & ~has_calyx
    whole = compact & fits & (width_mm > 0) & ~part_of_larger
    return np.asarray(whole | heap, np.bool_)


def is_strange(census: Census) -> NDArray[np.bool_]:
    """Which objects have not the colours of a sound fruit: (n,). Neither have stones and petals; nor has rot."""
    pale = (census.leaf() < FEWEST_LEAF_PIXELS) & (census.red() <= LEAST_RED * census.flesh())
    return np.asarray(pale | (census.strange() >= STRANGE))


def _beside(blob: NDArray[np.intp], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which objects (n,) are `chosen` or were cut from the same blob as one that is."""
    has_chosen = np.zeros(len(blob), np.bool_)
    has_chosen[blob[chosen]] = True
    return has_chosen[blob]


def is_stain(objects: Objects, census: Census, edges: Edges) -> NDArray[np.bool_]:
    """Which objects look like juice on the belt and not like a body on it: (n,)."""
    suspect = (census.leaf() < FEWEST_LEAF_PIXELS) & (objects.solidity < RAGGED)
    if not suspect.any():
        return suspect
    vague = (edges.found.mean(axis=1) < RAGGED_SEEN) | (np.median(edges.softness_px, axis=1) > SOAKED_PX)
    return np.asarray(suspect & vague)
