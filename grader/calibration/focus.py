"""Focus and exposure, from any picture in which the board is seen: what one looks at while turning lens and aperture.

How sharp a picture is can be told without knowing what it shows only against itself. The board's edges are known to be
steps, so the width of their rise is a figure in pixels that means the same on every day and with every lens.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.board import Board
from grader.calibration.chart_colours import BRIGHTEST, DARKEST_WHITE
from grader.calibration.views import View

Array = NDArray[np.float64]

SHARP_PX = 2.7
"""Widest rise from 10 to 90 % that is taken as sharp. Rendered boards have 2.2 px. Blurred until they have 2.7, all 144
fruit of `rendered-belt` are measured, 95 % of them to 0.09 mm as before; at 2.8 vision calls the first ones blurred, at
3.4 one in six: docs/calibration.md."""
CLIPPED_SHARE = 0.001
"""Of the picture: a shine or two. Clipped colours are unknown."""
WHITE_SHARE = 0.01
"""The board's paper is brighter than all but this share of the picture."""

FEWEST_EDGES = 8
"""Of the board, from whose rises the median is taken."""
REACH_PX, STEP_PX = 14.0, 0.25
"""How far to either side of an edge is looked at most, and how finely."""
MARGIN_SHARE, LEAST_REACH_PX = 0.85, 1.5 * SHARP_PX
"""A white square has a marker in its middle: so much of the margin around it is looked at. A print that is too small in
the picture leaves too little to tell how wide an edge rises."""
ALONG = np.linspace(0.3, 0.7, 9, dtype=np.float32)
"""Where an edge between two corners is crossed, as shares of it: the corners themselves belong to four squares."""
ENDS_SHARE = 1 / 7
"""Of a profile, at either end: what is black and what is white."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a picture is exposed."""

    clipped_share: float
    """Of its pixels, in at least one channel."""
    white: float
    """Grey level that all but `WHITE_SHARE` of the pixels stay below, in their brightest channel."""

    @property
    def too_bright(self) -> bool:
        """Whether colours are lost."""
        return self.clipped_share > CLIPPED_SHARE

    @property
    def too_dark(self) -> bool:
        """Whether colours drown in noise."""
        return self.white < DARKEST_WHITE


def exposure(picture_bgr: NDArray[np.uint8]) -> Exposure:
    """How `picture_bgr` (h, w, 3), in which the board is seen, is exposed."""
    levels = np.bincount(picture_bgr.max(axis=2).ravel(), minlength=256)
    share = levels / levels.sum()
    below = np.cumsum(share)
    return Exposure(float(share[int(BRIGHTEST) :].sum()), float(np.searchsorted(below, 1 - WHITE_SHARE)))


def edge_rise_px(picture_bgr: NDArray[np.uint8], view: View, board: Board) -> float | None:
    """Width in which the board's edges rise from 10 to 90 % in `picture_bgr` (h, w, 3), the median over all, px.

    `view` says where its corners are. None: too few of them are seen side by side.
    """
    ends = _edges(view, board)
    if len(ends) < FEWEST_EDGES:
        return None
    square_px = float(np.median(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)))
    margin_px = (1 - board.marker_mm / board.square_mm) / 2 * square_px
    reach_px = min(REACH_PX, MARGIN_SHARE * margin_px)
    if reach_px < LEAST_REACH_PX:
        return None
    grey = cv2.cvtColor(picture_bgr, cv2.COLOR_BGR2GRAY)
    rises = _rises(_profiles(np.asarray(grey), ends, reach_px))
    return float(np.median(rises)) if len(rises) >= FEWEST_EDGES else None


def _edges(view: View, board: Board) -> NDArray[np.float32]:
    """(n, 2, 2) px: both ends of each side of a square whose corners were seen."""
    across = board.columns - 1
    seen = {int(number): place for number, place in zip(view.ids, view.corners_px, strict=True)}
    pairs = [
        (place, seen[beside])
        for number, place in seen.items()
        for beside in ([number + 1] if (number + 1) % across else []) + [number + across]
        if beside in seen
    ]
    return np.array(pairs, np.float32).reshape(-1, 2, 2)


def _profiles(grey: NDArray[np.uint8], ends: NDArray[np.float32], reach_px: float) -> Array:
    """(n, samples): grey levels across each edge, the mean of several crossings."""
    way = ends[:, 1] - ends[:, 0]
    unit = way / np.linalg.norm(way, axis=1, keepdims=True)
    normal = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    off = np.arange(-reach_px, reach_px, STEP_PX, dtype=np.float32)
    middles = ends[:, None, 0] + ALONG[None, :, None] * way[:, None]
    places = (middles[:, :, None] + off[None, None, :, None] * normal[:, None, None]).astype(np.float32)
    # One row an edge keeps the map narrower than the 32,767 columns that remap takes.
    flat = places.reshape(len(ends), -1, 2)
    levels = cv2.remap(grey, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profiles: Array = np.asarray(levels, np.float64).reshape(len(ends), len(ALONG), len(off)).mean(axis=1)
    return profiles


def _rises(profiles: Array) -> Array:
    """(m,) px: from 10 to 90 % of each profile (n, samples) that is a step at all."""
    falling = profiles[:, -1] < profiles[:, 0]
    profiles[falling] = profiles[falling, ::-1]
    ends = max(int(profiles.shape[1] * ENDS_SHARE), 1)
    black, white = profiles[:, :ends].mean(axis=1), profiles[:, -ends:].mean(axis=1)
    steps = white - black > DARKEST_WHITE / 4  # an edge in shade, or none
    shares = (profiles[steps] - black[steps, None]) / (white - black)[steps, None]
    rising = np.maximum.accumulate(shares, axis=1)
    off = np.arange(profiles.shape[1]) * STEP_PX
    ends_px = np.array([np.interp((0.1, 0.9), row, off) for row in rising], np.float64).reshape(-1, 2)
    widths: Array = ends_px[:, 1] - ends_px[:, 0]
    return widths
