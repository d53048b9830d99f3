"""What a colour is on this belt: one table over all 65,536 colours of 5, 6 and 5 bits.

A look-up costs less than a conversion to HSV, and what it separates may have any shape: the belt is a tube around the
line from black through its own colour (so its shadows are belt too), and fruit is told from leaves by ratios, which do
not change with exposure. A station's colour matrix goes into the table too, and so costs no frame anything.
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import BeltColour, ColourMatrix

RED_OVER_GREEN = 1.22
"""Skin is red above this ratio of red to green. In daylight white balance pale skin ends at 1.17 and red skin starts
at 1.28."""
GREEN_OVER_RED = 1.18
"""Leaf is above this ratio of green to red; the palest skin reaches 1.16."""
OVER_BLUE = 1.10
"""Skin and leaf are this much stronger in their own colour than in blue; what is not is glare, metal, a glove, the
belt's reflection."""


Array = NDArray[np.float64]

WORD = 4
"""Bytes of a word."""
CLIPPED = 248.0
"""Grey levels from which on a code of five bits may be a clipped one."""


class Colour:
    """What a pixel may be, by its colour alone: plain numbers, since an enum is slow to compare arrays with."""

    BELT = 0
    RED = 1
    PALE = 2
    LEAF = 3
    OTHER = 4
    COUNT = 5


def classify(picture_bgr: NDArray[np.uint8], table: NDArray[np.uint8], step: int = 1) -> NDArray[np.uint8]:
    """`Colour` of each pixel of `picture_bgr` (h, w, 3), or every `step`-th each way, by `table` (65536,): (h, w)."""
    rows = picture_bgr[::step]
    if step == WORD and rows.shape[1] % WORD == 0 and rows.strides[1:] == (3, 1):
        # Four pixels are three words of four bytes, the first of which is a pixel and a byte that does not matter.
        words = np.ascontiguousarray(rows.reshape(len(rows), -1).view(np.uint32)[:, ::3])
        return _look_up(cv2.cvtColor(words.view(np.uint8).reshape(*words.shape, WORD), cv2.COLOR_BGRA2BGR565), table)
    # To pack whole rows and then leave pixels out is faster than to gather those pixels first.
    return _look_up(np.ascontiguousarray(cv2.cvtColor(rows, cv2.COLOR_BGR2BGR565)[:, ::step]), table)


def _look_up(packed: NDArray[Any], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What `table` has for colours `packed` (h, w, 2) into 16 bits: (h, w)."""
    return np.asarray(cv2.LUT(packed.view(np.uint16)[..., 0], table), np.uint8)


@lru_cache(maxsize=16)
def colour_table(belt: BeltColour, matrix: ColourMatrix | None = None) -> NDArray[np.uint8]:
    """`Colour` for each colour packed as OpenCV's BGR565 packs it: (65536,) uint8, read-only.

    The `belt` is known as this camera sees it; skin and leaf are judged in the colours that `matrix` makes of them.
    """
    code = np.arange(1 << 16, dtype=np.uint32)
    # Each code stands for the middle of the colours it gathers.
    blue, green, red = ((code & 31) * 8 + 4.0, (code >> 5 & 63) * 4 + 2.0, (code >> 11) * 8 + 4.0)
    seen = np.stack([blue, green, red], axis=1)
    if matrix is not None:
        blue, green, red = standard_colours(seen, matrix).T
    table = np.full(code.shape, Colour.OTHER, np.uint8)
    table[(np.minimum(red, green) > OVER_BLUE * blue)] = Colour.PALE
    table[(green > GREEN_OVER_RED * red) & (green > OVER_BLUE * blue)] = Colour.LEAF
    table[(red > RED_OVER_GREEN * green) & (red > OVER_BLUE * blue)] = Colour.RED
    table[_is_belt(seen, belt)] = Colour.BELT
    table.flags.writeable = False
    return table


def standard_colours(seen_bgr: Array, matrix: ColourMatrix) -> Array:
    """What a standard picture has where this camera sees `seen_bgr` (n, 3), 0-255, sRGB as all pictures here are.

    Where all channels are clipped nobody knows the colour, and it stays white.
    """
    standard = encode(np.maximum(decode(seen_bgr) @ np.array(matrix.rows).T, 0))
    return np.where((seen_bgr >= CLIPPED).all(axis=1, keepdims=True), seen_bgr, standard)


def decode(levels: Array) -> Array:
    """Linear light, 0-1, of sRGB grey `levels`, 0-255 (IEC 61966-2-1)."""
    share = levels / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - the standard's


def encode(light: Array) -> Array:
    """Grey levels of linear `light`; above 255 where it is above 1."""
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004 - likewise


def _is_belt(bgr: NDArray[np.float64], belt: BeltColour) -> NDArray[np.bool_]:
    """Whether each colour (n, 3) lies in the belt's tube."""
    median = np.array(belt.median_bgr)
    share = bgr @ median / (median @ median)
    off_line = np.linalg.norm(bgr - share[:, None] * median, axis=1)
    # Four standard deviations of what was seen, the rounding to 5 bits, and light that fruit reflect onto a bright
    # belt.
    radius = 4 * belt.spread + 6 + 0.04 * np.linalg.norm(bgr, axis=1)
    darkest, brightest = belt.brightness
    return np.asarray((off_line < radius) & (share > 0.25 * darkest - 0.25) & (share < 1.15 * brightest + 0.05))
