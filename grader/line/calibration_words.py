"""What people ask of the calibration at the machine, and what it answers: part of `grader.line.commands`.

Web loads this file without OpenCV or numpy.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from grader.line.message import Count, Message, Name, Sentence


class CalibrationStep(StrEnum):
    """What is calibrated; in the order in which a new station needs it."""

    FOCUS = "focus"
    CAMERA = "camera"
    BELT_PLANE = "belt_plane"
    BELT_COLOUR = "belt_colour"
    COLOURS = "colours"


class PrintedBoard(Message):
    """What was measured on the print of the board; the rest is as it was when the station was last calibrated."""

    square_mm: float = Field(ge=1, le=1000)
    marker_mm: float = Field(ge=1, le=1000)
    thickness_mm: float = Field(ge=0, le=100)


class OpenCalibration(Message):
    """Look at the camera's pictures for one step of the calibration, until the machine goes back to Produce.

    What was not saved by then is forgotten.
    """

    kind: Literal["open_calibration"] = "open_calibration"
    step: CalibrationStep
    board: PrintedBoard | None = None
    """None: as it was. Another one begins the camera anew."""
    anew: bool = False
    """Forget what was found of this step."""


class SaveCalibration(Message):
    """Save the section that a step has found, whole, in the place of the one before."""

    kind: Literal["save_calibration"] = "save_calibration"
    step: CalibrationStep
    result: int = Field(ge=1)
    """The `result` of the report that was on the screen: no other one is saved."""


class ExpireSphereCheck(Message):
    """Have the reference spheres and the patch pass again, as at the start of a shift."""

    kind: Literal["expire_sphere_check"] = "expire_sphere_check"


CalibrationCommand = OpenCalibration | SaveCalibration | ExpireSphereCheck


class Standing(StrEnum):
    """How a step stands."""

    WAITING = "waiting"
    """What it needs is not in sight."""
    MEASURING = "measuring"
    """It is, and it is not enough yet."""
    REFUSED = "refused"
    """What is in sight is not to be used."""
    PASSED = "passed"


class Advice(StrEnum):
    """What to do next; the page has words for each."""

    LAY_BOARD = "lay_board"
    TURN_LENS = "turn_lens"
    MORE_LIGHT = "more_light"
    LESS_LIGHT = "less_light"
    FIX_LENS = "fix_lens"
    """Sharp and well exposed: lock the lens, then go on."""
    SHOW_BOARD = "show_board"
    HOLD_STILL = "hold_still"
    MOVE_BOARD = "move_board"
    """This place is known: another one."""
    TILT_MORE = "tilt_more"
    """The views are too alike, or do not suffice for another reason that the sentence says."""
    BELT_NEXT = "belt_next"
    CAMERA_FIRST = "camera_first"
    CLEAR_BELT = "clear_belt"
    LAY_CHART = "lay_chart"
    MEND = "mend"
    """As the sentence says."""
    SAVE = "save"
    SAVED = "saved"


class Figure(Message):
    """One figure of a step, as it is to be shown."""

    name: Name
    text: Annotated[str, Field(min_length=1, max_length=40)]
    """Never rounded across its limit."""
    unit: Annotated[str, Field(max_length=10)] = ""
    limit: Annotated[str, Field(max_length=40)] | None = None
    """`≤ 3.0`; None: it has none."""
    good: bool = True


Share = Annotated[float, Field(ge=-1, le=2)]
"""Of the picture's width or height; what lies beyond its edge is below 0 or above 1."""


class BoardReport(PrintedBoard):
    """The board that is looked for."""

    columns: Count
    rows: Count


class SavedReport(Message):
    """The calibration that is on disk."""

    created_unix_s: float
    hash: Name
    u_rel: float = Field(ge=0)
    """Relative standard uncertainty of lengths on the belt."""
    height_mm: float
    belt_colour: bool
    colours: bool
    in_use: bool
    """False: the line takes it up at its next start."""


class CalibrationReport(Message):
    """How the step that is open stands."""

    step: CalibrationStep
    standing: Standing
    advice: Advice
    sentence: Sentence | None = None
    """What is wrong, with its figures; in English."""
    result: Count = 0
    """Grows with each result that may be saved."""
    figures: tuple[Figure, ...] = ()
    corners: tuple[tuple[Share, Share], ...] = ()
    """Where the board's corners are seen now, as shares of the picture."""
    coverage: tuple[tuple[Count, ...], ...] = ()
    """Corners in each field of the picture, row by row, in all views that are kept; empty: it does not matter."""
    views: Count = 0
    """That are kept."""
    wanted_views: Count = 0
    passed: tuple[CalibrationStep, ...] = ()
    """Since the calibration was opened."""
    saved: tuple[CalibrationStep, ...] = ()
    """Of them, those whose section is on disk."""
    board: BoardReport
    last: SavedReport
    problem: Sentence | None = None
    """Why the last section was not saved."""
