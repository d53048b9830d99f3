"""Pictures for the technician: where the board was seen, and by how much each corner is off."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration import checks
from grader.calibration.views import View

Picture = NDArray[np.uint8]

INK, PAPER, SEEN, BEYOND, EMPTY = (40, 40, 40), (255, 255, 255), (214, 157, 60), (225, 225, 225), (190, 190, 255)
FINE, DOUBTFUL, BAD = (60, 150, 30), (0, 140, 255), (40, 40, 220)
"""Colours, BGR. An arrow is fine up to twice the rms, doubtful up to four times, bad beyond."""

ARROW_SHARE = 0.02
"""Length of an arrow that stands for the rms, as a share of the picture's width."""


def draw_coverage(views: Sequence[View], size_px: tuple[int, int]) -> Picture:
    """Draw every corner of all `views` and how many lie in each field.

    On grey ground, beyond the outermost corners, the distortion is extrapolated; a field without any corner is red.
    """
    width, height = size_px
    canvas = np.full((height, width, 3), BEYOND, np.uint8)
    corners = np.concatenate([view.corners_px for view in views])
    cv2.fillConvexPoly(canvas, cv2.convexHull(corners).astype(np.int32), PAPER, cv2.LINE_AA)
    inside = float(np.mean(np.all(canvas == PAPER, axis=2)))
    counts = checks.seen(views, size_px)
    down, across = counts.shape
    for (row, column), count in np.ndenumerate(counts):
        start = (width * column // across, height * row // down)
        end = (width * (column + 1) // across, height * (row + 1) // down)
        if count == 0:
            cv2.rectangle(canvas, start, end, EMPTY, cv2.FILLED)
        cv2.rectangle(canvas, start, end, INK, 1)
        _write(canvas, str(count), (start[0] + width // 120, end[1] - height // 100), size=0.9)
    for corner in corners:
        cv2.circle(canvas, _point(corner), max(2, width // 350), SEEN, cv2.FILLED, cv2.LINE_AA)
    empty = int(np.sum(counts == 0))
    _caption(
        canvas,
        f"{len(views)} views, {len(corners)} corners span {inside:.0%}; grey: a guess; empty fields: {empty}",
    )
    return canvas


def enlargement(rms_px: float, width_px: int) -> int:
    """How much arrows are enlarged, so that the rms is `ARROW_SHARE` of the width: 1, 2 or 5 times a power of ten."""
    wanted = ARROW_SHARE * width_px / max(rms_px, 1e-6)
    power = 10 ** int(np.floor(np.log10(max(wanted, 1.0))))
    return int(max(step * power for step in (1, 2, 5) if step == 1 or step * power <= wanted))


def draw_residuals(
    canvas: Picture, views: Sequence[View], residuals_px: Sequence[NDArray[np.float64]], rms_px: float
) -> Picture:
    """Draw, on a faded copy of `canvas` (h, w, 3), an arrow from where each corner should be towards where it was seen.

    `residuals_px` are those of `views`, (corners, 2) each, seen minus explained; `rms_px` sets colours and enlargement.
    """
    width = canvas.shape[1]
    drawn = cv2.addWeighted(canvas, 0.45, np.full_like(canvas, 255), 0.55, 0)
    times = enlargement(rms_px, width)
    for view, residuals in zip(views, residuals_px, strict=True):
        for corner, residual in zip(view.corners_px, residuals, strict=True):
            off = float(np.linalg.norm(residual))
            colour = FINE if off <= 2 * rms_px else DOUBTFUL if off <= 4 * rms_px else BAD
            start = corner - residual
            tip = start + times * residual
            cv2.arrowedLine(
                drawn, _point(start), _point(tip), colour, max(1, width // 700), cv2.LINE_AA, tipLength=0.25
            )
    worst = max(float(np.linalg.norm(residuals, axis=1).max()) for residuals in residuals_px)
    name = views[0].name if len(views) == 1 else f"{len(views)} views"
    _caption(np.asarray(drawn, np.uint8), f"{name}: arrows {times} x enlarged; worst corner off by {worst:.2f} px")
    return np.asarray(drawn, np.uint8)


def _point(place: NDArray[np.float32] | NDArray[np.float64]) -> tuple[int, int]:
    """`place` (2,), px, as OpenCV draws it."""
    return round(float(place[0])), round(float(place[1]))


def _write(canvas: Picture, text: str, place: tuple[int, int], size: float) -> None:
    """Write `text` with its lower left corner at `place`; `size` 1 suits a picture 1456 px wide."""
    scale = size * canvas.shape[1] / 1456
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, INK, max(1, round(1.5 * scale)), cv2.LINE_AA)


def _caption(canvas: Picture, text: str) -> None:
    """Write `text` on a white strip along the upper edge of `canvas`."""
    height = canvas.shape[1] // 36
    cv2.rectangle(canvas, (0, 0), (canvas.shape[1], height), PAPER, cv2.FILLED)
    _write(canvas, text, (height // 3, round(height * 0.72)), size=0.8)
