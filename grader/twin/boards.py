"""Pictures of a ChArUco board under the twin's camera, and the calibration that the station's procedure makes of them.

The camera's truth goes into the pictures alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.metadata import version

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.board import Board
from grader.calibration.camera import calibrate_camera
from grader.calibration.document import Document
from grader.calibration.record import make_document, with_belt_colour
from grader.twin.belt import shine
from grader.twin.frames import FrameMaker
from grader.twin.sensor import expose
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.geometry import UNDISTORTED

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

BOARD = Board(columns=9, rows=7, square_mm=25.0, marker_mm=18.0, dictionary="DICT_5X5_100")
"""As `make demo`'s."""
BELT_VIEW, EMPTY_BELT = "board_belt", "empty_belt"

PRINT_PX_PER_MM = 8
PAPER, INK = 0.85, 0.04
"""Reflectances."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How somebody holds the board under the camera."""

    x: float
    """Of its middle, to the picture's right, as a share of the way to the middle; so are the next two."""
    y: float
    distance: float
    """1: as far as the belt."""
    tilt_x_deg: float
    tilt_y_deg: float
    turn_deg: float

    def of(self, board: Board, belt_mm: float) -> tuple[Array, Array]:
        """Rotation (3, 3) and translation (3,) mm from the board to a camera `belt_mm` above the belt."""
        rotation = np.eye(3)
        for angle, axis in ((self.tilt_x_deg, 0), (self.tilt_y_deg, 1), (self.turn_deg, 2)):
            vector = np.zeros(3)
            vector[axis] = np.radians(angle)
            rotation = rotation @ np.asarray(cv2.Rodrigues(vector)[0], np.float64)
        far_mm = self.distance * belt_mm
        return rotation, np.array([self.x * far_mm, self.y * far_mm, far_mm]) - rotation @ _middle_mm(board)


POSES = (
    Pose(0.0, 0.0, 0.80, 12, -10, 3),
    Pose(-0.13, -0.08, 0.85, 22, 18, -6),
    Pose(0.13, -0.08, 0.85, 20, -20, 8),
    Pose(-0.13, 0.08, 0.85, -22, 18, 10),
    Pose(0.13, 0.08, 0.85, -20, -20, -9),
    Pose(0.0, -0.10, 0.78, 26, 4, 176),
    Pose(0.0, 0.10, 0.78, -26, -5, 184),
    Pose(-0.16, 0.0, 0.82, 4, 26, 95),
    Pose(0.16, 0.0, 0.82, -5, -26, 86),
    Pose(-0.18, -0.13, 0.95, -14, -12, 30),
    Pose(0.18, 0.13, 0.95, 14, 12, -30),
    Pose(0.18, -0.13, 0.92, 10, -24, 150),
    Pose(-0.18, 0.13, 0.92, -10, 24, -150),
    Pose(0.02, 0.01, 0.66, 5, 8, 45),
)


def pose_name(nth: int) -> str:
    """Of `POSES`, from 0."""
    return f"board_{nth + 1:02}"


THINGS = (*(pose_name(nth) for nth in range(len(POSES))), BELT_VIEW, EMPTY_BELT)
"""What somebody can hold or lay under the camera."""


