"""How the line looks to people who stand beside it; what the touchscreen shows is made of the same."""

from dataclasses import dataclass

from grader.grading import Outlet
from grader.line.calibration_words import CalibrationStep
from grader.line.commands import AlarmReport, SphereCheck
from grader.line.states import State
from grader.line.station import Station


@dataclass(frozen=True, slots=True)
class LineState:
    """One moment."""

    state: State
    why: str
    run: int
    executed_s: float
    """Time spent in Execute in this run."""
    recorded: int
    recheck: int
    in_crate: int
    trays: dict[Outlet, tuple[int, int, int]]
    """Delivered, reserved, capacity."""
    obstacles: dict[Outlet, str]
    """Why outlets take nothing more."""
    sphere_check: SphereCheck
    alarms: tuple[AlarmReport, ...]
    """Most pressing first."""
    acting_alarms: bool
    """Whether something asks the machine to stand."""
    oldest_undecided_s: float | None
    """First exposure of the fruit in view that waits longest for its decision, monotonic; None: none waits."""
    calibrates: CalibrationStep | None = None
    """Which step of the calibration somebody is at; None: nobody calibrates."""


def look_at(station: Station, run: int, executed_s: float) -> LineState:
    """The station now."""
    line, places = station.line, station.line.outlets.places
    return LineState(
        state=station.machine.state,
        why=station.machine.why,
        run=run,
        executed_s=executed_s,
        recorded=line.tally.recorded,
        recheck=line.tally.recheck,
        in_crate=station.watch.in_crate,
        trays={outlet: (place.delivered, place.reserved, place.capacity) for outlet, place in places.items()},
        obstacles={outlet: place.obstacle for outlet, place in places.items() if place.obstacle},
        sphere_check=line.references.result,
        alarms=tuple(alarm.report() for alarm in station.alarms.active),
        acting_alarms=bool(station.alarms.reactions()),
        oldest_undecided_s=line.oldest_undecided_s,
        calibrates=station.calibration.step,
    )
