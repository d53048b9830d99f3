"""What colour alone says of a photograph's pixels, where people have drawn outlines and nothing else."""

import numpy as np
from numpy.typing import NDArray

from grader.vision.colour import GREEN_OVER_RED, OVER_BLUE, RED_OVER_GREEN

RIPE, ORANGE = 0.2, 0.3
"""Hue, in sixths of the circle from red, below which ripe berries lie and above which orange ones do: medians of the
berries picked by eye (ripeness.csv, the half that may be looked at) are 0.09 and 0.25 to 0.35."""
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


def is_ripe(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where red is not orange any more: (h, w)."""
    return is_red(picture_bgr) & (_towards_yellow(picture_bgr) < RIPE)


def is_orange(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where red has not come yet, although more than half of the way: (h, w)."""
    return is_red(picture_bgr) & (_towards_yellow(picture_bgr) > ORANGE)


def _towards_yellow(picture_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Hue in sixths of the circle from red, about 1 where it is yellow: it does not change with exposure and glare."""
    blue, green, red = np.moveaxis(picture_bgr.astype(np.float32), -1, 0)
    return np.asarray((green - blue) / np.maximum(red - np.minimum(green, blue), 1))


def is_pale(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where it is yellow, more or less: (h, w)."""
    blue, green, red = np.moveaxis(picture_bgr.astype(np.float32), -1, 0)
    pale = (np.minimum(red, green) > OVER_BLUE * blue) & _vivid(picture_bgr)
    return np.asarray(pale & ~is_leaf(picture_bgr) & ~is_red(picture_bgr))


def _vivid(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(picture_bgr.max(axis=2).astype(np.int16) - picture_bgr.min(axis=2) > VIVID)
