"""What the camera does not see, estimated from what it does: the fruit's greatest diameter and its volume."""

import numpy as np
from numpy.typing import NDArray

from grader.vision.size import Widths

Array = NDArray[np.float64]

DIAMETER_PER_WIDTH, DIAMETER_PER_WIDTH_U = 1.004, 0.009
"""Greatest diameter over greatest horizontal width: mean and spread of fruit lying on their flat side."""
VOLUME_PER_WIDTH_AREA, VOLUME_PER_WIDTH_AREA_U = 0.622, 0.045
"""Volume over width times outlined area, relative spread second to none: 2/3 of the flatness, 0.60, for an ellipsoid;
cones differ."""


def estimate_diameter(widths: Widths) -> tuple[Array, Array]:
    """Greatest diameter across the axis and its standard uncertainty, mm, (n,) each."""
    diameter_mm = DIAMETER_PER_WIDTH * widths.width_mm
    return diameter_mm, np.hypot(DIAMETER_PER_WIDTH * widths.width_u_mm, DIAMETER_PER_WIDTH_U * widths.width_mm)


def estimate_volume(widths: Widths) -> tuple[Array, Array]:
    """Volume without calyx and its standard uncertainty, mm^3, (n,) each."""
    volume_mm3 = VOLUME_PER_WIDTH_AREA * widths.width_mm * widths.area_mm2
    relative_u = np.hypot(VOLUME_PER_WIDTH_AREA_U / VOLUME_PER_WIDTH_AREA, 3 * widths.width_u_mm / widths.width_mm)
    return volume_mm3, volume_mm3 * relative_u
