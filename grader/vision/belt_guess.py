"""The belt's colour from a frame with fruit on it, where nobody has shown the empty belt."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import BeltColour
from grader.vision.colour import OVER_BLUE, RED_OVER_GREEN

_SIDE_PX = 160
"""So many pixels across are enough for a histogram."""
_BITS = 4
"""Of each channel, in the histogram: cells of 16 grey levels."""
_TUBE = 24.0
"""Grey levels about the commonest colour that the belt's spread is measured in."""


def guess_belt_colour(frame_bgr: NDArray[np.uint8]) -> BeltColour:
    """The belt of `frame_bgr` (h, w, 3): the commonest colour but red and black, and what lies about it."""
    scale = min(1.0, _SIDE_PX / max(frame_bgr.shape[:2]))
    height, width = (max(round(scale * side), 1) for side in frame_bgr.shape[:2])
    small = cv2.resize(frame_bgr, (width, height), interpolation=cv2.INTER_NEAREST).reshape(-1, 3)
    blue, green, red = small.astype(np.int32).T
    # Black corners are what rotated photographs are padded with; a black belt is not as black as that.
    candidate = ~((red > RED_OVER_GREEN * green) & (red > OVER_BLUE * blue)) & (small.max(axis=1) >= 1 << (8 - _BITS))
    if not candidate.any():
        candidate = np.ones(len(small), np.bool_)
    colours = small[candidate]
    cell = colours >> (8 - _BITS)
    code = (cell[:, 0].astype(np.intp) << 2 * _BITS) | (cell[:, 1].astype(np.intp) << _BITS) | cell[:, 2]
    commonest = colours[code == np.bincount(code).argmax()].astype(np.float64)
    # Where all is black, black is the belt; a line through it needs a direction.
    median = np.maximum(np.median(commonest, axis=0), 1.0)
    near = np.maximum(colours.astype(np.float64), 1.0)
    share = near @ median / (median @ median)
    off_line = np.linalg.norm(near - share[:, None] * median, axis=1)
    belt = (off_line < _TUBE) & (np.abs(share - 1) < 0.5)  # noqa: PLR2004 - shade and glare, but not another colour
    spread = float(1.2 * np.median(off_line[belt]))
    darkest, brightest = np.quantile(share[belt], [0.001, 0.999])
    b, g, r = (float(level) for level in median)
    return BeltColour((b, g, r), (float(darkest), float(brightest)), spread)
