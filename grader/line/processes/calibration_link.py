"""The line's end of the calibration: hands on what is asked to the process that looks, and hears it."""

import time
from collections.abc import Iterable
from dataclasses import asdict

from grader.line.calibration_desk import CalibrationDesk
from grader.line.processes.links import Link
from grader.line.processes.messages import CALIBRATION, CalibrationAsked, CalibrationSaved, CalibrationStands
from grader.line.records import Journal


class CalibrationLink:
    """To a process that comes and goes: the supervisor starts it while the desk is open."""

    def __init__(self, desk: CalibrationDesk, journal: Journal) -> None:
        self._desk, self._journal = desk, journal
        self._process: Link | None = None

    def hear(self, message: CalibrationStands | CalibrationSaved) -> None:
        """What it says."""
        if isinstance(message, CalibrationStands):
            self._desk.hear(message.report)
        else:
            self._journal.happened("calibration_saved", asdict(message), time.monotonic())

    def serve(self, guests: Iterable[Link]) -> None:
        """Once a turn. A process whose link is closed ends: that is how it learns that nobody calibrates any more."""
        if self._process is not None and not self._process.alive:
            self._process = None
            self._desk.lost()
        if self._process is None and self._desk.is_open:
            self._process = next((link for link in guests if link.name == CALIBRATION and link.alive), None)
        if self._process is None:
            return
        if not self._desk.is_open:
            self._process.close()
            self._process = None
            return
        while self._desk.outbox:
            self._process.send(CalibrationAsked(self._desk.outbox.popleft()))
