"""Where bodies are in a photograph, leaves on them included, as the network draws them: slow, for photographs alone."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.network import CELLS, Network, crop_squares
from grader.vision.objects import Objects
from grader.vision.reading import squares

_ZOOMS = (0.9, 1.0, 1.12)
"""Each object is shown so near, turned four ways and mirrored: the mean of 24 maps is finer than one of them."""
_QUARTERS = range(4)


def find_bodies(frame_bgr: NDArray[np.uint8], objects: Objects, step: int, network: Network) -> NDArray[np.bool_]:
    """Pixels (h, w) of `frame_bgr` (h, w, 3) where a body of one of `objects` is."""
    found = np.zeros(frame_bgr.shape[:2], np.bool_)
    for middle, side in zip(*squares(objects, step), strict=True):
        found |= _body(frame_bgr, middle, float(side), network) > 0.5  # noqa: PLR2004 - likelier than not
    return found


def _body(
    frame_bgr: NDArray[np.uint8], middle: NDArray[np.float64], side: float, network: Network
) -> NDArray[np.float32]:
    """Probability (h, w) that a pixel is of the body in the square about `middle` (2,), px."""
    height, width = frame_bgr.shape[:2]
    total = np.zeros((height, width), np.float32)
    for zoom in _ZOOMS:
        crop = crop_squares(frame_bgr, middle[None], np.array([zoom * side]))[0]
        cell = zoom * side / CELLS
        corner = middle - zoom * side / 2 + cell / 2
        place = np.array([[cell, 0, corner[0]], [0, cell, corner[1]]])
        total += cv2.warpAffine(_every_way(crop, network), place, (width, height), flags=cv2.INTER_CUBIC)
    return np.asarray(total / len(_ZOOMS), np.float32)


def _every_way(crop_bgr: NDArray[np.uint8], network: Network) -> NDArray[np.float32]:
    """Mean map (CELLS, CELLS) of the eight ways to lay `crop_bgr` down."""
    ways = [np.rot90(side, quarter) for side in (crop_bgr, crop_bgr[:, ::-1]) for quarter in _QUARTERS]
    maps = network(np.ascontiguousarray(ways)).body
    plain = [np.rot90(maps[quarter], -quarter) for quarter in _QUARTERS]
    mirrored = [np.rot90(maps[4 + quarter], -quarter)[:, ::-1] for quarter in _QUARTERS]
    return np.asarray(np.mean(plain + mirrored, axis=0), np.float32)
