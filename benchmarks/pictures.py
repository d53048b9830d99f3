"""Pictures whose truth is known, whichever renderer made them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision import Calibration

Array = NDArray[np.float64]

ISOLATED_PX = 4
"""A fruit is isolated if no other fruit's mask comes this near."""
FEWEST_FLESH_PX = 200
"""A fruit that shows less flesh is not judged."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame, the calibration to measure it with, and the truth about its n fruit."""

    name: str
    camera: str
    belt: str
    """For the table by camera and belt."""
    frame_bgr: NDArray[np.uint8]
    calibration: Calibration
    fruit_mask: NDArray[np.uint16]
    """(h, w) number of the fruit, calyx included, 0 on the belt; pixels of the frame as it is."""
    flesh: NDArray[np.bool_]
    """(h, w)."""
    number: NDArray[np.intp]
    """(n,) of each fruit in the mask."""
    width_mm: Array
    diameter_mm: Array
    volume_mm3: Array
    visible_red: Array
    """(n,) red over flesh pixels in this frame."""
    axis_deg: Array
    """(n,) stem to apex as it lies over the belt, in the picture, from +x towards +y."""


@dataclass(frozen=True, slots=True, eq=False)
class Visible:
    """What the masks say of each of the n fruit of a picture."""

    flesh_px: NDArray[np.intp]
    centre_px: Array
    """(n, 2) centroid of the flesh, NaN where there is none."""
    judged: NDArray[np.bool_]
    """It lies wholly inside the frame and shows enough flesh."""
    isolated: NDArray[np.bool_]


def axis_in_picture(
    centre_mm: Array, axis_xy: Array, rotation: Array, translation_mm: Array, matrix: Array, distortion: Array
) -> Array:
    """Directions (n,), degrees, of axes `axis_xy` (n, 2) at the height of the fruits' middles `centre_mm` (n, 3).

    `rotation` (3,) or (3, 3) and `translation_mm` (3,) bring the belt's frame to the camera's.
    """
    way = np.concatenate([axis_xy, np.zeros((len(axis_xy), 1))], axis=1)
    ends = np.concatenate([centre_mm - way, centre_mm + way]).reshape(-1, 3)
    turn = rotation if rotation.size == 3 else cv2.Rodrigues(rotation)[0]  # noqa: PLR2004 - a vector
    pixels = cv2.projectPoints(ends, turn, translation_mm, matrix, distortion)[0].reshape(2, -1, 2)
    way_px = pixels[1] - pixels[0]
    return np.asarray(np.degrees(np.arctan2(way_px[:, 1], way_px[:, 0])))


def look(picture: Picture) -> Visible:
    """What of each fruit can be seen; which are judged, and which are isolated, as the accuracy table defines it."""
    masks = [picture.fruit_mask == number for number in picture.number]
    flesh = [np.argwhere(mask & picture.flesh)[:, ::-1] for mask in masks]
    count = np.array([len(pixels) for pixels in flesh], np.intp)
    centre = np.array([pixels.mean(axis=0) if len(pixels) else (np.nan, np.nan) for pixels in flesh]).reshape(-1, 2)
    cut = np.array([_touches_edge(mask) for mask in masks], np.bool_)
    near = np.array([_nearest_other_px(mask, picture.fruit_mask) <= ISOLATED_PX for mask in masks], np.bool_)
    return Visible(count, centre, ~cut & (count >= FEWEST_FLESH_PX), ~near)


def _touches_edge(mask: NDArray[np.bool_]) -> bool:
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def _nearest_other_px(mask: NDArray[np.bool_], fruit_mask: NDArray[np.uint16]) -> float:
    """Distance from a fruit's nearest pixel to the nearest pixel of another; infinite where there is none close by."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return float("inf")
    margin = ISOLATED_PX + 2
    box = (
        slice(max(rows[0] - margin, 0), rows[-1] + margin + 1),
        slice(max(columns[0] - margin, 0), columns[-1] + margin + 1),
    )
    other = (fruit_mask[box] > 0) & ~mask[box]
    if not other.any():
        return float("inf")
    distance = cv2.distanceTransform((~other).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float(distance[mask[box]].min())
