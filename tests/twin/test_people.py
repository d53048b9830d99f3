"""The people at the twin's machine help where nobody else does, and hold things under the camera for who calibrates."""

from dataclasses import replace

from grader.line.calibration_words import CalibrationStep
from grader.line.commands import Reset, SphereCheck, Start
from grader.line.onlooking import LineState
from grader.line.states import State
from grader.twin.boards import BELT_VIEW, EMPTY_BELT, POSES, pose_name
from grader.twin.people import HoldUp, LayReferences, People

SEEN = LineState(
    state=State.STOPPED, why="The station was switched on.", run=1, executed_s=0, recorded=0, recheck=0, in_crate=0,
    trays={}, obstacles={}, sphere_check=SphereCheck.DUE, alarms=(), acting_alarms=False, oldest_undecided_s=None,
)  # fmt: skip
CALIBRATES = replace(SEEN, calibrates=CalibrationStep.CAMERA)


def acts(people: People, seen: LineState, seconds: float) -> list[object]:
    """All that they do while they see this for so long."""
    return [act for tenth in range(int(seconds * 10)) for act in people.look(seen, tenth / 10)]


def test_they_start_a_machine_that_nobody_else_runs() -> None:
    people = People(400, hands_s=1.0)
    assert Reset() in acts(people, SEEN, 3)
    done = acts(people, replace(SEEN, state=State.IDLE), 3)
    assert {LayReferences(), Start()} <= set(done)


def test_they_leave_a_machine_alone_that_somebody_has_stopped_at_the_touchscreen() -> None:
    by_hand = replace(SEEN, why="Stop came from the touchscreen.")
    assert acts(People(400, hands_s=1.0), by_hand, 10) == []


def test_they_hold_the_board_in_one_pose_after_the_other_and_press_nothing() -> None:
    people = People(400, hands_s=1.0)
    held = acts(people, CALIBRATES, 2 * len(POSES))
    assert {pose_name(nth) for nth in range(len(POSES))} == {act.thing for act in held if isinstance(act, HoldUp)}
    assert all(isinstance(act, HoldUp) for act in held)


def test_each_step_gets_what_it_wants_once_and_all_is_taken_away_in_the_end() -> None:
    people = People(400, hands_s=1.0)
    wanted = {
        CalibrationStep.FOCUS: BELT_VIEW,
        CalibrationStep.BELT_COLOUR: EMPTY_BELT,
        CalibrationStep.COLOURS: None,
        CalibrationStep.BELT_PLANE: BELT_VIEW,
    }
    for step, thing in wanted.items():
        assert acts(people, replace(SEEN, calibrates=step), 3) == [HoldUp(thing)]
    assert HoldUp(None) in acts(people, SEEN, 0.5)
