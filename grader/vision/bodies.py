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

_SCRAP = 0.5
"""A body of no larger a share of what was there before is a scrap of one."""

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Hull = NDArray[np.int32]
"""(V, 1, 2) px."""


def find_bodies(frame_bgr: NDArray[np.uint8], objects: Objects, step: int, network: Network) -> Mask:
    """Pixels (h, w) of `frame_bgr` (h, w, 3) where a body of one of `objects` is: convex, as berries are.

    Colour may have left pieces of a body, and have left its stem on: what is seen at first is looked at again.
    """
    flesh = [step * hull for hull in objects.hulls]
    seen = _unite(_look(frame_bgr, *squares(objects, step), network, flesh))
    boxes = np.array([cv2.boundingRect(body) for body in seen], np.float64).reshape(-1, 4)
    corner, extent = boxes[:, :2], boxes[:, 2:]
    bodies = _look(frame_bgr, corner + extent / 2 - 0.5, _ROOM * extent.max(axis=1, initial=0), network, seen)
    found = np.zeros(frame_bgr.shape[:2], np.uint8)
    for body in bodies:
        cv2.fillConvexPoly(found, body, 1)
    return found > 0


def _look(
    frame_bgr: NDArray[np.uint8], middles: Array, sides: Array, network: Network, otherwise: list[Hull]
) -> list[Hull]:
    """The body in each of the squares about `middles` (n, 2), `sides` (n,) wide, px; where hardly any, `otherwise`.

    What the network does not know, rot over and over, is still there.
    """
    hulls = []
    for middle, side, known in zip(middles, sides.tolist(), otherwise, strict=True):
        corner = np.floor(middle - max(_ZOOMS) * side / 2).astype(np.int32)
        body = (_body(frame_bgr, middle, corner, side, network) > 0.5).view(np.uint8)  # noqa: PLR2004 - likelier than not
        pieces, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        largest = max(pieces, key=cv2.contourArea) + corner if pieces else known
        half_seen = cv2.contourArea(cv2.convexHull(largest)) > _SCRAP * cv2.contourArea(known)
        hulls.append(np.asarray(cv2.convexHull(largest if half_seen else known), np.int32))
    return hulls


def _unite(bodies: list[Hull]) -> list[Hull]:
    """Those of `bodies` that are pieces of one become one; the largest first."""
    united: list[Hull] = []
    for body in sorted(bodies, key=cv2.contourArea, reverse=True):
        for place, other in enumerate(united):
            if cv2.intersectConvexConvex(body, other)[0] > _SAME * cv2.contourArea(body):
                united[place] = np.asarray(cv2.convexHull(np.concatenate([other, body])), np.int32)
                break
        else:
            united.append(body)
    return united


def _body(
    frame_bgr: NDArray[np.uint8], middle: Array, corner: NDArray[np.int32], side: float, network: Network
) -> NDArray[np.float32]:
    """Probability (s, s) that a pixel, from `corner` (2,) on, is of the body in the square about `middle` (2,), px."""
    window = int(np.ceil(max(_ZOOMS) * side)) + 1
    total = np.zeros((window, window), np.float32)
    for zoom in _ZOOMS:
        crop = crop_squares(frame_bgr, middle[None], np.array([zoom * side]))[0]
        cell = zoom * side / CELLS
        first = middle - corner - zoom * side / 2 + cell / 2
        place = np.array([[cell, 0, first[0]], [0, cell, first[1]]])
        total += cv2.warpAffine(_every_way(crop, network), place, (window, window), flags=cv2.INTER_CUBIC)
    return np.asarray(total / len(_ZOOMS), np.float32)


def _every_way(crop_bgr: NDArray[np.uint8], network: Network) -> NDArray[np.float32]:
    """Mean map (CELLS, CELLS) of the eight ways to lay `crop_bgr` down."""
    ways = [np.rot90(side, quarter) for side in (crop_bgr, crop_bgr[:, ::-1]) for quarter in _QUARTERS]
    maps = network(np.ascontiguousarray(ways)).body
    plain = [np.rot90(maps[quarter], -quarter) for quarter in _QUARTERS]
    mirrored = [np.rot90(maps[4 + quarter], -quarter)[:, ::-1] for quarter in _QUARTERS]
    return np.asarray(np.mean(plain + mirrored, axis=0), np.float32)
