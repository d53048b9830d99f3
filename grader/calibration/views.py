"""One picture of the board becomes a view: where in the picture each corner of the board was seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from grader.calibration.board import Board
from grader.calibration.errors import ViewsError

_Found = tuple[MatLike | None, MatLike | None, list[MatLike] | None, MatLike | None]
"""What the detector gives; OpenCV's own types leave out that nothing may be found."""

LEAST_CORNERS = 12
"""In a view that is used: a quarter of a 9x7 board. A pose has six unknowns; fewer corners hardly outweigh them."""

OFF_BOARD_SQUARES = 0.25
"""A corner further than this from where the board's flatness puts it is misread; no lens bends a picture so much."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The corners that were seen in one picture."""

    name: str
    size_px: tuple[int, int]
    """Width and height of the picture."""
    ids: NDArray[np.int32]
    """(n,): which corners, as indices of `Board.corners_mm`."""
    corners_px: NDArray[np.float32]
    """(n, 2): where."""
    marker_ids: NDArray[np.int32]
    """(m,): which markers."""
    markers_px: NDArray[np.float32]
    """(m, 4, 2): where their corners are, coarser than `corners_px`."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that says too little, and why."""

    name: str
    why: str


def detect(name: str, picture: NDArray[np.uint8], board: Board) -> View:
    """Find the board's corners in `picture`, (h, w, 3) BGR; a view without corners where there are none."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    found = cast("_Found", cv2.aruco.CharucoDetector(board.opencv()).detectBoard(grey))
    corners, ids, markers, marker_ids = (() if what is None else what for what in found)
    return View(
        name=name,
        size_px=(grey.shape[1], grey.shape[0]),
        ids=np.asarray(ids, np.int32).reshape(-1),
        corners_px=np.asarray(corners, np.float32).reshape(-1, 2),
        marker_ids=np.asarray(marker_ids, np.int32).reshape(-1),
        markers_px=np.asarray(markers, np.float32).reshape(-1, 4, 2),
    )


def board_to_picture(view: View, board: Board) -> NDArray[np.float64] | None:
    """(3, 3): the homography from the board (mm) to the picture (px); None where no flat board explains the corners."""
    if len(view.ids) < LEAST_CORNERS:
        return None
    place_mm = board.corners_mm()[view.ids, :2]
    homography = cast("MatLike | None", cv2.findHomography(place_mm, view.corners_px, cv2.LMEDS)[0])
    if homography is None:
        return None
    centre = place_mm.mean(axis=0)
    side = np.array([centre, centre + np.array([board.square_mm, 0], np.float32)], np.float32)
    square_px = float(np.linalg.norm(np.diff(_carry(side, homography), axis=0)))
    off_px = np.linalg.norm(_carry(place_mm, homography) - view.corners_px, axis=1)
    return np.asarray(homography, np.float64) if np.median(off_px) < OFF_BOARD_SQUARES * square_px else None


def why_unusable(view: View, board: Board) -> str | None:
    """Say why `view` tells too little to be used; None where it is fine."""
    if len(view.ids) < LEAST_CORNERS:
        return f"{len(view.ids)} of {board.corner_count} corners were found, {LEAST_CORNERS} are needed"
    if board_to_picture(view, board) is None:
        return "its corners do not lie as on a flat board"
    return None


def require_one_size(views: Iterable[View]) -> tuple[int, int]:
    """Width and height of all views; raises `ViewsError` where they differ."""
    names: dict[tuple[int, int], list[str]] = {}
    for view in views:
        names.setdefault(view.size_px, []).append(view.name)
    usual, *others = sorted(names, key=lambda size: -len(names[size]))
    if others:
        odd = ", ".join(f"{names[size][0]} is {size[0]} x {size[1]}" for size in others)
        raise ViewsError(
            f"the views are of different sizes: most are {usual[0]} x {usual[1]} px, but {odd}. "
            "All must come from the camera as it will be used: leave the others out"
        )
    return usual


def _carry(points: NDArray[np.float32], homography: MatLike) -> NDArray[np.float32]:
    """(n, 2) points through a homography."""
    return np.asarray(cv2.perspectiveTransform(points[None], homography)[0], np.float32)
