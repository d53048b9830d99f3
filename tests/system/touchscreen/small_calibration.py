"""The line's desk for calibration with the real process behind it, which runs in a thread while somebody calibrates."""

import threading
from pathlib import Path

from grader.line.calibration_desk import CalibrationDesk
from grader.line.calibration_words import (
    CalibrationCommand,
    CalibrationReport,
    OpenCalibration,
    SaveCalibration,
)
from grader.line.commands import Verdict
from grader.line.processes.calibrating import Calibrated, run
from grader.line.processes.links import Door, Link
from grader.line.processes.messages import CalibrationAsked, CalibrationStands
from grader.line.states import Mode, State
from tests.line.test_wizard import last_good


class SmallCalibration:
    """What `LineProcess` does for it, and the supervisor."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._desk = CalibrationDesk()
        self._door = Door(folder, "line")
        self._links: list[Link] = []
        self._threads: list[threading.Thread] = []
        self.own = folder / "station.calibration.json"
        self._begun = False

    @property
    def report(self) -> CalibrationReport | None:
        return self._desk.report

    def answer(self, asked: CalibrationCommand, mode: Mode, state: State) -> tuple[Verdict, str]:
        assert isinstance(asked, OpenCalibration | SaveCalibration)
        return self._desk.answer(asked, mode, state)

    def look(self, mode: Mode) -> None:
        self._desk.look(mode)
        if self._desk.is_open and not self._begun:
            self._begun = True
            calibrated = Calibrated(last_good(), self.own, self._folder / "station.calibration.last.json")
            thread = threading.Thread(target=run, args=(self._folder, calibrated))
            self._threads.append(thread)
            thread.start()
        self._links += self._door.come_in()
        for link in self._links:
            for message in link.receive():
                if isinstance(message, CalibrationStands):
                    self._desk.hear(message.report)
            while self._desk.outbox:
                link.send(CalibrationAsked(self._desk.outbox.popleft()))
        if not self._desk.is_open:
            self._end()

    def close(self) -> None:
        self._end()
        for thread in self._threads:
            thread.join(30)
        self._door.close()

    def _end(self) -> None:
        for link in self._links:
            link.close()
        self._links.clear()
        self._begun = False
