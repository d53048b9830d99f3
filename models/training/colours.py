"""What colour alone says of a photograph's pixels, where people have drawn outlines and nothing else."""

import numpy as np
from numpy.typing import NDArray

from grader.vision.colour import GREEN_OVER_RED, OVER_BLUE, RED_OVER_GREEN

VIVID = 30
"""Grey levels between the strongest and the weakest channel below which a pixel's colour says nothing."""


def is_leaf(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where it is green: (h, w)."""
    blue, green, red = np.moveaxis(picture_bgr.astype(np.float32), -1, 0)
    return np.asarray((green > GREEN_OVER_RED * red) & (green > OVER_BLUE * blue) & _vivid(picture_bgr))


def is_red(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where it is red: (h, w)."""
    blue, green, red = np.moveaxis(picture_bgr.astype(np.float32), -1, 0)
    return np.asarray((red > RED_OVER_GREEN * green) & (red > OVER_BLUE * blue) & _vivid(picture_bgr))


def is_pale(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where it is yellow, more or less: (h, w)."""
    blue, green, red = np.moveaxis(picture_bgr.astype(np.float32), -1, 0)
    pale = (np.minimum(red, green) > OVER_BLUE * blue) & _vivid(picture_bgr)
    return np.asarray(pale & ~is_leaf(picture_bgr) & ~is_red(picture_bgr))


def _vivid(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(picture_bgr.max(axis=2).astype(np.int16) - picture_bgr.min(axis=2) > VIVID)
