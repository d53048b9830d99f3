"""Who calibrates, and whether the machine allows it: the line's side of the calibration, without any picture.

What looks at pictures is a process of its own, which lives only while somebody calibrates. The line hands on to it what
is asked, and shows what it says.
"""

from collections import deque

from grader.line.calibration_words import (
    CalibrationReport,
    CalibrationStep,
    OpenCalibration,
    SaveCalibration,
    Standing,
)
from grader.line.commands import Verdict
from grader.line.interlocks import why_not_in
from grader.line.states import Mode, State

STANDS_IN = frozenset({State.STOPPED, State.IDLE})
"""Nothing moves, and nothing is on its way: hands and boards lie on the belt."""
WHAT = "Calibration"


class CalibrationDesk:
    """Pure: the line tells it the machine's mode and state, and takes what is to be sent from `outbox`."""

    def __init__(self, *, available: bool = True) -> None:
        """`available` False: there are no pictures to calibrate by."""
        self._available = available
        self.step: CalibrationStep | None = None
        """Which is open; None: nobody calibrates."""
        self.report: CalibrationReport | None = None
        self.outbox: deque[OpenCalibration | SaveCalibration] = deque()

    @property
    def is_open(self) -> bool:
        """Whether somebody calibrates."""
        return self.step is not None

    def answer(self, command: OpenCalibration | SaveCalibration, mode: Mode, state: State) -> tuple[Verdict, str]:
        """Somebody at the machine asks for something."""
        if not self._available:
            return Verdict.INTERLOCK, f"{WHAT} is not possible at this station: it has no camera pictures."
        if mode is Mode.PRODUCE:
            return (
                Verdict.WRONG_MODE,
                f"{WHAT} is not possible in mode {mode.label}. Change to Maintenance or Manual first.",
            )
        if state not in STANDS_IN:
            return Verdict.WRONG_STATE, f"{why_not_in(state, WHAT)} {WHAT} needs Stopped or Idle."
        return self._save(command) if isinstance(command, SaveCalibration) else self._open(command)

    def look(self, mode: Mode) -> None:
        """The machine goes back to work: what was not saved is forgotten."""
        if mode is Mode.PRODUCE and self.is_open:
            self.close()

    def hear(self, report: CalibrationReport) -> None:
        """What the process says; nothing of a step that is not open any more."""
        if report.step is self.step:
            self.report = report

    def lost(self) -> None:
        """The process has died, and with it what it had found: the step that is open begins anew."""
        self.report = None
        self.outbox.clear()
        if self.step is not None:
            self.outbox.append(OpenCalibration(step=self.step))

    def close(self) -> None:
        """Nobody calibrates."""
        self.step = self.report = None
        self.outbox.clear()

    def _open(self, command: OpenCalibration) -> tuple[Verdict, str]:
        self.step, self.report = command.step, None
        self.outbox.append(command)
        return Verdict.ACCEPTED, "The camera's pictures are looked at for this step."

    def _save(self, command: SaveCalibration) -> tuple[Verdict, str]:
        report = self.report
        if report is None or command.step is not report.step:
            return Verdict.INTERLOCK, "There is nothing to save. Open the step and let it measure."
        if report.standing is not Standing.PASSED or report.result != command.result:
            return Verdict.INTERLOCK, "What was to be saved has changed. Look at the figures again."
        self.outbox.append(command)
        return Verdict.ACCEPTED, "The section is being saved. The last good one is kept."
