"""How red a fruit is, seen from the middle of the window.

As a fruit passes, the camera looks first at one end of it and then at the other: the pale shoulder comes into view or
goes. A fruit's views lie on a line over its place along the travel (sd of its slope 0.034 on 100 mm, of what is left
0.005: docs/figures/twin-errors.md), and a mean of some of them depends on which these happen to be. So the line is
taken where it passes the window's middle, the same place for every fruit.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

UNIT_MM = 100.0
SLOPE = 6.3
"""Standard deviation of the slope over `UNIT_MM`, in standard deviations of a view about its fruit's line: one view
alone says nothing about the slope, and two close together say little."""
SCATTER = 0.33
"""Of the stated uncertainty of a view, this share is its own; the rest (where red begins, seeds, glare) is common to
all views of a fruit."""


def seen_overhead(values: Array, u: Array, off_mm: Array) -> tuple[float, float]:
    """What a view from the middle of the window would say, and its standard uncertainty.

    `values` and `u` (n,) of views taken `off_mm` (n,) from the middle. A straight line, its slope with a normal prior
    of spread `SLOPE`: least squares with one row more.
    """
    design = np.column_stack([np.ones(len(values)), off_mm / UNIT_MM])
    inverse = np.linalg.inv(design.T @ design + np.diag([0.0, SLOPE**-2]))
    level = float((inverse @ design.T @ values)[0])
    common = 1 - SCATTER**2 + SCATTER**2 * float(inverse[0, 0])
    return level, float(u.mean() * np.sqrt(common))
