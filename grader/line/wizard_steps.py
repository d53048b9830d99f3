"""What each step of the calibration makes of the pictures that come: its figures, how it stands, and what to do next.

Arrays in, values out: no clock, no file. Computation, limits and sentences of refusal are those of `grader.calibration`
and `grader.vision`.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.calibration import checks
from grader.calibration.belt import height_mm, tilt_deg
from grader.calibration.board import Board
from grader.calibration.camera import CameraResult, calibrate_lens, calibrate_views
from grader.calibration.capture import Seen, StillBoard, ViewCapture
from grader.calibration.chart import find_chart
from grader.calibration.chart_colours import DARKEST_WHITE, LARGEST_ERROR, ChartColours, learn_colours
from grader.calibration.diagnosis import require_stated_ratio, require_stated_size
from grader.calibration.fit import CameraFit
from grader.calibration.focus import CLIPPED_SHARE, SHARP_PX, edge_rise_px, exposure
from grader.calibration.scale import scale_u
from grader.calibration.views import View, detect
from grader.errors import GraderError
from grader.grading.rounding import Boundary, round_within
from grader.line.calibration_words import Advice, Figure, Standing
from grader.vision.belt_colour import SPREAD_LIMIT, learn_belt_colour

if TYPE_CHECKING:
    from grader.vision.calibration import BeltColour

Frame = NDArray[np.uint8]

VIEWS_WANTED = 12
"""More than are needed (`checks.LEAST_VIEWS`): docs/calibration.md asks for so many."""
BELT_VIEW = "belt"


@dataclass(frozen=True, slots=True)
class Found:
    """How a step stands after the last picture."""

    standing: Standing
    advice: Advice
    sentence: str | None = None
    figures: tuple[Figure, ...] = ()
    view: View | None = None
    """Where the board was seen."""


class Step(Protocol):
    """One step; it is shown picture after picture."""

    found: Found

    def look(self, frame_bgr: Frame) -> None:
        """Take in the next picture (h, w, 3)."""


def at_most(name: str, value: float, limit: float, unit: str, decimals: int, times: float = 1.0) -> Figure:
    """A figure that has to be `limit` or less; shown `times` as large, never across the limit."""
    shown = round_within(value * times, decimals, (Boundary(limit * times, "below"),))
    return Figure(name=name, text=f"{shown:.{decimals}f}", unit=unit, limit=f"≤ {limit * times:g}", good=value <= limit)


def plain(name: str, value: float, unit: str, decimals: int) -> Figure:
    """A figure without a limit."""
    return Figure(name=name, text=f"{value:.{decimals}f}", unit=unit)


class FocusStep:
    """Sharpness of the board's edges, and the exposure; there is nothing to save: the lens itself keeps it."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._best_px: float | None = None
        self.found = Found(Standing.WAITING, Advice.LAY_BOARD)

    def look(self, frame_bgr: Frame) -> None:
        """`Step`'s."""
        view = detect("now", frame_bgr, self._board)
        rise_px = edge_rise_px(frame_bgr, view, self._board)
        light = exposure(frame_bgr)
        figures = [at_most("clipped", light.clipped_share, CLIPPED_SHARE, "%", 2, 100)]
        if rise_px is None:
            self.found = Found(Standing.WAITING, Advice.LAY_BOARD, figures=tuple(figures), view=view)
            return
        self._best_px = rise_px if self._best_px is None else min(rise_px, self._best_px)
        figures[:0] = [
            at_most("edge_rise", rise_px, SHARP_PX, "px", 2),
            plain("best_edge_rise", self._best_px, "px", 2),
        ]
        white = Figure(name="white", text=f"{light.white:.0f}", limit=f"≥ {DARKEST_WHITE:g}", good=not light.too_dark)
        figures.append(white)
        standing, advice = Standing.PASSED, Advice.FIX_LENS
        if light.too_bright or light.too_dark:
            standing, advice = Standing.REFUSED, Advice.LESS_LIGHT if light.too_bright else Advice.MORE_LIGHT
        elif rise_px > SHARP_PX:
            standing, advice = Standing.REFUSED, Advice.TURN_LENS
        self.found = Found(standing, advice, None, tuple(figures), view)


class CameraStep:
    """Views of a board that somebody moves about; each is taken by itself. The fit is made anew with each.

    Once they suffice, no more are taken until it is asked for anew.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._capture = ViewCapture(board)
        self._fitted = 0
        self._figures: tuple[Figure, ...] = ()
        self._complaint: str | None = None
        self.found = Found(Standing.WAITING, Advice.SHOW_BOARD)

    @property
    def views(self) -> list[View]:
        """Those that are kept."""
        return self._capture.views

    @property
    def passed(self) -> bool:
        """Whether they are enough, and say the same."""
        return self.found.standing is Standing.PASSED

    def look(self, frame_bgr: Frame) -> None:
        """`Step`'s."""
        view = detect("now", frame_bgr, self._board)
        if self.passed:
            self.found = replace(self.found, view=view)
            return
        seen = self._capture.look(view)
        if seen is Seen.NEW_PLACE:
            self._fit()
        if self._complete():
            self.found = Found(Standing.PASSED, Advice.BELT_NEXT, None, self._figures, view)
            return
        standing = Standing.MEASURING if seen is not Seen.NO_BOARD else Standing.WAITING
        advice = {
            Seen.NO_BOARD: Advice.SHOW_BOARD,
            Seen.MOVING: Advice.HOLD_STILL,
            Seen.KNOWN_PLACE: Advice.MOVE_BOARD,
            Seen.NEW_PLACE: Advice.MOVE_BOARD,
        }[seen]
        if self._complaint is not None and len(self.views) >= VIEWS_WANTED:
            standing, advice = Standing.REFUSED, Advice.TILT_MORE
        self.found = Found(standing, advice, self._complaint, self._figures, view)

    def seen_share(self) -> float:
        """Share of the picture's fields with corners."""
        return float(np.mean(checks.seen(self.views, self.views[0].size_px) > 0)) if self.views else 0.0

    def _complete(self) -> bool:
        enough = len(self.views) >= VIEWS_WANTED and self.seen_share() >= checks.SEEN_WELL
        return enough and self._complaint is None and self._fitted > 0

    def _fit(self) -> None:
        self._complaint = None
        if len(self.views) < checks.LEAST_VIEWS:
            return
        try:
            require_stated_size(self.views, self._board)
            require_stated_ratio(self.views, self._board)
            lens = calibrate_lens(self.views, self._board, keep=self.views[0].name)
        except GraderError as error:
            self._complaint, self._figures = str(error), ()
            return
        for name in lens.outliers:
            self._capture.forget(name)
        self._fitted = len(lens.views)
        self._figures = lens_figures(lens.fit)


