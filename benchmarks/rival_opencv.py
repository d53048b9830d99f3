"""What an OpenCV tutorial does: red by HSV on the full frame, morphology, contours, boxes and circles around them.

It answers less than the station does: pixels instead of millimetres, no axis, no calyx, no perspective, no uncertainty.
Some tutorials convert the frame as it is, some blur it first (by 5 to 17 px where we looked): both are timed, each
under its own name.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

RED = (((0, 80, 40), (12, 255, 255)), ((165, 80, 40), (180, 255, 255)))
"""Hue wraps around: two ranges, as every tutorial on red objects has them."""
KERNEL = np.ones((5, 5), np.uint8)
BLUR_PX = (11, 11)
"""As those take it that follow a coloured object with inRange, morphology, contours and minAreaRect."""
SMALLEST_PX = 500


def grade_by_tutorial(frame_bgr: NDArray[np.uint8]) -> list[tuple[float, float]]:
    """Short side of the rotated box and diameter of the enclosing circle, px, of each red object."""
    hsv = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2HSV)
    masks = [cv2.inRange(hsv, np.array(low), np.array(high)) for low, high in RED]
    mask = cv2.bitwise_or(*masks)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, KERNEL)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, KERNEL)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    large = [contour for contour in contours if cv2.contourArea(contour) > SMALLEST_PX]
    return [(min(cv2.minAreaRect(contour)[1]), 2 * cv2.minEnclosingCircle(contour)[1]) for contour in large]


def grade_by_tutorial_with_blur(frame_bgr: NDArray[np.uint8]) -> list[tuple[float, float]]:
    """The same, noise and seeds smoothed away first."""
    return grade_by_tutorial(np.asarray(cv2.GaussianBlur(frame_bgr, BLUR_PX, 0), np.uint8))
