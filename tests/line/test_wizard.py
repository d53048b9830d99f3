"""The calibration at the machine: what passes, what is saved, and that nothing half-done ever is."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from grader.calibration.board import Board
from grader.calibration.camera import calibrate_camera
from grader.calibration.document import Document
from grader.calibration.errors import CalibrationFileError
from grader.calibration.files import read_document
from grader.calibration.record import make_document, with_belt_colour
from grader.line.calibration_words import Advice, CalibrationStep, PrintedBoard, Standing
from grader.line.processes.calibrating import Calibrated
from grader.line.wizard import CHANGED, Wizard
from grader.vision.belt_colour import learn_belt_colour
from tests.calibration.test_chart import picture as chart_picture
from tests.conftest import ROOT

Picture = NDArray[np.uint8]
DEMO = ROOT / "examples" / "demo"
BOARD = Board(columns=9, rows=7, square_mm=25, marker_mm=18, dictionary="DICT_5X5_100")
AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
BELT_VIEW = "boards/board_belt.jpg"
VIEWS = [f"boards/board_{number:02}.jpg" for number in range(1, 14)]


@cache
def demo(name: str) -> Picture:
    read = cv2.imread(str(DEMO / name), cv2.IMREAD_COLOR)
    assert read is not None
    return np.asarray(read, np.uint8)


@cache
def last_good() -> Document:
    """What the station was calibrated to before."""
    result = calibrate_camera([*VIEWS[:7], BELT_VIEW], BELT_VIEW, demo, BOARD)
    document = make_document(result, BOARD, AT, {})
    return with_belt_colour(document, learn_belt_colour(demo("empty_blue.jpg")), "empty")


class Disk:
    """Keeps what is written, or refuses it."""

    def __init__(self) -> None:
        self.written: list[Document] = []
        self.full = False

    def write(self, document: Document) -> None:
        if self.full:
            raise CalibrationFileError("cannot write the calibration: No space left on device")
        self.written.append(document)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def wizard(disk: Disk) -> Wizard:
    return Wizard(last_good(), last_good().content_hash(), disk.write, lambda: AT, {"strawberry-grader": "0"})


def show(wizard: Wizard, *names: str) -> None:
    """Each is held still: it is seen twice."""
    for name in names:
        wizard.look(demo(name))
        wizard.look(demo(name))


def test_from_views_and_belt_view_comes_the_camera_that_the_command_line_finds(wizard: Wizard, disk: Disk) -> None:
    wizard.open(CalibrationStep.BELT_PLANE)
    show(wizard, BELT_VIEW)
    assert wizard.report().advice is Advice.CAMERA_FIRST
    wizard.open(CalibrationStep.CAMERA)
    for number, name in enumerate(VIEWS):
        report = wizard.report()
        if report.standing is Standing.PASSED:
            break
        assert report.views == number
        show(wizard, name)
    report = wizard.report()
    assert (report.standing, report.views, report.advice) == (Standing.PASSED, 12, Advice.BELT_NEXT)
    assert min(min(row) for row in report.coverage) >= 0
    wizard.open(CalibrationStep.BELT_PLANE)
    wizard.look(demo(BELT_VIEW))
    assert wizard.report().advice is Advice.HOLD_STILL
    wizard.look(demo(BELT_VIEW))
    report = wizard.report()
    assert (report.standing, report.advice) == (Standing.PASSED, Advice.SAVE)
    assert disk.written == []
    saved = wizard.save(CalibrationStep.BELT_PLANE, report.result)
    assert saved is not None
    made = disk.written[0]
    assert made.belt.height_mm == pytest.approx(450.0, abs=0.3)
    assert made.camera.values.fx_px == pytest.approx(2070, rel=5e-4)
    assert made.belt_colour == last_good().belt_colour
    assert wizard.report().saved == (CalibrationStep.BELT_PLANE,)
    assert not wizard.report().last.in_use
    assert wizard.save(CalibrationStep.BELT_PLANE, report.result) is None  # pressed twice
    assert (len(disk.written), wizard.report().problem) == (1, None)


def test_focus_passes_sharp_pictures_and_says_what_to_do_about_others(wizard: Wizard) -> None:
    wizard.look(demo("empty_blue.jpg"))
    assert wizard.report().advice is Advice.LAY_BOARD
    wizard.look(demo(BELT_VIEW))
    report = wizard.report()
    assert (report.standing, report.advice) == (Standing.PASSED, Advice.FIX_LENS)
    assert len(report.corners) == BOARD.corner_count
    best = next(one.text for one in report.figures if one.name == "best_edge_rise")
    wizard.look(demo("empty_blue.jpg"))
    assert (wizard.report().standing, wizard.report().passed) == (Standing.WAITING, (CalibrationStep.FOCUS,))
    wizard.look(np.asarray(cv2.GaussianBlur(demo(BELT_VIEW), (0, 0), 2.0), np.uint8))
    report = wizard.report()
    assert (report.standing, report.advice, report.passed) == (Standing.REFUSED, Advice.TURN_LENS, ())
    assert next(one.text for one in report.figures if one.name == "best_edge_rise") == best
    wizard.look(np.asarray(demo(BELT_VIEW) // 3, np.uint8))
    assert wizard.report().advice is Advice.MORE_LIGHT
    wizard.look(np.asarray(np.clip(demo(BELT_VIEW).astype(int) * 2, 0, 255), np.uint8))
    assert wizard.report().advice is Advice.LESS_LIGHT
    assert wizard.save(CalibrationStep.FOCUS, wizard.report().result) is None


def test_a_belt_with_fruit_is_refused_in_words_and_the_empty_one_learnt(wizard: Wizard, disk: Disk) -> None:
    wizard.open(CalibrationStep.BELT_COLOUR)
    wizard.look(demo(BELT_VIEW))
    report = wizard.report()
    assert (report.standing, report.advice) == (Standing.REFUSED, Advice.CLEAR_BELT)
    assert "not empty" in str(report.sentence)
    wizard.look(demo("empty_black.jpg"))
    report = wizard.report()
    assert wizard.save(CalibrationStep.BELT_COLOUR, report.result) is not None
    assert disk.written[0].belt_colour is not None
    assert disk.written[0].belt_colour.median_bgr == learn_belt_colour(demo("empty_black.jpg")).median_bgr
    assert disk.written[0].camera == last_good().camera


def test_a_chart_gives_the_matrix(wizard: Wizard, disk: Disk) -> None:
    wizard.open(CalibrationStep.COLOURS)
    wizard.look(demo("empty_blue.jpg"))
    assert (wizard.report().standing, wizard.report().advice) == (Standing.REFUSED, Advice.LAY_CHART)
    wizard.look(chart_picture())
    assert wizard.save(CalibrationStep.COLOURS, wizard.report().result) is not None
    assert disk.written[0].colour is not None
    assert disk.written[0].colour.patches == 24


def test_what_is_not_what_was_shown_is_not_saved(wizard: Wizard, disk: Disk) -> None:
    wizard.open(CalibrationStep.BELT_COLOUR)
    wizard.look(demo("empty_blue.jpg"))
    shown = wizard.report().result
    wizard.open(CalibrationStep.BELT_COLOUR, anew=True)
    wizard.look(demo("empty_black.jpg"))
    assert wizard.save(CalibrationStep.BELT_COLOUR, shown) is None
    assert (disk.written, wizard.report().problem) == ([], CHANGED)


def test_a_disk_that_refuses_leaves_the_last_good_one(wizard: Wizard, disk: Disk) -> None:
    disk.full = True
    wizard.open(CalibrationStep.BELT_COLOUR)
    wizard.look(demo("empty_black.jpg"))
    assert wizard.save(CalibrationStep.BELT_COLOUR, wizard.report().result) is None
    assert "No space left" in str(wizard.report().problem)
    assert wizard.document == last_good()
    disk.full = False
    assert wizard.save(CalibrationStep.BELT_COLOUR, wizard.report().result) is not None


def test_another_board_begins_the_camera_anew_and_an_impossible_one_is_refused(wizard: Wizard) -> None:
    wizard.open(CalibrationStep.CAMERA)
    show(wizard, VIEWS[0])
    wizard.open(CalibrationStep.CAMERA, PrintedBoard(square_mm=25, marker_mm=18, thickness_mm=0))
    assert wizard.report().views == 1
    wizard.open(CalibrationStep.CAMERA, PrintedBoard(square_mm=20, marker_mm=25, thickness_mm=0))
    assert (wizard.report().views, wizard.report().board.square_mm) == (1, 25)
    assert "does not fit" in str(wizard.report().problem)
    wizard.open(CalibrationStep.CAMERA, PrintedBoard(square_mm=25.1, marker_mm=18.1, thickness_mm=3))
    assert (wizard.report().views, wizard.report().board.thickness_mm) == (0, 3)


def test_files_are_whole_the_last_good_one_is_kept_and_goes_on_from_there(tmp_path: Path) -> None:
    calibrated = Calibrated(last_good(), tmp_path / "own.json", tmp_path / "last.json")
    assert calibrated.newest() == last_good()
    other = with_belt_colour(last_good(), learn_belt_colour(demo("empty_black.jpg")), "black")
    calibrated.write(other)
    assert (read_document(calibrated.own), read_document(calibrated.last)) == (other, last_good())
    assert calibrated.newest() == other
    calibrated.own.write_text("half of", encoding="utf-8")
    assert calibrated.newest() == last_good()


FRAMES: dict[str, Callable[[], Picture]] = {
    "blue": lambda: demo("empty_blue.jpg")[::8, ::8],
    "black": lambda: demo("empty_black.jpg")[::8, ::8],
    "chart": chart_picture,
    "dark": lambda: np.zeros((136, 182, 3), np.uint8),
}


class AnyOrder(RuleBasedStateMachine):
    """Whatever is pressed and shown, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()
        self.wizard = Wizard(last_good(), last_good().content_hash(), self.disk.write, lambda: AT, {})
        self.shown: list[tuple[CalibrationStep, int]] = []

    @rule(step=st.sampled_from(CalibrationStep), anew=st.booleans())
    def open(self, step: CalibrationStep, anew: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        self.wizard.open(step, anew=anew)

    @rule(name=st.sampled_from(sorted(FRAMES)))
    def look(self, name: str) -> None:
        self.wizard.look(FRAMES[name]())

    @rule(full=st.booleans())
    def fill(self, full: bool) -> None:  # noqa: FBT001
        self.disk.full = full

    @rule(step=st.sampled_from(CalibrationStep), result=st.integers(1, 6))
    def save(self, step: CalibrationStep, result: int) -> None:
        before = self.wizard.document
        saved = self.wizard.save(step, result)
        if saved is None:
            assert self.wizard.document == before
            return
        assert (step, result) in self.shown
        assert not self.disk.full
        assert self.wizard.document == self.disk.written[-1]
        assert (saved.before, saved.after) == (before.content_hash(), self.wizard.document.content_hash())

    @invariant()
    def what_is_on_disk_is_whole(self) -> None:
        document = self.wizard.document
        assert document.belt_colour is not None
        assert document.camera == last_good().camera  # no board was ever seen
        assert Document.model_validate(document.model_dump()) == document

    @invariant()
    def what_may_be_saved_was_shown(self) -> None:
        report = self.wizard.report()
        if report.standing is Standing.PASSED:
            self.shown.append((report.step, report.result))
            assert report.result > 0
            assert report.step in report.passed


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
