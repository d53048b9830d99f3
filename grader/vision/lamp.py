"""What the light has done since the belt was learnt: the bare belt is the reference patch that is always in view."""

import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import Calibration
from grader.vision.colour import Colour, classify, colour_table, decode

Array = NDArray[np.float64]

EVERY_PX = 16
"""Every so many pixels are enough for a median: 6,000 of a frame."""
LEAST_BELT = 0.05
"""Where less than this share of the frame is belt, nothing is said."""


def light_now(frame_bgr: NDArray[np.uint8], calibration: Calibration) -> Array:
    """Light on the belt of `frame_bgr` (h, w, 3) over what it was when it was learnt: (3,) blue, green, red, linear.

    1 where nothing has changed; NaN where no belt was learnt, or too little of it is seen.
    """
    belt = calibration.belt_colour
    few = np.ascontiguousarray(frame_bgr[::EVERY_PX, ::EVERY_PX])
    if belt is None:
        return np.full(3, np.nan)
    bare = few[classify(few, colour_table(belt, calibration.colour)) == Colour.BELT]
    if len(bare) < LEAST_BELT * few.shape[0] * few.shape[1]:
        return np.full(3, np.nan)
    return np.asarray(decode(np.median(bare, axis=0)) / decode(np.maximum(np.array(belt.median_bgr), 1.0)))
