"""A board that cannot be printed is refused before any picture is looked at."""

import pytest

from grader.calibration.board import Board
from grader.calibration.errors import BoardError


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((9, 7, 25, 18, "DICT_5X5_120"), "did you mean DICT_5X5_250"),
        ((9, 7, 25, 18, "chessboard"), "a name such as DICT_5X5_100"),
        ((9, 7, 18, 25, "DICT_5X5_100"), "a marker of 25 mm does not fit into a square of 18 mm"),
        ((9, 7, 25, 25, "DICT_5X5_100"), "does not fit"),
        ((2, 7, 25, 18, "DICT_5X5_100"), "too small"),
        ((15, 14, 25, 18, "DICT_5X5_100"), "DICT_5X5_100 holds 100 markers, a board of 15x14 squares needs 105"),
    ],
)
def test_an_impossible_board_is_refused_in_words(arguments: tuple[int, int, float, float, str], text: str) -> None:
    with pytest.raises(BoardError, match=text.replace("(", r"\(")):
        Board(*arguments)


def test_corners_are_those_between_the_squares() -> None:
    board = Board(9, 7, 25, 18, "DICT_5X5_100")
    assert board.corner_count == 48
    assert board.corners_mm()[[0, -1]].tolist() == [[25, 25, 0], [200, 150, 0]]
    assert len(board.markers_mm()) == 31
