"""The ChArUco board: squares like a chessboard's, with a marker in every white one, so that a part of it is enough."""

from dataclasses import dataclass
from difflib import get_close_matches

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.errors import BoardError

DICTIONARIES = tuple(sorted(name for name in dir(cv2.aruco) if name.startswith("DICT_") and name.upper() == name))
"""The marker dictionaries that OpenCV knows by name."""

BOARD_U_REL = 5e-4
"""Relative standard uncertainty of a board's size, where nobody states another: 0.1 mm over 200 mm, which is what
measuring the print with a caliper or a steel rule leaves. Printers miss by more (0.1 to 1 %): do measure it."""

LEAST_SQUARES = 3
"""Along either side: fewer leave less than 2x2 inner corners, and those carry no perspective."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board as it was printed; raises `BoardError` where no such board can exist."""

    columns: int
    """Squares along the first side, that of the first marker row."""
    rows: int
    """Squares along the other side."""
    square_mm: float
    """Side of a square, as measured on the print."""
    marker_mm: float
    """Side of a marker, as measured on the print."""
    dictionary: str
    """OpenCV's name, such as DICT_5X5_100."""
    legacy_pattern: bool = False
    """True: printed by OpenCV before 4.6, whose boards with an even number of rows begin with a white square."""
    thickness_mm: float = 0.0
    """How high its print lies above what it is laid on."""
    u_rel: float = BOARD_U_REL
    """Relative standard uncertainty of its size."""

    def __post_init__(self) -> None:
        """Refuse what cannot be printed."""
        if self.dictionary not in DICTIONARIES:
            near = get_close_matches(self.dictionary.upper(), DICTIONARIES, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "it must be a name such as DICT_5X5_100"
            raise BoardError(f"there is no marker dictionary {self.dictionary!r}: {hint}")
        if min(self.columns, self.rows) < LEAST_SQUARES:
            raise BoardError(
                f"a board of {self.columns}x{self.rows} squares is too small: either side needs {LEAST_SQUARES}"
            )
        if not 0 < self.marker_mm < self.square_mm:
            raise BoardError(
                f"a marker of {self.marker_mm:g} mm does not fit into a square of {self.square_mm:g} mm: "
                "measure both on the print (the marker is the smaller, black one)"
            )
        holds = len(cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, self.dictionary)).bytesList)
        if holds < self.columns * self.rows // 2:
            raise BoardError(
                f"{self.dictionary} holds {holds} markers, a board of {self.columns}x{self.rows} squares needs "
                f"{self.columns * self.rows // 2}: one of the two is not what was printed"
            )

    @property
    def corner_count(self) -> int:
        """Number of inner corners, those where four squares meet."""
        return (self.columns - 1) * (self.rows - 1)

    def opencv(self) -> cv2.aruco.CharucoBoard:
        """The board in OpenCV's terms: origin at its outer corner, x along the columns, y along the rows, z into it."""
        dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, self.dictionary))
        board = cv2.aruco.CharucoBoard((self.columns, self.rows), self.square_mm, self.marker_mm, dictionary)
        board.setLegacyPattern(self.legacy_pattern)
        return board

    def corners_mm(self) -> NDArray[np.float32]:
        """(corner_count, 3), mm: the inner corners on the board, z = 0."""
        return np.asarray(self.opencv().getChessboardCorners(), np.float32)

    def markers_mm(self) -> dict[int, NDArray[np.float32]]:
        """The four corners of each marker, (4, 3) mm, by the marker's number."""
        board = self.opencv()
        places = (np.asarray(place, np.float32) for place in board.getObjPoints())
        return dict(zip((int(number) for number in np.ravel(board.getIds())), places, strict=True))
