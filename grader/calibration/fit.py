"""From views to the camera: bundle adjustment by OpenCV, and the covariance of everything that it estimated."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.board import Board
from grader.calibration.errors import ViewsError
from grader.calibration.views import View

Array = NDArray[np.float64]

INTRINSICS = ("fx_px", "fy_px", "cx_px", "cy_px", "k1", "k2", "p1", "p2", "k3")
"""The camera's parameters, in the order of `CameraFit.intrinsics` and of the covariance's first rows."""

K3_MUST_EXPLAIN = 0.05
"""k3 is estimated only if it lowers the rms by this share. On rendered views of a lens without it, k3 lowered the rms
by 1 %, came out at 0.59 with a standard deviation of 0.13, and moved the picture's corners by 1.5 px: it had fitted
the corner finder's own bias. Its standard deviation does not tell, since that takes the residuals to be noise."""

K3_MUST_EXCEED = 3.0
"""... and if it is this many standard deviations from nought."""

TOO_ALIKE = (
    "the views are too alike to tell the camera's focal length from its distance: "
    "tilt the board by 15 to 30 degrees to all sides, turn it, and bring it nearer and farther"
)

_ALIKE = 1e-12
"""Below this ratio of the least to the greatest eigenvalue of the scaled normal matrix, something is undetermined."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraFit:
    """The camera and the pose of the board in each view that explain the corners best, in the least-squares sense."""

    intrinsics: Array
    """(9,): as `INTRINSICS`."""
    rotations: Array
    """(n, 3): rotation vectors, board to camera."""
    translations_mm: Array
    """(n, 3): of the board's origin in the camera's frame."""
    covariance: Array
    """(9 + 6 n, 9 + 6 n): of the intrinsics, then of rotation and translation of each view; zero where held fixed."""
    rms_px: float
    """Root mean square of the distances between corners as seen and as explained."""
    view_rms_px: Array
    """(n,): the same, of each view."""
    residuals_px: list[Array]
    """Of each view, (corners, 2): seen minus explained."""

    @property
    def matrix(self) -> Array:
        """(3, 3), px: the camera matrix."""
        fx, fy, cx, cy = self.intrinsics[:4]
        return np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])

    @property
    def distortion(self) -> Array:
        """(5,): k1 k2 p1 p2 k3."""
        return self.intrinsics[4:]

    @property
    def intrinsics_sd(self) -> Array:
        """(9,): standard deviations of the intrinsics."""
        return np.sqrt(np.diag(self.covariance)[: len(INTRINSICS)])


def fit_camera(views: Sequence[View], board: Board, size_px: tuple[int, int]) -> CameraFit:
    """Fit the camera to `views`, k3 only where they determine it; raises `ViewsError` where they determine nothing."""
    with _one_thread():
        plain = _fit(views, board, size_px, with_k3=False)
        full = _fit(views, board, size_px, with_k3=True)
    explains = full.rms_px < (1 - K3_MUST_EXPLAIN) * plain.rms_px
    certain = abs(full.distortion[4]) > K3_MUST_EXCEED * full.intrinsics_sd[8]
    return full if explains and certain else plain


def _fit(views: Sequence[View], board: Board, size_px: tuple[int, int], *, with_k3: bool) -> CameraFit:
    """The fit with or without k3."""
    corners_mm = board.corners_mm()
    places = [corners_mm[view.ids] for view in views]
    start, no_distortion = np.eye(3), np.zeros(5)  # the start is OpenCV's own: without its guess flag it is not read
    try:
        _, matrix, distortion, rotations, translations = cv2.calibrateCamera(
            places,
            [view.corners_px for view in views],
            size_px,
            start,
            no_distortion,
            flags=0 if with_k3 else cv2.CALIB_FIX_K3,
        )
    except cv2.error as error:
        raise ViewsError(TOO_ALIKE) from error
    intrinsics = np.array([matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2], *np.ravel(distortion)])
    if not np.isfinite(intrinsics).all():
        raise ViewsError(TOO_ALIKE)

    free = len(INTRINSICS) if with_k3 else len(INTRINSICS) - 1
    residuals, slopes = [], []
    for number, (view, place) in enumerate(zip(views, places, strict=True)):
        explained, jacobian = cv2.projectPoints(place, rotations[number], translations[number], matrix, distortion)
        residuals.append(view.corners_px - np.asarray(explained, np.float64).reshape(-1, 2))
        slope = np.zeros((2 * len(place), len(INTRINSICS) + 6 * len(views)))
        slope[:, : len(INTRINSICS)] = jacobian[:, 6 : 6 + len(INTRINSICS)]
        slope[:, len(INTRINSICS) + 6 * number :][:, :6] = jacobian[:, :6]
        slopes.append(slope)
    squares = [np.sum(residual**2, axis=1) for residual in residuals]
    return CameraFit(
        intrinsics=intrinsics,
        rotations=np.reshape(rotations, (-1, 3)),
        translations_mm=np.reshape(translations, (-1, 3)),
        covariance=_covariance(np.concatenate(slopes), np.concatenate(squares), free),
        rms_px=float(np.sqrt(np.mean(np.concatenate(squares)))),
        view_rms_px=np.array([np.sqrt(np.mean(square)) for square in squares]),
        residuals_px=residuals,
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Hold OpenCV to one thread: several add in another order each time, and the same views must give the same hash."""
    usual = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(usual)


def _covariance(slopes: Array, squares: Array, free: int) -> Array:
    """Covariance of all parameters: (JᵀJ)⁻¹ Σr² / (equations - unknowns), zero for intrinsics from `free` on."""
    kept = np.ones(slopes.shape[1], bool)
    kept[free : len(INTRINSICS)] = False
    normal = slopes[:, kept].T @ slopes[:, kept]
    scale = 1 / np.sqrt(np.diag(normal))
    eigenvalues, vectors = np.linalg.eigh(normal * np.outer(scale, scale))
    if not eigenvalues[0] > _ALIKE * eigenvalues[-1]:
        raise ViewsError(TOO_ALIKE)
    variance = squares.sum() / (len(slopes) - kept.sum())
    covariance = np.zeros((slopes.shape[1],) * 2)
    covariance[np.ix_(kept, kept)] = np.outer(scale, scale) * ((vectors / eigenvalues) @ vectors.T) * variance
    return covariance