class BoardCamera:
    """The twin's camera while the belt stands and somebody holds a board under it."""

    def __init__(self, frames: FrameMaker, seed: int = 1, board: Board = BOARD) -> None:
        self.board = board
        self._frames = frames
        self._view = frames.catalogue.view
        self._sensor = frames.catalogue.settings.sensor
        self._seed = seed
        self._taken: dict[str, Picture] = {}

    def pictures(self) -> Iterator[tuple[str, Picture]]:
        """Names and pictures: `board_01` ..., `board_belt`, `empty_belt`."""
        for thing in THINGS:
            yield thing, self.picture(thing)

    def picture(self, thing: str) -> Picture:
        """What the camera sees of one of `THINGS`, (h, w, 3) BGR; the same each time."""
        if thing not in self._taken:
            self._taken[thing] = self._picture(thing)
        return self._taken[thing]

    def _picture(self, thing: str) -> Picture:
        if thing == EMPTY_BELT:
            return self._frames.frame([], 0)
        if thing == BELT_VIEW:
            return self._take(*self._lying(), 0)
        nth = THINGS.index(thing)
        return self._take(*POSES[nth].of(self.board, float(self._view.eye[2])), nth + 1)

    def _lying(self) -> tuple[Array, Array]:
        """Rotation and translation of the board flat on the belt, nearly straight."""
        turn = np.radians(3.0)
        flat = np.array(
            [[np.cos(turn), np.sin(turn), 0], [np.sin(turn), -np.cos(turn), 0], [0.0, 0.0, -1.0]]
        )  # x and y as printed, z into the board and so into the belt
        belt = self._view.belt
        rotation = belt.rotation @ flat
        middle = belt.rotation @ np.array([3.0, -2.0, self.board.thickness_mm]) + belt.translation_mm
        return rotation, middle - rotation @ _middle_mm(self.board)

    def _take(self, rotation: Array, translation_mm: Array, nth: int) -> Picture:
        share, ink = self._seen(rotation, translation_mm)
        paper = self._brightness * (INK + (PAPER - INK) * ink)
        light = self._belt * (1 - share)[..., None] + (paper * share)[..., None]
        return expose(light.astype(np.float32), self._sensor, 0.0, np.random.default_rng([self._seed, 5, nth]))

    def _seen(self, rotation: Array, translation_mm: Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(rows, columns) each: the share of every pixel that shows the board, and how white it is, from 4 samples."""
        board, scale = self.board, PRINT_PX_PER_MM
        print_px = (round(board.columns * board.square_mm * scale), round(board.rows * board.square_mm * scale))
        printed = np.asarray(board.opencv().generateImage(print_px), np.float32) / 255
        # From the board's plane, mm, to the picture's undistorted plane, and back.
        plane = np.column_stack([rotation[:, :2], translation_mm])
        to_print = np.array([[scale, 0, -0.5], [0, scale, -0.5], [0, 0, 1.0]]) @ np.linalg.inv(plane)
        both = np.dstack([printed, np.ones_like(printed)])
        total = np.zeros((*self._straight.shape[:2], 2), np.float32)
        along_x, along_y = (np.gradient(self._straight, axis=axis) / 4 for axis in (1, 0))
        for right, down in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            sight = (self._straight + right * along_x + down * along_y).reshape(1, -1, 2)
            place = np.asarray(cv2.perspectiveTransform(sight, to_print), np.float32).reshape(total.shape)
            total += cv2.remap(both, place[..., 0], place[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        share = total[..., 1] / 4
        white = total[..., 0] / 4 / np.maximum(share, np.float32(1e-6))
        return np.asarray(share, np.float32), np.asarray(white, np.float32)

    @cached_property
    def _straight(self) -> Array:
        """(rows, columns, 2): the sight through each pixel's centre, on the plane at distance 1 from the camera."""
        camera = self._view.camera
        width, height = camera.size_px
        pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(-1, 1, 2)
        straight = cv2.undistortPointsIter(
            pixels.astype(np.float64), camera.matrix, camera.distortion, np.eye(3), np.eye(3), UNDISTORTED
        )
        return np.asarray(straight, np.float64).reshape(height, width, 2)

    @cached_property
    def _belt(self) -> NDArray[np.float32]:
        scenery = self._frames.catalogue.scenery
        return shine(scenery.belt, self._view, scenery.light, [])

    @cached_property
    def _brightness(self) -> NDArray[np.float32]:
        """(rows, columns): the light on the belt, 1 in the middle, without the belt's grain."""
        blue = cv2.GaussianBlur(self._belt[..., 0], (0, 0), 12)
        return np.asarray(blue / np.median(blue), np.float32)


def calibrate(camera: BoardCamera, created: datetime) -> Document:
    """The station's own procedure on the pictures that `camera` takes: board views, belt view, empty belt."""
    pictures = dict(camera.pictures())
    empty = pictures.pop(EMPTY_BELT)
    result = calibrate_camera(list(pictures), BELT_VIEW, pictures.__getitem__, camera.board)
    software = {name: version(name) for name in ("strawberry-grader", "numpy", "opencv-python-headless")}
    document = make_document(result, camera.board, created, software)
    return with_belt_colour(document, learn_belt_colour(empty), EMPTY_BELT)


def _middle_mm(board: Board) -> Array:
    return np.array([board.columns, board.rows, 0]) * board.square_mm / 2
