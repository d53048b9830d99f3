"""From pictures of a board to a camera over its belt, and a plain sentence wherever that is not to be had."""

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest

from grader.calibration.belt import belt_coordinates, belt_plane, height_mm, tilt_deg
from grader.calibration.board import Board
from grader.calibration.camera import CameraResult, calibrate_camera
from grader.calibration.errors import BeltViewError, BoardError, FitError, ViewsError
from grader.errors import GraderError

from .conftest import BELT_POSE, POSES, KnownCamera, Picture, Pose

Pictures = Mapping[str, Picture]


def calibrated(pictures: Pictures, board: Board, belt_view: str = "belt") -> CameraResult:
    return calibrate_camera(list(pictures), belt_view, pictures.__getitem__, board)


@pytest.fixture(scope="module")
def result(pictures: Pictures, board: Board) -> CameraResult:
    return calibrated(pictures, board)


def test_pictures_give_the_focal_length_within_a_thousandth(result: CameraResult, camera: KnownCamera) -> None:
    assert result.fit.matrix[:2, :2] == pytest.approx(camera.matrix[:2, :2], rel=1e-3)
    assert result.fit.rms_px < 0.15
    assert result.left_out == []
    assert result.warnings == []


def test_pictures_give_the_belts_plane(result: CameraResult, board: Board) -> None:
    rotation, translation = BELT_POSE.of(board)
    assert height_mm(result.belt) == pytest.approx(rotation[:, 2] @ translation, abs=0.5)
    assert result.belt.rotation[:, 2] == pytest.approx(-rotation[:, 2], abs=0.004)


def test_lengths_on_the_belt_come_out_right_over_the_whole_picture(
    result: CameraResult, camera: KnownCamera, board: Board
) -> None:
    corners_mm = board.corners_mm()[:, :2].astype(np.float64)
    seen = camera.see("any", board, BELT_POSE)
    found = belt_coordinates(seen.corners_px.astype(np.float64), result.fit.matrix, result.fit.distortion, result.belt)
    lengths = np.linalg.norm(found[:, None] - found[None], axis=2)
    true = np.linalg.norm((corners_mm[:, None] - corners_mm[None])[seen.ids][:, seen.ids], axis=2)
    assert lengths == pytest.approx(true, rel=2e-3, abs=0.02)


def test_the_belts_frame_stands_at_the_cameras_foot_with_x_along_the_picture() -> None:
    rotation, translation = Pose(20, 10, 300, 3, -4, 77).of(Board(8, 6, 18, 13, "DICT_4X4_50"))
    vector = np.asarray(cv2.Rodrigues(rotation)[0], np.float64)[:, 0]
    belt = belt_plane(vector, translation, 0.0)
    x, y, up = belt.rotation.T
    assert belt.rotation.T @ belt.rotation == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(belt.rotation) == pytest.approx(1)
    assert (x[0], x[1]) == pytest.approx((1, 0), abs=0.01)
    assert y[1] < -0.99  # up the picture, whose y runs down
    assert up[2] < -0.99  # towards the camera
    assert np.cross(belt.translation_mm, up) == pytest.approx(0, abs=1e-9)  # straight below the camera
    assert tilt_deg(belt) == pytest.approx(5, abs=0.01)


def test_the_belt_lies_below_the_print_by_the_boards_thickness(pictures: Pictures, board: Board) -> None:
    thin = calibrated(pictures, board)
    thick = calibrated(pictures, replace(board, thickness_mm=5))
    assert height_mm(thick.belt) - height_mm(thin.belt) == pytest.approx(5)


def test_the_same_pictures_give_the_same_figures_to_the_last_bit(pictures: Pictures, board: Board) -> None:
    one, other = calibrated(pictures, board), calibrated(pictures, board)
    assert np.array_equal(one.fit.covariance, other.fit.covariance)
    assert np.array_equal(one.belt.rotation, other.belt.rotation)


def test_a_blurred_a_partial_and_a_repeated_view_are_left_out_and_named(
    pictures: Pictures, board: Board, camera: KnownCamera
) -> None:
    partial = pictures["right"].copy()
    partial[:, 330:] = 60
    spoilt = {
        **pictures,
        "blurred": camera.photograph(board, POSES["upper"], blur_px=6),
        "partial": partial,
        "again": camera.photograph(board, POSES["lower"]),
    }
    result = calibrated(spoilt, board)
    reasons = {view.name: view.why for view in result.left_out}
    assert set(reasons) == {"blurred", "partial", "again"}
    assert "corners were found" in reasons["blurred"]
    assert reasons["again"] == "it is the same shot as lower"


def refusal(pictures: Pictures, board: Board, error: type[GraderError], belt_view: str = "belt") -> str:
    """What the person is told."""
    with pytest.raises(error) as caught:
        calibrated(pictures, board, belt_view)
    return str(caught.value)


