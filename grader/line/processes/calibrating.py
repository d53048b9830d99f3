"""The calibration process, which lives while somebody calibrates: frames from vision, how the step stands to the line.

It is one of those who look (`grader.line.views`): vision copies a frame for it when it has asked for one, and never
waits. Fitting a camera takes a second or more, which is nobody else's.
"""

import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np

from grader.calibration.document import Document
from grader.calibration.errors import CalibrationFileError
from grader.calibration.files import read_document, write_document
from grader.line.calibration_words import OpenCalibration, SaveCalibration
from grader.line.processes.links import Link, connect, wait
from grader.line.processes.messages import CALIBRATION, CalibrationAsked, CalibrationSaved, CalibrationStands
from grader.line.views import NAME, SHOWN, FrameAsked, WholeFrame
from grader.line.wizard import Wizard
from grader.line.wizard_steps import Frame

PATIENCE_S = 0.1
ANSWER_S = 2.0
"""A frame that has begun to come is here by then."""
LONGEST_HEAD = 1 << 12
COMES_S = 10.0
"""A line that does not let it in for so long is gone."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The calibration that a station measures by, and where another one is put."""

    document: Document
    own: Path
    """What was calibrated at the station; it goes before all others from the next start on."""
    last: Path
    """The one before that."""

    def newest(self) -> Document:
        """The one that is on disk: a session before this one may have saved another than the line measures by."""
        if self.own.is_file():
            with suppress(CalibrationFileError):
                return read_document(self.own)
        return self.document

    def write(self, document: Document) -> None:
        """Keep the last good one, then put `document` in its place; each file is whole at every moment."""
        write_document(self.newest(), self.last)
        write_document(document, self.own)


class Frames:
    """Asks vision for one frame after the other."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._peer: socket.socket | None = None
        self._asked = False

    def ask(self) -> None:
        """For the next one, unless it is asked for already; where no vision is there, later again."""
        if self._asked:
            return
        try:
            if self._peer is None:
                self._peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._peer.settimeout(ANSWER_S)
                self._peer.connect(str(self._path))
            self._peer.sendall(FrameAsked().model_dump_json().encode() + b"\n")
            self._asked = True
        except OSError:
            self.close()

    def come(self) -> bool:
        """Whether a frame has begun to come, or vision is gone."""
        return self._peer is not None and bool(select.select([self._peer], [], [], 0)[0])

    def take(self) -> Frame | None:
        """The frame that has begun to come, (h, w, 3) BGR; None: vision is gone."""
        self._asked = False
        try:
            if self._peer is None:
                return None
            with self._peer.makefile("rb") as file:
                head = SHOWN.validate_json(file.readline(LONGEST_HEAD))
                if isinstance(head, WholeFrame):
                    shape = head.height_px, head.width_px, 3
                    data = file.read(int(np.prod(shape)))
                    return np.frombuffer(data, np.uint8).reshape(shape)
        except (OSError, ValueError):  # cut off, or another version
            pass
        self.close()
        return None

    def fileno(self) -> int:
        """For `select`; -1: not connected."""
        return -1 if self._peer is None else self._peer.fileno()

    def close(self) -> None:
        """Let go of vision."""
        self._asked = False
        if self._peer is not None:
            self._peer.close()
        self._peer = None


class CalibrationProcess:
    """Its whole state; `step` is one turn of its loop."""

    def __init__(self, folder: Path, calibrated: Calibrated, line: Link) -> None:
        self._line = line
        self._frames = Frames(folder)
        software = {name: version(name) for name in ("strawberry-grader", "numpy", "opencv-python-headless")}
        self._wizard = Wizard(
            calibrated.newest(),
            calibrated.document.content_hash(),
            calibrated.write,
            lambda: datetime.now(UTC),
            software,
        )
        self._opened = False

    @property
    def over(self) -> bool:
        """Whether nobody wants it any more."""
        return not self._line.alive

    def step(self) -> None:
        """What was asked, and the next frame."""
        for message in self._line.receive():
            if isinstance(message, CalibrationAsked):
                self._do(message.command)
                self._tell()
        if not self._opened or self.over:
            wait([self._line], PATIENCE_S)
            return
        self._frames.ask()
        wait([self._line, self._frames], PATIENCE_S)
        if self._frames.come() and (frame := self._frames.take()) is not None:
            self._wizard.look(frame)
            self._tell()

    def close(self) -> None:
        """Let go of both."""
        self._frames.close()
        self._line.close()

    def _do(self, command: OpenCalibration | SaveCalibration) -> None:
        if isinstance(command, OpenCalibration):
            self._opened = True
            self._wizard.open(command.step, command.board, anew=command.anew)
        elif (saved := self._wizard.save(command.step, command.result)) is not None:
            self._line.send(CalibrationSaved(saved.step.value, saved.before, saved.after))

    def _tell(self) -> None:
        self._line.send(CalibrationStands(self._wizard.report()))


def run(folder: Path, calibrated: Calibrated) -> None:
    """The process's life: until nobody calibrates any more, or the line is gone."""
    cv2.setNumThreads(1)
    until_s = time.monotonic() + COMES_S
    line = connect(folder, "line", CALIBRATION)
    while line is None and time.monotonic() < until_s:
        time.sleep(PATIENCE_S)
        line = connect(folder, "line", CALIBRATION)
    if line is None:
        return
    process = CalibrationProcess(folder, calibrated, line)
    while not process.over:
        process.step()
    process.close()
