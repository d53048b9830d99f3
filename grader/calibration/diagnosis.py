"""Why the board cannot be read, or is not the one described: other descriptions are tried until one reads it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.board import DICTIONARIES, Board
from grader.calibration.errors import BoardError
from grader.calibration.views import View, board_to_picture, detect

RATIO_LIMIT = 0.06
"""Between the ratio marker : square as described and as seen. Marker corners are found to a pixel, a marker is often
only thirty pixels wide, and a wrong one of two numbers is rarely nearer than this."""

MISCOUNTED = 3
"""By how many squares either way a board's size is tried."""

LOOKED_AT = 4
"""Pictures on which other descriptions are tried."""


def explain_unreadable(names: Sequence[str], read: Callable[[str], NDArray[np.uint8]], board: Board) -> str:
    """Say what to do about the pictures `names`, in which `board` was not found; `read` gives (h, w, 3) BGR by name."""
    tried = [(name, read(name)) for name in names[:LOOKED_AT]]
    for other, remedy in _other_boards(board):
        reading = [name for name, picture in tried if board_to_picture(detect(name, picture, other), other) is not None]
        if len(reading) > len(tried) / 2:
            return f"the board is another one than described: with {remedy} {reading[0]} is read"
    return (
        "no other description reads it either (tried: legacy pattern, columns and rows swapped or miscounted, every "
        "dictionary): is the whole board in sight, sharp, evenly lit and not mirrored?"
    )


def require_stated_ratio(views: Sequence[View], board: Board) -> None:
    """Raise `BoardError` where markers are larger or smaller against the squares, in all `views`, than described.

    The size of the board itself cannot be seen (a larger board further away looks the same), this ratio can.
    """
    sides_mm = np.concatenate([_marker_sides_mm(view, board) for view in views])
    seen_mm = float(np.median(sides_mm)) if len(sides_mm) else board.marker_mm
    if abs(seen_mm / board.marker_mm - 1) > RATIO_LIMIT:
        raise BoardError(
            f"if the squares are {board.square_mm:g} mm, the markers in the pictures are {seen_mm:.1f} mm, "
            f"not {board.marker_mm:g}: one of --square-mm and --marker-mm is wrong; measure both on the print"
        )


def require_stated_size(views: Sequence[View], board: Board) -> None:
    """Raise `BoardError` where the board in `views` is larger or smaller than described, though it can be read."""
    markers = set(board.markers_mm())
    strange = [view.name for view in views if set(view.marker_ids.tolist()) - markers]
    if len(strange) > len(views) / 2:
        raise BoardError(
            f"{strange[0]} shows markers that a board of {board.columns}x{board.rows} squares does not have: count the "
            "squares, columns x rows, and give them as --board"
        )
    corners = np.zeros((board.rows - 1) * (board.columns - 1), bool)
    for view in views:
        corners[view.ids] = True
    columns, rows = (np.flatnonzero(corners.reshape(board.rows - 1, -1).any(axis=axis)) for axis in (0, 1))
    seen = (int(np.ptp(columns)) + 2, int(np.ptp(rows)) + 2)
    if seen != (board.columns, board.rows):
        raise BoardError(
            f"no view shows more than {seen[0]}x{seen[1]} squares of a board described as "
            f"{board.columns}x{board.rows}: count the squares, columns x rows, or show the rest of the board"
        )


def _other_boards(board: Board) -> Iterator[tuple[Board, str]]:
    """Descriptions that people mix up with `board`, likeliest first, each with the words that say it."""
    flipped = replace(board, legacy_pattern=not board.legacy_pattern)
    yield flipped, "--legacy-pattern" if flipped.legacy_pattern else "--legacy-pattern left out"
    yield from _of_size(board, board.rows, board.columns)
    yield from _of_size(board, board.columns + 1, board.rows + 1)  # inner corners counted instead of squares
    yield from _of_size(board, board.rows + 1, board.columns + 1)
    for dictionary in DICTIONARIES:
        yield from _possible(board, f"--dictionary {dictionary}", dictionary=dictionary)
    around = range(-MISCOUNTED, MISCOUNTED + 1)
    for more in sorted(product(around, around), key=lambda more: abs(more[0]) + abs(more[1])):
        yield from _of_size(board, board.columns + more[0], board.rows + more[1])


def _of_size(board: Board, columns: int, rows: int) -> Iterator[tuple[Board, str]]:
    """`board` with so many squares, in the pattern described and, where that makes a difference, in the other one."""
    words = f"--board {columns}x{rows} (squares, columns x rows)"
    yield from _possible(board, words, columns=columns, rows=rows)
    if rows % 2 == 0:
        words += " without --legacy-pattern" if board.legacy_pattern else " and --legacy-pattern"
        yield from _possible(board, words, columns=columns, rows=rows, legacy_pattern=not board.legacy_pattern)


def _possible(board: Board, words: str, **changes: int | str | bool) -> Iterator[tuple[Board, str]]:
    """`board` with `changes`, where such a board can exist."""
    try:
        yield replace(board, **changes), words  # type: ignore[arg-type] # the fields' types differ, the calls' do not
    except BoardError:
        return


def _marker_sides_mm(view: View, board: Board) -> NDArray[np.float64]:
    """(4 m,): the sides of the markers in `view`, measured on the board by the flatness of its squares."""
    homography = board_to_picture(view, board)
    if homography is None or not len(view.markers_px):
        return np.empty(0)
    corners_mm = cv2.perspectiveTransform(view.markers_px.reshape(1, -1, 2), np.linalg.inv(homography))
    corners_mm = np.asarray(corners_mm, np.float64).reshape(-1, 4, 2)
    sides: NDArray[np.float64] = np.linalg.norm(corners_mm - np.roll(corners_mm, 1, axis=1), axis=2)
    return sides.ravel()
