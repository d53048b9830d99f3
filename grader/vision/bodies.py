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
_ROOM = 1.3
"""Side of the square about a body that was seen before, in sides of its box: its stem takes no room there."""
_SAME = 0.25
"""Two bodies of which one covers so much of the other are one, of which colour has left pieces."""

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Hull = NDArray[np.int32]
"""(V, 1, 2) px."""


def find_bodies(frame_bgr: NDArray[np.uint8], objects: Objects, step: int, network: Network) -> Mask:
    """Pixels (h, w) of `frame_bgr` (h, w, 3) where a body of one of `objects` is: convex, as berries are.

    Colour may have left pieces of a body, and have left its stem on: what is seen at first is looked at again.
    """
    size = frame_bgr.shape[:2]
    seen = _unite(_look(frame_bgr, *squares(objects, step), network), size)
    boxes = np.array([cv2.boundingRect(body) for body in seen], np.float64).reshape(-1, 4)
    corner, extent = boxes[:, :2], boxes[:, 2:]
    bodies = _look(frame_bgr, corner + extent / 2 - 0.5, _ROOM * extent.max(axis=1, initial=0), network)
    found = np.zeros(size, np.bool_)
    for body in _unite(bodies, size):
        found |= _filled(body, size)
    return found


def _unite(bodies: list[Hull], size: tuple[int, int]) -> list[Hull]:
    """Those of `bodies`, in a picture of `size` (h, w), that are pieces of one become one; the largest first."""
    united: list[Hull] = []
    for body in sorted(bodies, key=cv2.contourArea, reverse=True):
        own = _filled(body, size)
        for place, other in enumerate(united):
            if np.count_nonzero(own & _filled(other, size)) > _SAME * np.count_nonzero(own):
                united[place] = np.asarray(cv2.convexHull(np.concatenate([other, body])), np.int32)
                break
        else:
            united.append(body)
    return united


def _filled(hull: Hull, size: tuple[int, int]) -> Mask:
    """The pixels (h, w) of a picture of `size` in `hull`."""
    return np.asarray(cv2.fillConvexPoly(np.zeros(size, np.uint8), hull, 1)) > 0


def _look(frame_bgr: NDArray[np.uint8], middles: Array, sides: Array, network: Network) -> list[Hull]:
    """The body in each of the squares about `middles` (n, 2), `sides` (n,) wide, px; fewer where there is none."""
    hulls = []
    for middle, side in zip(middles, sides.tolist(), strict=True):
        body = (_body(frame_bgr, middle, side, network) > 0.5).view(np.uint8)  # noqa: PLR2004 - likelier than not
        pieces, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if pieces:
            hulls.append(np.asarray(cv2.convexHull(max(pieces, key=cv2.contourArea)), np.int32))
    return hulls


def _body(frame_bgr: NDArray[np.uint8], middle: Array, side: float, network: Network) -> NDArray[np.float32]:
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
