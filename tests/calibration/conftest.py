"""A camera of known truth that photographs boards: every view is warped from the board's own print."""

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.calibration.board import Board
from grader.calibration.views import View

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

PRINT_PX_PER_MM = 8


@dataclass(frozen=True)
class Pose:
    """Where a board is: its centre in the camera's frame, and how it is tilted and turned."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    distance_mm: float = 300.0
    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0
    turn_deg: float = 0.0

    def of(self, board: Board) -> tuple[Array, Array]:
        """Rotation (3, 3) and translation (3,) mm, board to camera."""
        rotation = np.eye(3)
        for angle, axis in ((self.tilt_x_deg, 0), (self.tilt_y_deg, 1), (self.turn_deg, 2)):
            vector = np.zeros(3)
            vector[axis] = np.radians(angle)
            rotation = rotation @ np.asarray(cv2.Rodrigues(vector)[0])
        centre = np.array([board.columns, board.rows, 0]) * board.square_mm / 2
        return rotation, np.array([self.x_mm, self.y_mm, self.distance_mm]) - rotation @ centre


@dataclass
class KnownCamera:
    """A camera whose every parameter is known."""

    size_px: tuple[int, int] = (640, 480)
    matrix: Array = field(default_factory=lambda: np.array([[900.0, 0, 322.3], [0, 902.0, 236.8], [0, 0, 1]]))
    distortion: Array = field(default_factory=lambda: np.array([-0.12, 0.06, 0.0005, -0.0004, 0.0]))
    noise: np.random.Generator = field(default_factory=lambda: np.random.default_rng(20261123))

    @cached_property
    def _sight(self) -> Array:
        """(2 h, 2 w, 3): the lines of sight of four points in each pixel."""
        width, height = self.size_px
        u, v = np.meshgrid((np.arange(2 * width) - 0.5) / 2, (np.arange(2 * height) - 0.5) / 2)
        points = np.stack([u, v], axis=-1).reshape(-1, 1, 2)
        precise = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 40, 1e-9)
        straight = cv2.undistortPointsIter(points, self.matrix, self.distortion, np.eye(3), np.eye(3), precise)
        return np.concatenate(
            [straight.reshape(2 * height, 2 * width, 2), np.ones((2 * height, 2 * width, 1))], axis=-1
        )

    def photograph(self, board: Board, pose: Pose, *, blur_px: float = 0.0) -> Picture:
        """(h, w, 3): a picture of `board` on a grey belt, with a little noise."""
        rotation, translation = pose.of(board)
        up = rotation[:, 2]
        reach = (translation @ up) / (self._sight @ up)
        place_mm = (self._sight * reach[..., None] - translation) @ rotation
        place_px = (place_mm[..., :2] * PRINT_PX_PER_MM - 0.5).astype(np.float32)
        size = (round(board.columns * board.square_mm), round(board.rows * board.square_mm))
        print_ = board.opencv().generateImage((size[0] * PRINT_PX_PER_MM, size[1] * PRINT_PX_PER_MM))
        seen = cv2.remap(
            print_, place_px, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=90
        )
        grey = cv2.resize(seen, self.size_px, interpolation=cv2.INTER_AREA).astype(np.float64) * 0.8 + 20
        if blur_px:
            grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), blur_px))
        noisy = np.clip(np.rint(grey + self.noise.normal(0, 1.0, grey.shape)), 0, 255).astype(np.uint8)
        return np.repeat(noisy[..., None], 3, axis=2)

    def see(self, name: str, board: Board, pose: Pose, noise_px: float = 0.0) -> View:
        """The view that such a picture would give, without the picture: corners projected, with Gaussian noise."""
        rotation, translation = pose.of(board)
        vector = np.asarray(cv2.Rodrigues(rotation)[0])
        corners, _ = cv2.projectPoints(board.corners_mm(), vector, translation, self.matrix, self.distortion)
        corners = np.asarray(corners, np.float64).reshape(-1, 2)
        corners += self.noise.normal(0, noise_px, corners.shape)
        inside = np.all((corners > 1) & (corners < np.array(self.size_px) - 2), axis=1)
        return View(
            name=name,
            size_px=self.size_px,
            ids=np.flatnonzero(inside).astype(np.int32),
            corners_px=corners[inside].astype(np.float32),
            marker_ids=np.empty(0, np.int32),
            markers_px=np.empty((0, 4, 2), np.float32),
        )


BELT_POSE = Pose(distance_mm=300, tilt_x_deg=1.0, tilt_y_deg=-0.7, turn_deg=4)

POSES = {
    "belt": BELT_POSE,
    "left": Pose(-45, 5, 250, 20, -15, 10),
    "right": Pose(45, -5, 255, -18, 16, -12),
    "upper": Pose(10, -32, 240, 22, 8, 95),
    "lower": Pose(-8, 32, 245, -20, -12, 80),
    "upper left": Pose(-38, -28, 270, 15, 20, -30),
    "lower right": Pose(38, 28, 270, -15, -20, 170),
    "upper right": Pose(38, -28, 265, -16, 18, 45),
    "lower left": Pose(-38, 28, 265, 17, -18, -60),
}
"""All above the belt, as boards are, and all over the picture."""


@pytest.fixture(scope="session")
def board() -> Board:
    """A small board, as a station would have."""
    return Board(columns=8, rows=6, square_mm=18, marker_mm=13, dictionary="DICT_4X4_50")


@pytest.fixture
def camera() -> KnownCamera:
    """A camera of known truth."""
    return KnownCamera()


@pytest.fixture(scope="session")
def pictures(board: Board) -> dict[str, Picture]:
    """One picture for each of `POSES`."""
    camera = KnownCamera()
    return {name: camera.photograph(board, pose) for name, pose in POSES.items()}
