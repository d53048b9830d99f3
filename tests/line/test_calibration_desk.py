"""Who may calibrate when: the line's side, without pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.line.calibration_desk import STANDS_IN, CalibrationDesk
from grader.line.calibration_words import (
    Advice,
    BoardReport,
    CalibrationReport,
    CalibrationStep,
    OpenCalibration,
    SaveCalibration,
    SavedReport,
    Standing,
)
from grader.line.commands import Verdict
from grader.line.states import Mode, State

OPEN = OpenCalibration(step=CalibrationStep.BELT_COLOUR)
BOARD = BoardReport(columns=9, rows=7, square_mm=25, marker_mm=18, thickness_mm=3)
LAST = SavedReport(
    created_unix_s=1.0, hash="sha256:0", u_rel=0.0005, height_mm=450.0, belt_colour=True, colours=False, in_use=True
)


def report(
    step: CalibrationStep = CalibrationStep.BELT_COLOUR, standing: Standing = Standing.PASSED, result: int = 1
) -> CalibrationReport:
    return CalibrationReport(step=step, standing=standing, advice=Advice.SAVE, result=result, board=BOARD, last=LAST)


def opened() -> CalibrationDesk:
    desk = CalibrationDesk()
    assert desk.answer(OPEN, Mode.MANUAL, State.STOPPED)[0] is Verdict.ACCEPTED
    return desk


@given(
    mode=st.sampled_from(Mode),
    state=st.sampled_from(State),
    command=st.sampled_from([OPEN, SaveCalibration(step=CalibrationStep.BELT_COLOUR, result=1)]),
)
def test_only_a_machine_that_stands_and_does_not_produce_is_calibrated(
    mode: Mode, state: State, command: OpenCalibration | SaveCalibration
) -> None:
    desk = opened()
    desk.hear(report())
    desk.outbox.clear()
    verdict, sentence = desk.answer(command, mode, state)
    allowed = mode is not Mode.PRODUCE and state in STANDS_IN
    assert (verdict is Verdict.ACCEPTED) == allowed
    assert sentence
    assert list(desk.outbox) == ([command] if allowed else [])


def test_a_station_without_pictures_says_so() -> None:
    verdict, sentence = CalibrationDesk(available=False).answer(OPEN, Mode.MANUAL, State.IDLE)
    assert (verdict, "no camera" in sentence) == (Verdict.INTERLOCK, True)


@pytest.mark.parametrize(
    "heard",
    [
        None,
        report(standing=Standing.REFUSED),
        report(result=2),
        report(step=CalibrationStep.COLOURS),
    ],
)
def test_nothing_is_saved_but_what_passed_and_was_shown(heard: CalibrationReport | None) -> None:
    desk = opened()
    if heard is not None:
        desk.hear(heard)
    desk.outbox.clear()
    asked = SaveCalibration(step=CalibrationStep.BELT_COLOUR, result=1)
    assert desk.answer(asked, Mode.MANUAL, State.IDLE)[0] is Verdict.INTERLOCK
    assert not desk.outbox


def test_going_back_to_produce_ends_it() -> None:
    desk = opened()
    desk.hear(report())
    desk.look(Mode.MANUAL)
    assert desk.is_open
    desk.look(Mode.PRODUCE)
    assert (desk.is_open, desk.report, list(desk.outbox)) == (False, None, [])


def test_what_was_said_of_a_step_that_is_no_longer_open_is_not_shown() -> None:
    desk = opened()
    desk.hear(report())
    desk.answer(OpenCalibration(step=CalibrationStep.COLOURS), Mode.MANUAL, State.STOPPED)
    desk.hear(report())
    assert desk.report is None


def test_a_process_that_died_begins_the_open_step_anew() -> None:
    desk = opened()
    desk.hear(report())
    desk.outbox.clear()
    desk.lost()
    assert (desk.report, list(desk.outbox)) == (None, [OpenCalibration(step=CalibrationStep.BELT_COLOUR)])
