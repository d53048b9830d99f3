"""What the processes tell each other, beside the commands and states that people and web use."""

from dataclasses import dataclass

from grader.grading import Outlet
from grader.line.calibration_words import CalibrationReport, OpenCalibration, SaveCalibration
from grader.line.commands import Command, Origin
from grader.line.ejection import Shot
from grader.line.sightings import BeltSightings

CALIBRATION = "calibration"
"""The process that is there only while somebody calibrates."""


@dataclass(frozen=True, slots=True)
class FrameTaken:
    """Camera to vision: a frame lies in the ring."""

    slot: int
    count: int
    exposed_s: float
    dropped: int
    """Frames lost until now, for want of a free slot."""


@dataclass(frozen=True, slots=True)
class CameraStands:
    """Camera to line: what is wrong with it."""

    fault: str | None
    """None: nothing any more."""


@dataclass(frozen=True, slots=True)
class FrameSeen:
    """Vision to line."""

    sightings: BeltSightings
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A fruit was decided."""

    key: str
    """Its run and its number there, `12-345`."""
    grade: str | None
    outlet: str
    """Where the line sends it."""
    criterion: str | None
    rides_mm: float
    """Its place along the travel less the travel until then,"""
    across_mm: float
    """and across it."""
    best_count: int
    """The frame that shows it best, by its encoder count,"""
    best_row: int
    """and which of that frame's sightings it is."""


@dataclass(frozen=True, slots=True)
class FrameJudged:
    """Line to vision, of each frame: which fruit were decided by it."""

    count: int
    fruit: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class LightSeen:
    """Vision to line, now and then: light over what it was when the belt was learnt, linear; NaN: not seen."""

    blue: float
    green: float
    red: float


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """Vision to line: frames can no longer be kept."""


@dataclass(frozen=True, slots=True)
class CalibrationAsked:
    """Line to calibration: what somebody at the machine wants."""

    command: OpenCalibration | SaveCalibration


@dataclass(frozen=True, slots=True)
class CalibrationStands:
    """Calibration to line, after each picture and each command."""

    report: CalibrationReport


@dataclass(frozen=True, slots=True)
class CalibrationSaved:
    """Calibration to line: a section is on disk."""

    step: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Arm:
    """Line to ejection."""

    shot: Shot


@dataclass(frozen=True, slots=True)
class Cancel:
    """Line to ejection: drop the shots into an outlet, or all."""

    outlet: Outlet | None


@dataclass(frozen=True, slots=True)
class FireOnce:
    """Line to ejection: somebody tries a valve out; it has power for it."""

    outlet: Outlet
    lane: int
    pulse_s: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody commands the line."""

    command: Command
    origin: Origin


@dataclass(frozen=True, slots=True)
class Died:
    """Supervisor to line: a process has died (and is being started again), or is back."""

    process: str
    back: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """Supervisor to line: end the run, say how it went, and end."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Line to supervisor: what it counted."""

    executed_s: float
    latencies_s: list[float]
    frames_seen: int
    frames_dropped: int
    late: int
    on_record: bool
    """Whether the end of the run is in the journal."""
