"""Which of the pictures that come one after another are to be kept: the board is still, and where it was not before."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from grader.calibration.board import Board
from grader.calibration.views import View, why_unusable

STILL_PX = 1.0
"""A corner of a board that is held still moves less than this from one picture to the next. A hand that moves goes many
times as far in a quarter of a second, and nothing that is so slow blurs an exposure of a millisecond."""
STILL_PICTURES = 2
"""So many pictures in a row must show it still: the second has no blur of the movement before it."""
NEW_PLACE_SHARE = 0.04
"""Of the picture's width: a board whose corners lie so far from where they lay, on the mean, is in a new place, be it
moved, turned or tilted."""
SHARED = 0.5
"""Views that have less than this share of their corners in common show different parts of the board: a new place."""


class Seen(StrEnum):
    """What a picture shows of the board."""

    NO_BOARD = "no_board"
    """Or too little of it."""
    MOVING = "moving"
    KNOWN_PLACE = "known_place"
    """A view of it is kept already."""
    NEW_PLACE = "new_place"


@dataclass(slots=True)
class StillBoard:
    """Looks at one picture after the other."""

    board: Board
    last: View | None = None
    still_pictures: int = 0
    """In a row, the last one among them."""

    def look(self, view: View) -> bool:
        """Whether the board is still in `view`, the next picture."""
        if why_unusable(view, self.board) is not None:
            self.last, self.still_pictures = None, 0
            return False
        moved_px = None if self.last is None else apart_px(view, self.last)
        self.still_pictures = self.still_pictures + 1 if moved_px is not None and moved_px < STILL_PX else 1
        self.last = view
        return self.still_pictures >= STILL_PICTURES


class ViewCapture:
    """Keeps views of a board that somebody moves about under the camera."""

    def __init__(self, board: Board) -> None:
        self.views: list[View] = []
        self._kept = 0
        self._still = StillBoard(board)

    def look(self, view: View) -> Seen:
        """Look at the next picture's `view`; on `NEW_PLACE` it has been kept, as `view 1` and so on."""
        still = self._still.look(view)
        if self._still.last is None:
            return Seen.NO_BOARD
        if not still:
            return Seen.MOVING
        limit_px = NEW_PLACE_SHARE * view.size_px[0]
        for kept in self.views:
            far_px = apart_px(view, kept)
            if far_px is not None and far_px < limit_px:
                return Seen.KNOWN_PLACE
        self._kept += 1
        self.views.append(replace(view, name=f"view {self._kept}"))
        return Seen.NEW_PLACE

    def forget(self, name: str) -> None:
        """Do without the view `name`."""
        self.views = [view for view in self.views if view.name != name]


def apart_px(one: View, other: View) -> float | None:
    """How far corners lie from where they lay, the mean over those in both views; None: too few are in both."""
    _, of_one, of_other = np.intersect1d(one.ids, other.ids, return_indices=True)
    if len(of_one) == 0 or len(of_one) < SHARED * min(len(one.ids), len(other.ids)):
        return None
    off = one.corners_px[of_one].astype(np.float64) - other.corners_px[of_other]
    return float(np.hypot(off[:, 0], off[:, 1]).mean())
