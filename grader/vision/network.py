"""What the network that reads each fruit is shown, and what it answers; whoever calls `measure` brings it.

It is shown a square crop about each object, leaves included, scaled to `SIDE_PX`; it answers what each pixel of the
crop is, where the body of the fruit is (leaves or not), some yes-or-no questions, and which way the apex points.
"""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 64
"""Side of a crop."""
CELLS = 32
"""Side of the map of classes."""
ROOM = 1.25
"""Side of a crop, in sides of the box about the object."""


class Skin:
    """What a pixel shows: plain numbers, since an enum is slow to compare arrays with."""

    BELT = 0
    RED = 1
    PALE = 2
    CALYX = 3
    ROT = 4
    BRUISE = 5
    COUNT = 6


class Question:
    """What is asked about the fruit as a whole."""

    DECAY = 0
    NO_FRUIT = 1
    HIDDEN = 2
    BRUISE = 3
    DEFORMED = 4
    COUNT = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """Of n crops."""

    skin: NDArray[np.float32]
    """(n, Skin.COUNT, CELLS, CELLS) probabilities."""
    body: NDArray[np.float32]
    """(n, CELLS, CELLS) probability that the fruit's flesh is there, be it under a leaf."""
    yes: NDArray[np.float32]
    """(n, Question.COUNT) probabilities."""
    axis: NDArray[np.float32]
    """(n, 2) from stem to apex in the crop, x to the right and y down; the longer, the surer."""


class Network(Protocol):
    """Reads crops."""

    hash: str
    """What records name it by, hexadecimal."""

    def __call__(self, crops_bgr: NDArray[np.uint8]) -> Answers:
        """What `crops_bgr` (n, SIDE_PX, SIDE_PX, 3) show."""


def crop_squares(
    picture_bgr: NDArray[np.uint8], centre_px: NDArray[np.float64], side_px: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Squares of `picture_bgr` (h, w, 3) about `centre_px` (n, 2), `side_px` (n,) wide: (n, SIDE_PX, SIDE_PX, 3).

    What lies outside of the picture is black.
    """
    crops = np.empty((len(side_px), SIDE_PX, SIDE_PX, 3), np.uint8)
    for crop, (x, y), side in zip(crops, centre_px.tolist(), side_px.tolist(), strict=True):
        pixel = side / SIDE_PX
        place = np.array([[pixel, 0, x - (side - pixel) / 2], [0, pixel, y - (side - pixel) / 2]])
        cv2.warpAffine(picture_bgr, place, (SIDE_PX, SIDE_PX), crop, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return crops
