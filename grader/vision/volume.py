"""What the camera does not see, estimated from what it does: the fruit's greatest diameter and its volume."""

import numpy as np
from numpy.typing import NDArray

from grader.vision.size import Widths

Array = NDArray[np.float64]

DIAMETER_PER_WIDTH, DIAMETER_PER_WIDTH_U = 1.004, 0.0065
"""Greatest diameter over greatest horizontal width: mean and spread of fruit lying on their flat side."""
FULLNESS, FULLNESS_SLOPE, FULLNESS_U = 0.600, -0.14, 0.040
"""Volume over width times outlined area, of a fruit 1.13 times as long as wide; its change with that ratio; its spread.
An ellipsoid has 2/3 of its flatness, 0.60; long fruit are cones. From rendered fruit and the twin's, whose means
differ by 3 %."""
TYPICAL_SLENDERNESS = 1.13


def estimate_diameter(widths: Widths) -> tuple[Array, Array]:
    """Greatest diameter across the axis and its standard uncertainty, mm, (n,) each."""
    diameter_mm = DIAMETER_PER_WIDTH * widths.width_mm
    return diameter_mm, np.hypot(DIAMETER_PER_WIDTH * widths.width_u_mm, DIAMETER_PER_WIDTH_U * widths.width_mm)


def estimate_volume(widths: Widths) -> tuple[Array, Array]:
    """Volume without calyx and its standard uncertainty, mm^3, (n,) each."""
    width_mm = np.maximum(widths.width_mm, 1.0)
    slenderness = np.minimum(np.maximum(widths.length_mm / width_mm, 0.8), 1.8)
    fullness = FULLNESS + FULLNESS_SLOPE * (slenderness - TYPICAL_SLENDERNESS)
    volume_mm3 = fullness * widths.width_mm * widths.area_mm2
    relative_u = np.hypot(FULLNESS_U / fullness, 3 * widths.width_u_mm / width_mm)
    return volume_mm3, volume_mm3 * relative_u
