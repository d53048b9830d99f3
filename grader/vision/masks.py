"""Which pixels are whose flesh, at full resolution: for people, datasets and crops; `measure` does without."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import Calibration
from grader.vision.colour import Colour, classify, colour_table
from grader.vision.network import Network
from grader.vision.photograph import frame_and_belt
from grader.vision.sightings import Sightings

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Box = tuple[slice, slice]

LOOK_OUT_PX = (3, 4, 5)
"""So far outside the outline it is looked whether belt lies there: beyond the blur of an edge."""
EDGE_PX = 3
"""An edge with blur mixes colours over so much."""
SMALLEST_LEAF_PX = 20
"""Leaf of fewer pixels in one piece is noise, or an unripe seed's."""


def flesh_mask(
    frame_bgr: NDArray[np.uint8], calibration: Calibration, sightings: Sightings, network: Network | None = None
) -> NDArray[np.uint16]:
    """Number of the fruit whose flesh each pixel of `frame_bgr` (h, w, 3) shows: (h, w), from 1 in `sightings`' order.

    `network`: the one that they were measured with. 0 is belt, calyx and all else. Glare and seeds within the flesh
    belong to it.
    """
    size = (frame_bgr.shape[0], frame_bgr.shape[1])
    frame_bgr, belt_colour = frame_and_belt(frame_bgr, calibration, network)
    classes = classify(frame_bgr, colour_table(belt_colour, calibration.colour))
    mask = np.zeros(size, np.uint16)
    claims = np.zeros(size, np.uint8)
    rows = enumerate(zip(sightings.outline_px, sightings.bbox_px.tolist(), strict=True), start=1)
    for number, (outline, (x0, y0, x1, y1)) in rows:
        box = (slice(y0, y1), slice(x0, x1))
        wide = _reach_out(outline, classes, sightings.step)
        flesh = _flesh(classes[box], _fill(outline, box), _fill(wide, box))
        mask[box][flesh] = number
        claims[box] += flesh
    return _settle(mask, claims > 1)


def _reach_out(outline: Array, classes: NDArray[np.uint8], step: int) -> Array:
    """Move the points of `outline` (R, 2) that do not border on belt outwards by `step`, px.

    There the outline is the hull of coarse pixels, which may fall short of the flesh by so much.
    """
    ahead, behind = np.roll(outline, -2, axis=0), np.roll(outline, 2, axis=0)
    tangent = ahead - behind
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1) / np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    look = np.rint(outline + normal * np.array(LOOK_OUT_PX)[:, None, None]).astype(np.intp)
    height, width = classes.shape
    seen = classes[np.clip(look[..., 1], 0, height - 1), np.clip(look[..., 0], 0, width - 1)]
    belt = (seen == Colour.BELT).all(axis=0)
    return np.where(belt[:, None], outline, outline + step * normal)


def _fill(outline: Array, box: Box) -> Mask:
    """Which pixels of `box` have their centre within the closed `outline` (R, 2), to a fraction of a pixel.

    cv2.fillPoly also takes every pixel that the outline touches: half a pixel too much all around.
    """
    rows, columns = (np.arange(side.start, side.stop) for side in box)
    begin, end = outline, np.roll(outline, -1, axis=0)
    crossed = (begin[:, 1] <= rows[:, None]) != (end[:, 1] <= rows[:, None])
    row, edge = np.nonzero(crossed)
    way = (rows[row] - begin[edge, 1]) / (end[edge, 1] - begin[edge, 1])
    x = begin[edge, 0] + way * (end[edge, 0] - begin[edge, 0])
    first = np.clip(np.ceil(x).astype(np.intp) - columns[0], 0, len(columns))
    passed = np.zeros((len(rows), len(columns) + 1), np.intp)
    np.add.at(passed, (row, first), 1)
    return np.asarray(passed[:, :-1].cumsum(axis=1) % 2 == 1)


def _flesh(classes: NDArray[np.uint8], inside: Mask, within_reach: Mask) -> Mask:
    """Which pixels are flesh, by their `classes` (h, w) and whether they lie in the outline or in what it may miss."""
    leaf = _large_pieces(classes == Colour.LEAF)
    coloured = ((classes == Colour.RED) | (classes == Colour.PALE)) & (within_reach | inside)
    outlines, _ = cv2.findContours(coloured.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    enclosed = cv2.drawContours(np.zeros(coloured.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0
    to_flesh, to_leaf = _distance(coloured), _distance(leaf)
    # The rest is glare and seeds, if flesh surrounds it; mixed colours of an edge, if flesh is next to it; or a gap.
    filled = inside & ~leaf & (to_flesh < to_leaf) & (enclosed | (to_flesh <= EDGE_PX))
    return np.asarray(coloured | filled)


def _large_pieces(chosen: Mask) -> Mask:
    """The `chosen` pixels (h, w) without those in pieces of fewer than `SMALLEST_LEAF_PX`."""
    _, piece, stats, _ = cv2.connectedComponentsWithStats(chosen.view(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= SMALLEST_LEAF_PX
    return np.asarray(chosen & large[piece])


def _distance(chosen: Mask) -> NDArray[np.float32]:
    """How far each pixel is from the nearest of the `chosen` (h, w), px."""
    return np.asarray(cv2.distanceTransform((~chosen).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _settle(mask: NDArray[np.uint16], disputed: Mask) -> NDArray[np.uint16]:
    """Give each of the `disputed` pixels to the fruit of the nearest pixel that is not."""
    if not disputed.any():
        return mask
    mask = np.where(disputed, 0, mask).astype(np.uint16)
    _, nearest = cv2.distanceTransformWithLabels(
        (mask == 0).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.zeros(int(nearest.max()) + 1, np.uint16)
    owner[nearest[mask > 0]] = mask[mask > 0]
    return np.where(disputed, owner[nearest], mask).astype(np.uint16)
