"""Whole berries as the photographs' polygons have them: flesh, and the calyx leaves that lie on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision import Calibration, Sightings
from grader.vision.colour import Colour, classify, colour_table
from grader.vision.masks import flesh_mask
from grader.vision.network import Network
from grader.vision.photograph import frame_and_belt


def berry_mask(
    frame_bgr: NDArray[np.uint8], calibration: Calibration, sightings: Sightings, network: Network | None = None
) -> NDArray[np.uint16]:
    """Number of the fruit at each pixel (h, w), from 1: its flesh, and leaf within the hull of its flesh."""
    flesh = flesh_mask(frame_bgr, calibration, sightings, network)
    parted_bgr, belt_colour = frame_and_belt(frame_bgr, calibration, network)
    leaf = (classify(parted_bgr, colour_table(belt_colour, calibration.colour)) == Colour.LEAF) & (flesh == 0)
    berries = flesh.copy()
    for number in range(1, len(sightings) + 1):
        pixels = cv2.findNonZero((flesh == number).view(np.uint8))
        if pixels is not None:
            hull = cv2.fillConvexPoly(np.zeros(flesh.shape, np.uint8), cv2.convexHull(pixels), 1)
            berries[(hull > 0) & leaf] = number
    return berries
