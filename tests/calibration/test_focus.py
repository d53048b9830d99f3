"""How sharp a picture is, in pixels, by the edges of the board; and how it is exposed."""

import cv2
import numpy as np
import pytest

from grader.calibration.board import Board
from grader.calibration.focus import SHARP_PX, edge_rise_px, exposure
from grader.calibration.views import detect
from tests.calibration.conftest import BELT_POSE, KnownCamera, Picture, Pose
from tests.conftest import ROOT


def rise(picture: Picture, board: Board) -> float | None:
    return edge_rise_px(picture, detect("now", picture, board), board)


def test_the_rise_is_that_of_the_blur(camera: KnownCamera, board: Board) -> None:
    """A step blurred by a Gaussian rises from 10 to 90 % in 2.563 standard deviations; the pixel itself adds to it.

    Of more blur than there is margin around a marker it says only that it is more.
    """
    sharp = rise(camera.photograph(board, BELT_POSE), board)
    assert sharp is not None
    blurred = [rise(camera.photograph(board, BELT_POSE, blur_px=blur_px), board) or 0 for blur_px in (0.7, 1, 1.5, 2)]
    assert blurred[:2] == pytest.approx(np.hypot(2.563 * np.array([0.7, 1]), sharp).tolist(), rel=0.1)
    assert sorted(blurred) == blurred


def test_it_says_the_same_wherever_the_board_lies(camera: KnownCamera, board: Board) -> None:
    poses = (BELT_POSE, Pose(20, 10, 260, 15, -10, 40), Pose(-15, -12, 250, -12, 12, 100))
    rises = [rise(camera.photograph(board, pose, blur_px=1.0), board) for pose in poses]
    assert all(one is not None and abs(one - 2.9) < 0.3 for one in rises), rises


def test_without_a_board_nothing_is_said(board: Board) -> None:
    assert rise(np.full((480, 640, 3), 90, np.uint8), board) is None


def test_a_blur_that_costs_fruit_is_no_longer_sharp() -> None:
    """docs/calibration.md: with 0.6 px of blur all fruit of rendered-belt are measured, with 1 px one in six is not."""
    bundled = cv2.imread(str(ROOT / "examples/demo/boards/board_belt.jpg"), cv2.IMREAD_COLOR)
    assert bundled is not None
    printed = Board(columns=9, rows=7, square_mm=25, marker_mm=18, dictionary="DICT_5X5_100")
    said = {
        blur: rise(np.asarray(cv2.GaussianBlur(bundled, (0, 0), blur), np.uint8), printed) for blur in (0.1, 0.6, 1.0)
    }
    assert said[0.1] is not None
    assert said[0.6] is not None
    assert said[1.0] is not None
    assert said[0.1] < said[0.6] <= SHARP_PX < said[1.0]


@pytest.mark.parametrize(("level", "dark", "bright"), [(60, True, False), (200, False, False), (255, False, True)])
def test_exposure_is_too_dark_good_or_too_bright(level: int, dark: bool, bright: bool) -> None:  # noqa: FBT001
    picture = np.full((100, 100, 3), 40, np.uint8)
    picture[:30] = level
    light = exposure(picture)
    assert (light.too_dark, light.too_bright) == (dark, bright)
    assert light.clipped_share == pytest.approx(0.3 if bright else 0.0)
