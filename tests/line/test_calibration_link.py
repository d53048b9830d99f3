"""What is asked reaches the calibration process, whenever it comes, and a process that dies is asked anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.line.calibration_desk import CalibrationDesk
from grader.line.calibration_words import CalibrationStep, OpenCalibration
from grader.line.processes.calibration_link import CalibrationLink
from grader.line.processes.links import Door, Link, connect
from grader.line.processes.messages import CALIBRATION, CalibrationAsked, CalibrationSaved, CalibrationStands
from grader.line.states import Mode, State
from tests.line.test_calibration_desk import OPEN, report


class SmallJournal:
    """What is put on record."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def happened(self, kind: str, *_: object) -> None:
        self.kinds.append(kind)


class Ends:
    """The line's desk and link, and processes that connect to its door."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._door = Door(folder, "line")
        self.desk, self.journal = CalibrationDesk(), SmallJournal()
        self.link = CalibrationLink(self.desk, self.journal)  # type: ignore[arg-type]  # all that it uses
        self.guests: list[Link] = []

    def process(self) -> Link:
        link = connect(self._folder, "line", CALIBRATION)
        assert link is not None
        return link

    def turn(self) -> None:
        """As `LineProcess.step` does."""
        self.guests = [link for link in [*self.guests, *self._door.come_in()] if link.alive]
        for link in self.guests:
            link.receive()
        self.link.serve(self.guests)

    def close(self) -> None:
        for link in self.guests:
            link.close()
        self._door.close()


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    ends = Ends(tmp_path)
    yield ends
    ends.close()


def test_what_was_asked_before_the_process_came_is_told_it_once(ends: Ends) -> None:
    ends.desk.answer(OPEN, Mode.MANUAL, State.STOPPED)
    ends.turn()
    process = ends.process()
    ends.turn()
    ends.turn()
    assert process.receive() == [CalibrationAsked(OPEN)]
    process.close()


def test_a_new_process_is_asked_for_the_step_that_is_open(ends: Ends) -> None:
    ends.desk.answer(OPEN, Mode.MANUAL, State.STOPPED)
    first = ends.process()
    ends.turn()
    ends.link.hear(CalibrationStands(report()))
    first.close()
    ends.turn()
    assert ends.desk.report is None
    second = ends.process()
    ends.turn()
    assert second.receive() == [CalibrationAsked(OpenCalibration(step=CalibrationStep.BELT_COLOUR))]
    second.close()


def test_a_process_that_nobody_wants_any_more_is_let_go(ends: Ends) -> None:
    ends.desk.answer(OPEN, Mode.MANUAL, State.STOPPED)
    process = ends.process()
    ends.turn()
    ends.desk.look(Mode.PRODUCE)
    ends.turn()
    process.receive()
    assert not process.alive


def test_a_saved_section_goes_on_record(ends: Ends) -> None:
    ends.link.hear(CalibrationSaved("belt_colour", "sha256:0", "sha256:1"))
    assert ends.journal.kinds == ["calibration_saved"]