class BeltPlaneStep:
    """The board on the belt, held still: with the views before it the camera's place above the belt."""

    def __init__(self, board: Board, camera: CameraStep) -> None:
        self._board, self._camera = board, camera
        self._still = StillBoard(board)
        self.result: CameraResult | None = None
        self.found = Found(Standing.WAITING, Advice.LAY_BOARD)

    def look(self, frame_bgr: Frame) -> None:
        """`Step`'s. A result stands until it is asked for anew."""
        view = detect(BELT_VIEW, frame_bgr, self._board)
        if self.result is not None:
            self.found = replace(self.found, view=view)
        elif not self._camera.passed:
            self.found = Found(Standing.WAITING, Advice.CAMERA_FIRST)
        elif self._still.look(view):
            self._measure(view)
        else:
            in_sight = self._still.last is not None
            standing, advice = (
                (Standing.MEASURING, Advice.HOLD_STILL) if in_sight else (Standing.WAITING, Advice.LAY_BOARD)
            )
            self.found = Found(standing, advice, view=view)

    def _measure(self, view: View) -> None:
        try:
            result = calibrate_views([*self._camera.views, view], BELT_VIEW, self._board)
        except GraderError as error:
            self.found = Found(Standing.REFUSED, Advice.MEND, str(error), view=view)
            return
        figures = (
            plain("height", height_mm(result.belt), "mm", 1),
            plain("tilt", tilt_deg(result.belt), "°", 1),
            plain("scale_u", 100 * scale_u(result.fit_u_rel, self._board.u_rel), "%", 3),
            *lens_figures(result.fit),
        )
        if result.warnings:
            # A command line warns and goes on; at the machine the board is at hand, and once more costs a minute.
            self.found = Found(Standing.REFUSED, Advice.MEND, "; ".join(result.warnings), figures, view)
            return
        self.result = result
        self.found = Found(Standing.PASSED, Advice.SAVE, None, figures, view)


class BeltColourStep:
    """The empty belt."""

    def __init__(self) -> None:
        self.result: BeltColour | None = None
        self.found = Found(Standing.WAITING, Advice.CLEAR_BELT)

    def look(self, frame_bgr: Frame) -> None:
        """`Step`'s. A result stands until it is asked for anew."""
        if self.result is not None:
            return
        try:
            learnt = learn_belt_colour(frame_bgr)
        except GraderError as error:
            self.found = Found(Standing.REFUSED, Advice.CLEAR_BELT, str(error))
            return
        self.result = learnt
        blue, green, red = learnt.median_bgr
        levels = (plain("red", red, "", 0), plain("green", green, "", 0), plain("blue", blue, "", 0))
        spread = at_most("spread", learnt.spread, SPREAD_LIMIT, "", 1)
        self.found = Found(Standing.PASSED, Advice.SAVE, None, (*levels, spread))


class ColoursStep:
    """The colour chart."""

    def __init__(self) -> None:
        self.result: ChartColours | None = None
        self.found = Found(Standing.WAITING, Advice.LAY_CHART)

    def look(self, frame_bgr: Frame) -> None:
        """`Step`'s. A result stands until it is asked for anew."""
        if self.result is not None:
            return
        try:
            found = learn_colours(find_chart(frame_bgr))
        except GraderError as error:
            self.found = Found(Standing.REFUSED, Advice.LAY_CHART, str(error))
            return
        self.result = found
        figures = (
            at_most("error_after", found.error_after, LARGEST_ERROR, "ΔE", 1),
            plain("error_before", found.error_before, "ΔE", 1),
        )
        self.found = Found(Standing.PASSED, Advice.SAVE, None, figures)


def lens_figures(fit: CameraFit) -> tuple[Figure, ...]:
    """How well the views agree, and how well they tell the focal length."""
    relative = float(np.max(fit.intrinsics_sd[:2] / fit.intrinsics[:2]))
    return (
        at_most("rms", fit.rms_px, checks.RMS_LIMIT_PX, "px", 3),
        at_most("focal_u", relative, checks.FOCAL_U_LIMIT, "%", 3, 100),
    )


@dataclass(slots=True)
class Steps:
    """All of them, over one board; the belt's plane rests on the camera's views."""

    board: Board
    focus: FocusStep = field(init=False)
    camera: CameraStep = field(init=False)
    belt_plane: BeltPlaneStep = field(init=False)
    belt_colour: BeltColourStep = field(init=False)
    colours: ColoursStep = field(init=False)

    def __post_init__(self) -> None:
        """All begin with nothing."""
        self.focus = FocusStep(self.board)
        self.camera = CameraStep(self.board)
        self.belt_plane = BeltPlaneStep(self.board, self.camera)
        self.belt_colour = BeltColourStep()
        self.colours = ColoursStep()
