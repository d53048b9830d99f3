"""A view is taken by itself: when the board is still, and where it was not before."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.calibration.board import Board
from grader.calibration.capture import NEW_PLACE_SHARE, STILL_PX, Seen, ViewCapture, apart_px
from grader.calibration.views import View
from tests.calibration.conftest import BELT_POSE, POSES, KnownCamera, Pose

BOARD = Board(columns=8, rows=6, square_mm=18, marker_mm=13, dictionary="DICT_4X4_50")
CAMERA = KnownCamera()
POSE = st.builds(
    Pose,
    x_mm=st.floats(-40, 40),
    y_mm=st.floats(-30, 30),
    distance_mm=st.floats(230, 300),
    tilt_x_deg=st.floats(-25, 25),
    tilt_y_deg=st.floats(-25, 25),
    turn_deg=st.floats(-180, 180),
)


def nothing() -> View:
    return View("now", (640, 480), np.empty(0, np.int32), np.empty((0, 2), np.float32), np.empty(0, np.int32),
                np.empty((0, 4, 2), np.float32))  # fmt: skip


def see(pose: Pose) -> View:
    return CAMERA.see("now", BOARD, pose)


def test_one_picture_is_not_enough_to_know_that_it_is_still() -> None:
    capture = ViewCapture(BOARD)
    assert [capture.look(see(BELT_POSE)) for _ in range(3)] == [Seen.MOVING, Seen.NEW_PLACE, Seen.KNOWN_PLACE]
    assert [view.name for view in capture.views] == ["view 1"]


def test_a_board_that_moves_is_never_taken() -> None:
    capture = ViewCapture(BOARD)
    said = [capture.look(see(Pose(x_mm=step * 2.0, distance_mm=280))) for step in range(20)]
    assert set(said) == {Seen.MOVING}
    assert capture.views == []


def test_a_picture_without_a_board_between_two_begins_anew() -> None:
    capture = ViewCapture(BOARD)
    said = [capture.look(one) for one in (see(BELT_POSE), nothing(), see(BELT_POSE))]
    assert said == [Seen.MOVING, Seen.NO_BOARD, Seen.MOVING]


def test_every_pose_that_a_technician_is_asked_for_is_a_new_place() -> None:
    capture = ViewCapture(BOARD)
    for pose in POSES.values():
        capture.look(see(pose))
        capture.look(see(pose))
    assert len(capture.views) == len(POSES)


@given(st.lists(st.tuples(POSE, st.integers(1, 3)), max_size=12))
@settings(max_examples=30, deadline=None)
def test_whatever_is_shown_views_are_still_and_all_apart(shown: list[tuple[Pose, int]]) -> None:
    capture = ViewCapture(BOARD)
    before: View | None = None
    for pose, times in shown:
        for _ in range(times):
            view = see(pose)
            seen = capture.look(view)
            if seen is Seen.NEW_PLACE:
                assert before is not None
                moved_px = apart_px(view, before)
                assert moved_px is not None
                assert moved_px < STILL_PX
            before = view
    far_px = [apart_px(one, other) for one in capture.views for other in capture.views if one is not other]
    assert all(far is None or far >= NEW_PLACE_SHARE * 640 for far in far_px)
