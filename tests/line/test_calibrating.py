"""The calibration process between vision's door and the line's: whole frames come, results go, a section is saved."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.calibration.files import read_document
from grader.line.calibration_words import CalibrationReport, CalibrationStep, OpenCalibration, SaveCalibration, Standing
from grader.line.processes.calibrating import Calibrated, run
from grader.line.processes.links import Door, Link, wait
from grader.line.processes.messages import CALIBRATION, CalibrationAsked, CalibrationSaved, CalibrationStands
from tests.api.small_vision import SmallVision
from tests.line.test_wizard import Picture, demo, last_good

WAITS_S = 120.0
EVERY_S = 0.05
STEP = CalibrationStep.BELT_COLOUR


class SmallLine:
    """Lets the process in, and hears it while vision goes on."""

    def __init__(self, folder: Path) -> None:
        self.vision = SmallVision(folder)
        self.door = Door(folder, "line")
        self.calibrated = Calibrated(last_good(), folder / "own.json", folder / "last.json")
        self.frame: Picture = demo("empty_blue.jpg")
        self.heard: list[object] = []
        self._thread = threading.Thread(target=run, args=(folder, self.calibrated))
        self._thread.start()
        came: list[Link] = []
        while not came:
            wait([self.door], EVERY_S)  # whoever has come in and not said its name yet is looked at again
            came = self.door.come_in()
        self.link = came[0]
        assert self.link.name == CALIBRATION

    def until(self, so: Callable[[object], bool]) -> object:
        """Frames come until the process has said something that is `so`."""
        end_s = time.monotonic() + WAITS_S
        while time.monotonic() < end_s:
            self.vision.frame_bgr = self.frame
            self.vision.see("1-1", time.monotonic())
            wait([self.link], EVERY_S)
            for message in self.link.receive():
                if so(message):
                    return message
        raise AssertionError("the process has not said it")

    def close(self) -> None:
        self.link.close()
        self._thread.join(WAITS_S)
        assert not self._thread.is_alive()
        self.door.close()
        self.vision.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[SmallLine]:
    line = SmallLine(tmp_path / "run")
    yield line
    line.close()


def stands(message: object, standing: Standing) -> bool:
    return isinstance(message, CalibrationStands) and message.report.standing is standing


def report(message: object) -> CalibrationReport:
    assert isinstance(message, CalibrationStands)
    return message.report


def test_a_section_is_measured_from_vision_s_frames_and_saved_when_asked(line: SmallLine) -> None:
    line.frame = demo("boards/board_belt.jpg")
    line.link.send(CalibrationAsked(OpenCalibration(step=STEP)))
    assert "not empty" in str(report(line.until(lambda one: stands(one, Standing.REFUSED))).sentence)
    line.frame = demo("empty_black.jpg")
    found = report(line.until(lambda one: stands(one, Standing.PASSED)))
    assert not line.calibrated.own.exists()
    line.link.send(CalibrationAsked(SaveCalibration(step=STEP, result=found.result)))
    saved = line.until(lambda one: isinstance(one, CalibrationSaved))
    assert isinstance(saved, CalibrationSaved)
    assert saved.after == read_document(line.calibrated.own).content_hash()
    assert saved.before == read_document(line.calibrated.last).content_hash() == last_good().content_hash()


def test_it_gets_the_pixels_as_the_camera_gave_them(line: SmallLine) -> None:
    line.link.send(CalibrationAsked(OpenCalibration(step=CalibrationStep.FOCUS)))
    line.frame = demo("boards/board_belt.jpg")
    found = report(line.until(lambda one: stands(one, Standing.PASSED)))
    assert len(found.corners) == 48
    assert [one.name for one in found.figures] == ["edge_rise", "best_edge_rise", "clipped", "white"]


def test_vision_keeps_no_frame_that_nobody_waits_for(line: SmallLine) -> None:
    line.until(lambda _: True) if line.link.receive() else line.vision.see("1-1", time.monotonic())
    assert line.vision.gallery.next_frame(np.inf, 0.01) is None
    assert line.vision.gallery._frame is None  # noqa: SLF001 - what it holds is what this is about
