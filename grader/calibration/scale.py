"""How well lengths on the belt are known: the covariance of the fit carried to millimetres, and the ruler itself."""

import numpy as np
from numpy.typing import NDArray

from grader.calibration.belt import belt_coordinates, belt_plane
from grader.calibration.fit import INTRINSICS, CameraFit

Array = NDArray[np.float64]

SEGMENT_SHARE = 0.05
"""Length of the segments whose uncertainty is looked at, as a share of the picture's width: about a fruit's."""

GRID = (9, 7)
"""At how many places across and down the picture."""


def fit_u_rel(fit: CameraFit, belt_view: int, thickness_mm: float, size_px: tuple[int, int]) -> float:
    """Relative standard uncertainty of a length on the belt from the corners' noise, rms over the picture.

    The 15 parameters that matter (intrinsics, pose of the board in the belt view) have the covariance C = L Lᵀ. Each
    column of L is one independent standard deviation; the length s of a segment is worked out one such step to either
    side, and u²(s) = Σ ((s₊ - s₋) / 2)², first-order propagation as GUM 5.2 has it, by differences (GUM 5.1.4). Focal
    length and height are strongly correlated: taken one by one, their deviations would be counted twice.
    """
    pose = len(INTRINSICS) + 6 * belt_view
    chosen = [*range(len(INTRINSICS)), *range(pose, pose + 6)]
    eigenvalues, vectors = np.linalg.eigh(fit.covariance[np.ix_(chosen, chosen)])
    steps = (vectors * np.sqrt(np.clip(eigenvalues, 0, None))).T
    middle = np.concatenate([fit.intrinsics, fit.rotations[belt_view], fit.translations_mm[belt_view]])
    segments_px = _segments(size_px)
    lengths = _lengths(middle, segments_px, thickness_mm)
    changes = np.array(
        [
            _lengths(middle + step, segments_px, thickness_mm) - _lengths(middle - step, segments_px, thickness_mm)
            for step in steps
        ]
    )
    variances = np.sum((changes / 2 / lengths) ** 2, axis=0)
    return float(np.sqrt(np.mean(variances)))


def scale_u(fit_u: float, board_u: float) -> float:
    """Both parts together: they are independent, so their squares add (GUM 5.1.2)."""
    return float(np.hypot(fit_u, board_u))


def _segments(size_px: tuple[int, int]) -> Array:
    """(n, 2, 2), px: both ends of segments across and down, spread evenly over the picture, none beyond its edge."""
    width, height = size_px
    half = SEGMENT_SHARE * width / 2
    across, down = np.meshgrid(
        np.linspace(half, width - 1 - half, GRID[0]), np.linspace(half, height - 1 - half, GRID[1])
    )
    centres = np.column_stack([across.ravel(), down.ravel()])
    ends = [[centres - step, centres + step] for step in (np.array([half, 0]), np.array([0, half]))]
    return np.concatenate([np.stack(pair, axis=1) for pair in ends])


def _lengths(parameters: Array, segments_px: Array, thickness_mm: float) -> Array:
    """(n,), mm: the segments' lengths on the belt for the 15 parameters: nine intrinsics, rotation, translation."""
    fx, fy, cx, cy = parameters[:4]
    matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    belt = belt_plane(parameters[9:12], parameters[12:15], thickness_mm)
    ends = belt_coordinates(segments_px.reshape(-1, 2), matrix, parameters[4:9], belt).reshape(-1, 2, 2)
    lengths: Array = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    return lengths
