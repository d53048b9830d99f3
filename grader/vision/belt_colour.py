"""The colour of the empty belt, whatever it is, learnt from one picture of it."""

from math import isqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError
from grader.vision.calibration import BeltColour

Array = NDArray[np.float64]

DARKEST, BRIGHTEST = 8, 250
"""Grey levels. A belt below the first in every channel has no colour but noise; above the second, one is clipped."""

RED_OVER_GREEN, RED_OVER_BLUE = 1.25, 1.10
"""A belt above both is as red as skin that begins to ripen (red over green 1.28 in daylight)."""

TUBE, TUBE_SHARE = 6.0, 0.04
"""A pixel is the belt's within four standard deviations, these grey levels and this share of its own level off the
line: coloured light from the side moves a bright belt further than a dark one."""

LIGHT_LIMIT = 0.35
"""... and if its brightness is nearer than this to that of the light, which falls off smoothly towards the corners."""

STAIN_SHARE, STAINS_SHARE = 0.0015, 0.02
"""Of the picture: the largest stain, and all together. A fruit of 15 mm on 300 mm of belt covers 0.0025."""

SPREAD_LIMIT = 12.0
"""Grey levels: a belt that scatters more is patterned, and its tube would swallow pale fruit."""

COARSE_PX = 8
"""Side of the blocks in which stains are looked for: noise averages out in them."""

MOST_PX = 2_000_000
"""Pixels that the brightness and the spread are taken from; of larger pictures every second, every third, ..."""

LEAST_PX = 64
"""Least width and height of a picture from which a colour can be learnt."""


class BeltColourError(GraderError, ValueError, code="belt-colour"):
    """The belt's colour cannot be learnt from this picture. Clear the belt, mend the light, take the picture again."""


def learn_belt_colour(picture_bgr: NDArray[np.uint8]) -> BeltColour:
    """Learn the belt's colour from `picture_bgr`, (h, w, 3), of the empty belt.

    Vignetting, a gradient of the light and small stains are taken in its stride. Raises `BeltColourError` where
    something lies on the belt, the picture is too dark or too bright, or the belt is patterned or too red.
    """
    height, width = picture_bgr.shape[:2]
    if min(height, width) < LEAST_PX:
        raise BeltColourError(f"a picture of {width} x {height} px is too small to learn the belt's colour from")
    # The median of block averages: as robust as that of pixels, and finer than whole grey levels (dark belts need it).
    size = (width // COARSE_PX, height // COARSE_PX)
    blocks = cv2.resize(picture_bgr.astype(np.float32), size, interpolation=cv2.INTER_AREA).astype(np.float64)
    median = np.median(blocks.reshape(-1, 3), axis=0)
    _require_exposure(picture_bgr, median)
    _require_other_than_red(median)
    stained = cv2.resize(_stains(blocks, median), (width, height), interpolation=cv2.INTER_NEAREST)
    step = max(1, isqrt(width * height // MOST_PX))
    samples = picture_bgr[::step, ::step][stained[::step, ::step] == 0]
    share, off_line = _along_and_off(samples.astype(np.float64), median)
    spread = float(np.sqrt(np.mean(off_line**2)))
    if spread > SPREAD_LIMIT:
        raise BeltColourError(
            f"the belt is not of one colour: pixels scatter by {spread:.0f} grey levels (limit {SPREAD_LIMIT:g}). "
            "Show a stretch of plain belt, evenly lit, and keep the exposure as when grading"
        )
    darkest, brightest = np.quantile(share, [0.001, 0.999])
    blue, green, red = (round(float(level), 2) for level in median)
    return BeltColour((blue, green, red), (round(float(darkest), 4), round(float(brightest), 4)), round(spread, 3))


def _require_exposure(picture_bgr: NDArray[np.uint8], median: Array) -> None:
    """Refuse a picture that is too dark or too bright throughout."""
    if median.max() < DARKEST:
        raise BeltColourError(
            f"the picture is too dark (middle level {median.max():.0f} of 255): give more light or a longer exposure"
        )
    clipped = float(np.mean(picture_bgr.max(axis=2) > BRIGHTEST))
    if clipped > 0.5:  # noqa: PLR2004 - "throughout": half of it
        raise BeltColourError(
            f"the picture is over-exposed: {clipped:.0%} of it is clipped. Give less light or a shorter exposure"
        )


def _require_other_than_red(median: Array) -> None:
    """Refuse a belt that is as red as fruit."""
    blue, green, red = median
    if red > RED_OVER_GREEN * green and red > RED_OVER_BLUE * blue:
        raise BeltColourError(
            f"most of the picture is red (red {red:.0f}, green {green:.0f}, blue {blue:.0f}): fruit could not be told "
            "from such a belt. Clear the belt if it is not empty; if it is, use one of another colour"
        )


def _stains(blocks: Array, median: Array) -> NDArray[np.uint8]:
    """(h, w): 1 in and beside `blocks` (h, w, 3) that are not plainly belt; refuse more than stains."""
    share, off_line = _along_and_off(blocks, median)
    # Of a Gaussian in two directions the root mean square is 1.2 times the median.
    radius = 4 * 1.2 * float(np.median(off_line)) + TUBE + TUBE_SHARE * np.linalg.norm(blocks, axis=2)
    coloured = off_line > radius
    shaded = np.abs(share / _light(share, ~coloured) - 1) > LIGHT_LIMIT
    strange = (coloured | shaded).astype(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(strange)
    largest = max(boxes[1:], key=lambda box: box[cv2.CC_STAT_AREA], default=None)
    if largest is not None and (
        largest[cv2.CC_STAT_AREA] > STAIN_SHARE * strange.size or strange.mean() > STAINS_SHARE
    ):
        x, y, w, h = (int(number) * COARSE_PX for number in largest[:4])
        raise BeltColourError(
            f"the belt is not empty: {strange.mean():.1%} of the picture is something else, the largest piece "
            f"{w} x {h} px at ({x}, {y}). Clear and clean the belt, show nothing beside it, and take the picture again"
        )
    return np.asarray(cv2.dilate(strange, np.ones((3, 3), np.uint8)), np.uint8)


def _along_and_off(bgr: Array, median: Array) -> tuple[Array, Array]:
    """Place along the line from black (0) through the median (1), and distance off it in grey levels, of each pixel."""
    share = bgr @ median / (median @ median)
    return share, np.linalg.norm(bgr - share[..., None] * median, axis=-1)


def _light(share: Array, plain: NDArray[np.bool_]) -> Array:
    """(h, w): the smooth part of the brightness `share` where it is `plain`: a surface of second order."""
    height, width = share.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    light = np.ones_like(share)
    for _ in range(2):
        chosen = plain & (np.abs(share / light - 1) < LIGHT_LIMIT)
        weights = np.linalg.lstsq(terms[chosen], share[chosen], rcond=None)[0]
        light = np.maximum(terms @ weights, 0.05)
    return light
