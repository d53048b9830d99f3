"""The belt's plane, from one view of the board lying on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.errors import BeltViewError
from grader.vision.calibration import BeltPlane

Array = NDArray[np.float64]

TILT_LIMIT_DEG = 15.0
"""Between the camera's axis and the belt's upright. Beyond it one view no longer shows a fruit from above."""


def belt_plane(rotation: Array, translation_mm: Array, thickness_mm: float) -> BeltPlane:
    """Plane of the belt under a board of `thickness_mm`, printed side up, whose pose in the camera's frame is given.

    `rotation` is the board's rotation vector (3,), `translation_mm` (3,) the place of its origin.

    The belt's frame: origin at the foot of the camera, the point of the belt straight below it; z up; x as the
    picture's x runs, laid down on the belt; y completes a right-handed frame, and so runs up the picture.
    """
    into_board: Array = np.asarray(cv2.Rodrigues(rotation)[0], np.float64)[:, 2]
    up = -into_board if into_board @ translation_mm > 0 else into_board
    height_mm = thickness_mm - up @ translation_mm
    along_picture = np.array([1.0, 0.0, 0.0])
    x = along_picture - (along_picture @ up) * up
    x /= np.linalg.norm(x)
    return BeltPlane(rotation=np.column_stack([x, np.cross(up, x), up]), translation_mm=-height_mm * up)


def height_mm(belt: BeltPlane) -> float:
    """Height of the camera above the belt, at right angles to it."""
    return float(-belt.rotation[:, 2] @ belt.translation_mm)


def tilt_deg(belt: BeltPlane) -> float:
    """Angle between the camera's axis and the belt's upright."""
    return float(np.degrees(np.arccos(np.clip(-belt.rotation[2, 2], -1, 1))))


def require_upright(belt: BeltPlane, name: str) -> None:
    """Raise `BeltViewError` where the board in view `name` does not lie as the belt below a camera does."""
    if (tilt := tilt_deg(belt)) > TILT_LIMIT_DEG:
        raise BeltViewError(
            f"in the belt view {name} the board is tilted by {tilt:.1f} degrees against the camera, more than "
            f"{TILT_LIMIT_DEG:g}: lay it flat on the belt, point the camera straight down, and take that view again"
        )


def belt_coordinates(points_px: Array, matrix: Array, distortion: Array, belt: BeltPlane) -> Array:
    """Where the lines of sight through `points_px` (n, 2), as the camera sees them, meet the belt: (n, 2), mm."""
    precise = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-10)
    straight = cv2.undistortPointsIter(points_px[:, None], matrix, distortion, np.eye(3), np.eye(3), precise)
    sight = np.column_stack([np.asarray(straight, np.float64).reshape(-1, 2), np.ones(len(points_px))])
    up = belt.rotation[:, 2]
    reach = (belt.translation_mm @ up) / (sight @ up)
    met: Array = (sight * reach[:, None] - belt.translation_mm) @ belt.rotation
    return met[:, :2]