def test_too_few_views_are_refused(pictures: Pictures, board: Board) -> None:
    few = {name: pictures[name] for name in ("belt", "left", "right", "upper", "lower")}
    assert refusal(few, board, ViewsError).startswith("5 usable and distinct views are too few, 6 are needed")


def test_copies_of_one_view_do_not_count(pictures: Pictures, board: Board) -> None:
    copies = {"belt": pictures["belt"], **{f"copy {number}": pictures["belt"] for number in range(8)}}
    text = refusal(copies, board, ViewsError)
    assert text.startswith("1 usable and distinct views are too few")
    assert "copy 0: it is the same shot as belt" in text


def test_views_from_one_direction_are_refused_as_too_alike(board: Board, camera: KnownCamera) -> None:
    places = [(-40, -20), (40, -20), (-40, 20), (40, 20), (0, 0), (20, 5)]
    alike = {str(place): camera.photograph(board, Pose(*place, 300, 0, 0, place[0])) for place in places}
    text = refusal(alike, board, ViewsError, belt_view="(0, 0)")
    assert text.startswith("the views are too alike")
    assert "tilt the board by 15 to 30 degrees" in text


def test_views_of_the_middle_only_are_refused(board: Board, camera: KnownCamera) -> None:
    small = {
        name: camera.photograph(board, replace(pose, x_mm=0, y_mm=0, distance_mm=430)) for name, pose in POSES.items()
    }
    text = refusal(small, board, ViewsError)
    assert "of the picture only" in text or "too alike" in text


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"columns": 6, "rows": 8}, "with --board 8x6 (squares, columns x rows) belt is read"),
        ({"columns": 7, "rows": 5}, "with --board 8x6 (squares, columns x rows) belt is read"),
        ({"columns": 10}, "with --board 8x6 (squares, columns x rows) belt is read"),
        ({"legacy_pattern": True}, "with --legacy-pattern left out belt is read"),
        ({"dictionary": "DICT_6X6_50"}, "with --dictionary DICT_4X4_100 belt is read"),
        ({"rows": 8}, "no view shows more than 8x6 squares of a board described as 8x8"),
        ({"rows": 4}, "belt shows markers that a board of 8x4 squares does not have"),
        ({"marker_mm": 15.0}, "one of --square-mm and --marker-mm is wrong"),
        ({"square_mm": 22.0}, "one of --square-mm and --marker-mm is wrong"),
    ],
)
def test_another_board_than_described_is_refused_with_the_likely_remedy(
    pictures: Pictures, board: Board, changes: dict[str, int | float | str | bool], remedy: str
) -> None:
    described = replace(board, **changes)  # type: ignore[arg-type] # the fields' types differ
    assert remedy in refusal(pictures, described, BoardError)


def test_a_legacy_board_is_recognised(board: Board, camera: KnownCamera) -> None:
    printed = replace(board, legacy_pattern=True)
    views = {name: camera.photograph(printed, pose) for name, pose in list(POSES.items())[:3]}
    assert "with --legacy-pattern belt is read" in refusal(views, board, BoardError)


def test_pictures_without_a_board_are_refused_without_a_guess(board: Board) -> None:
    empty = {name: np.full((480, 640, 3), 120, np.uint8) for name in ("belt", "other")}
    assert "no other description reads it either" in refusal(empty, board, BoardError)


def test_views_of_two_sizes_are_refused(pictures: Pictures, board: Board) -> None:
    mixed = {**pictures, "cropped": pictures["left"][:, :600]}
    assert "most are 640 x 480 px, but cropped is 600 x 480" in refusal(mixed, board, ViewsError)


def test_a_belt_view_that_cannot_be_read_is_refused(pictures: Pictures, board: Board, camera: KnownCamera) -> None:
    blurred = {**pictures, "belt": camera.photograph(board, BELT_POSE, blur_px=6)}
    assert "the belt view belt cannot be read" in refusal(blurred, board, BeltViewError)


def test_a_belt_view_with_a_tilted_board_is_refused(pictures: Pictures, board: Board) -> None:
    assert "in the belt view left the board is tilted by 24" in refusal(pictures, board, BeltViewError, "left")


def test_a_board_held_above_the_belt_is_warned_about(pictures: Pictures, board: Board, camera: KnownCamera) -> None:
    raised = {**pictures, "raised": camera.photograph(board, Pose(0, 0, 220, 2, 2, 30))}
    (warning,) = calibrated(raised, board, "raised").warnings
    assert "below the belt" in warning
    assert "take the belt view again" in warning


def test_views_that_contradict_each_other_are_refused(board: Board, camera: KnownCamera) -> None:
    wobbly = {}
    for name, pose in POSES.items():
        picture = camera.photograph(board, pose)
        bent = picture.copy()
        for row in range(picture.shape[0]):  # a loose cable: lines are shifted to and fro
            bent[row] = np.roll(picture[row], round(2.5 * np.sin(row / 25)), axis=0)
        wobbly[name] = bent
    text = refusal(wobbly, board, FitError)
    assert "(limit 0.5 px)" in text
