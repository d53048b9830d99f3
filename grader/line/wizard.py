"""The calibration at the machine, step by step: which step is open, what has passed, and what is saved.

A section is saved whole or not at all, only when somebody says so, and only the one that they saw. What was on disk
before stays beside it as the last good one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from grader.calibration import checks
from grader.calibration.board import Board
from grader.calibration.document import Document
from grader.calibration.record import make_document, with_belt_colour, with_colour
from grader.calibration.views import View
from grader.errors import GraderError
from grader.line.calibration_words import (
    Advice,
    BoardReport,
    CalibrationReport,
    CalibrationStep,
    PrintedBoard,
    SavedReport,
    Standing,
)
from grader.line.wizard_steps import VIEWS_WANTED, BeltPlaneStep, Frame, Step, Steps

CHANGED = "What was to be saved is no longer what was shown: look at the figures again, then save."
LONGEST = 500
"""Characters of a sentence that fit into a report."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A section is on disk."""

    step: CalibrationStep
    before: str
    """The calibration's hash until then,"""
    after: str
    """and since."""


class Wizard:
    """`document`: what is on disk; `write` puts another in its place, whole, and keeps it."""

    def __init__(
        self,
        document: Document,
        in_use: str,
        write: Callable[[Document], None],
        now: Callable[[], datetime],
        software: dict[str, str],
    ) -> None:
        """`in_use`: the hash of the calibration by which the line measures."""
        self.document = document
        self._in_use = in_use
        self._write, self._now, self._software = write, now, software
        board: dict[str, Any] = document.board.model_dump()
        self._steps = Steps(Board(**board))
        self._step = CalibrationStep.FOCUS
        self._result = 0
        self._results: dict[CalibrationStep, int] = {}
        """The number of the result that each step has now."""
        self._passed: set[CalibrationStep] = set()
        self._saved: set[CalibrationStep] = set()
        self._problem: str | None = None

    def open(self, step: CalibrationStep, printed: PrintedBoard | None = None, *, anew: bool = False) -> None:
        """Look at `step` from the next picture on; `printed`: the board as it was measured now."""
        self._step, self._problem = step, None
        try:
            self._take_board(printed)
        except GraderError as error:
            self._problem = str(error)[:LONGEST]
            return
        if anew:
            self._forget(step)

    def look(self, frame_bgr: Frame) -> None:
        """Take in the next picture (h, w, 3)."""
        step = self._open_step()
        step.look(frame_bgr)
        if step.found.standing is Standing.WAITING:
            return  # a lens that was sharp is not less so for a board that was taken away
        if step.found.standing is not Standing.PASSED:
            self._passed.discard(self._step)
        elif self._step not in self._passed:
            self._passed.add(self._step)
            self._result += 1
            self._results[self._step] = self._result

    def save(self, step: CalibrationStep, result: int) -> Saved | None:
        """Save the section that `step` has found, if it is still the one with that number; None: it was not saved."""
        self._problem = None
        if step in self._saved and self._results.get(step) == result:
            return None  # pressed twice
        section = self._section(step) if self._results.get(step) == result and step in self._passed else None
        if section is None:
            self._problem = CHANGED
            return None
        before = self.document.content_hash()
        try:
            self._write(section)
        except GraderError as error:
            self._problem = str(error)[:LONGEST]
            return None
        self.document = section
        self._saved.add(step)
        return Saved(step, before, section.content_hash())

    def report(self) -> CalibrationReport:
        """How it stands now."""
        step, found = self._step, self._open_step().found
        camera = self._steps.camera
        return CalibrationReport(
            step=step,
            standing=found.standing,
            advice=Advice.SAVED if step in self._saved else found.advice,
            sentence=None if found.sentence is None else found.sentence[:LONGEST],
            result=self._results.get(step, 0),
            figures=found.figures,
            corners=_shares(found.view.corners_px, found.view.size_px) if found.view is not None else (),
            coverage=_coverage(camera.views) if step is CalibrationStep.CAMERA else (),
            views=len(camera.views),
            wanted_views=VIEWS_WANTED,
            passed=tuple(one for one in CalibrationStep if one in self._passed),
            saved=tuple(one for one in CalibrationStep if one in self._saved),
            board=self._board(),
            last=self._last(),
            problem=self._problem,
        )

    def _open_step(self) -> Step:
        step: Step = getattr(self._steps, self._step.value)
        return step

    def _section(self, step: CalibrationStep) -> Document | None:
        """The document with what `step` found in it; None: it found nothing to save."""
        steps, document, at = self._steps, self.document, self._now()
        name = f"at the machine, {at:%Y-%m-%dT%H:%M:%SZ}"
        if step is CalibrationStep.BELT_PLANE and steps.belt_plane.result is not None:
            made = make_document(steps.belt_plane.result, steps.board, at.replace(microsecond=0), self._software)
            # Where the camera hangs does not change what colours are.
            return made.model_copy(update={"belt_colour": document.belt_colour, "colour": document.colour})
        if step is CalibrationStep.BELT_COLOUR and steps.belt_colour.result is not None:
            return with_belt_colour(document, steps.belt_colour.result, name)
        if step is CalibrationStep.COLOURS and steps.colours.result is not None:
            return with_colour(document, steps.colours.result, name)
        return None

    def _take_board(self, printed: PrintedBoard | None) -> None:
        board = self._steps.board
        if printed is None or (printed.square_mm, printed.marker_mm, printed.thickness_mm) == (
            board.square_mm,
            board.marker_mm,
            board.thickness_mm,
        ):
            return
        stated: dict[str, Any] = self.document.board.model_dump() | printed.model_dump()
        another = Board(**stated)
        colours = self._steps.belt_colour, self._steps.colours
        self._steps = Steps(another)
        self._steps.belt_colour, self._steps.colours = colours
        for step in (CalibrationStep.FOCUS, CalibrationStep.CAMERA, CalibrationStep.BELT_PLANE):
            self._not_passed(step)

    def _forget(self, step: CalibrationStep) -> None:
        steps, fresh = self._steps, Steps(self._steps.board)
        match step:
            case CalibrationStep.CAMERA:
                steps.camera, steps.belt_plane = fresh.camera, fresh.belt_plane
                self._not_passed(CalibrationStep.BELT_PLANE)
            case CalibrationStep.BELT_PLANE:
                steps.belt_plane = BeltPlaneStep(steps.board, steps.camera)
            case _:
                setattr(steps, step.value, getattr(fresh, step.value))
        self._not_passed(step)

    def _not_passed(self, step: CalibrationStep) -> None:
        self._passed.discard(step)
        self._saved.discard(step)
        self._results.pop(step, None)

    def _board(self) -> BoardReport:
        board = self._steps.board
        return BoardReport(
            columns=board.columns,
            rows=board.rows,
            square_mm=board.square_mm,
            marker_mm=board.marker_mm,
            thickness_mm=board.thickness_mm,
        )

    def _last(self) -> SavedReport:
        document = self.document
        return SavedReport(
            created_unix_s=document.created.timestamp(),
            hash=document.content_hash(),
            u_rel=document.scale.u_rel,
            height_mm=document.belt.height_mm,
            belt_colour=document.belt_colour is not None,
            colours=document.colour is not None,
            in_use=document.content_hash() == self._in_use,
        )


def _coverage(views: list[View]) -> tuple[tuple[int, ...], ...]:
    """Corners in each field of the picture, row by row."""
    across, down = checks.FIELDS
    if not views:
        return ((0,) * across,) * down
    return tuple(tuple(row) for row in checks.seen(views, views[0].size_px).tolist())


def _shares(
    corners_px: np.ndarray[Any, np.dtype[np.float32]], size_px: tuple[int, int]
) -> tuple[tuple[float, float], ...]:
    """Of `corners_px` (n, 2) in a picture of `size_px`."""
    shares = np.clip(corners_px / np.array(size_px), -1, 2)
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in shares)
