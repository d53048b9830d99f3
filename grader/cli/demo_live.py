"""The demonstration in real time: the station's processes as they run a real machine, against a simulated one."""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from typing import cast

import click

from grader.cli.demo_summary import Performance
from grader.cli.showing import Show
from grader.grading import RulePack
from grader.line.commands import Origin
from grader.line.onlooking import LineState
from grader.line.processes import deciding, ejecting, seeing, supervising
from grader.line.processes.links import Link, Piece, connect, joined, wait
from grader.line.processes.messages import Ask, Finish, Finished
from grader.line.processes.ring import FrameRing
from grader.line.processes.supervising import Child, Family
from grader.line.profile import StationProfile
from grader.store import RunStarted
from grader.twin import live_camera, live_plant
from grader.twin.cameras import station as station_view
from grader.twin.kept import kept_calibration
from grader.twin.live_plant import ChangeTray, PassReferences, TellWhereabouts, TwinIron
from grader.twin.people import AT_HOME, LayReferences, NewTray, People
from grader.twin.plant import Whereabouts
from grader.twin.simulation import Depth, SimulationSettings, pictured

SLOTS = 8
TURN_S = 0.05
PATIENCE_S = 60.0
"""A station from which nothing is heard for so long, or which does not end, has failed."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where and of what a machine is simulated."""

    folder: Path
    """Of the processes' doors."""
    profile: StationProfile
    settings: SimulationSettings
    ring: tuple[str, int, tuple[int, int, int]] | None
    """Of the frames; None: there are none."""


def in_real_time(
    profile: StationProfile, pack: RulePack, settings: SimulationSettings, path: Path, run: RunStarted, show: Show
) -> tuple[Whereabouts, Performance]:
    """One run, or several where the line dies; where everything lies at its end, and how the line did."""
    # The helper that watches over shared memory is everybody's, so it is started before anybody.
    ensure_running()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-")))
        ring = None
        if settings.depth is Depth.PIXELS:
            width, height = station_view().camera.size_px
            frames = FrameRing.create(SLOTS, (height, width, 3))
            stack.callback(frames.remove)
            ring = frames.name, SLOTS, frames.shape
        stage = _Stage(folder, profile, settings, ring)
        stack.callback(Family(_machine(stage)).stop)
        children = _station(stage, pack, path, run)
        supervisor = Child("supervisor", supervising.run, (folder, children), again=False)
        stack.callback(Family([supervisor]).stop)
        stack.enter_context(show.hearing())
        return _Onlooker(stage, show).stay()


def _machine(stage: _Stage) -> list[Child]:
    """What is simulated: it lives outside the station and outlives it."""
    simulated = stage.folder, stage.profile, stage.settings
    plant = Child("plant", live_plant.run, simulated)
    if stage.ring is None:
        return [plant, Child("camera", live_camera.run_sightings, simulated)]
    return [plant, Child("camera", live_camera.run_pixels, (*simulated, stage.ring))]


def _station(stage: _Stage, pack: RulePack, path: Path, run: RunStarted) -> list[Child]:
    """The station's own processes, as on a real machine but for the iron's driver."""
    folder, profile = stage.folder, stage.profile
    speed_mm_s = stage.settings.conveyor.speed_mm_s
    children = [
        Child("ejection", ejecting.run, (folder, profile, partial(TwinIron, folder))),
        Child("line", deciding.run, (folder, profile, pack, speed_mm_s, path, run), again=False),
    ]
    if stage.ring is not None:
        calibration = kept_calibration(pictured(profile, stage.settings))
        children.append(Child("vision", seeing.run, (folder, profile, calibration, stage.ring)))
    return children


class _Onlooker:
    """The people at the machine, and whoever watches them."""

    def __init__(self, stage: _Stage, show: Show) -> None:
        self._folder = stage.folder
        self._show = show
        self._people = People(stage.profile.recheck_count, hands_s=1.0)
        self._line: Link | None = None
        self._plant: Link | None = None
        self._seen: LineState | None = None
        self._executed_before_s = 0.0
        self._finished: Finished | None = None

    def stay(self) -> tuple[Whereabouts, Performance]:
        """Until the run is over."""
        heard_s = time.monotonic()
        while self._finished is None:
            if self._look():
                heard_s = time.monotonic()
            elif time.monotonic() - heard_s > PATIENCE_S:
                raise click.ClickException("the station does not answer; it is ended, and the journal kept what it had")
            wait([self._line], TURN_S)
        done = self._finished
        performance = Performance(
            seconds=self._executed_before_s + done.executed_s,
            latencies_s=done.latencies_s,
            frames_seen=done.frames_seen,
            frames_dropped=done.frames_dropped,
            late=done.late,
        )
        return self._whereabouts(), performance

    def _look(self) -> bool:
        """Whether the line has said anything."""
        if self._plant is None or not self._plant.alive:
            self._plant = connect(self._folder, "plant", "people")
        if self._line is None or not self._line.alive:
            self._line = connect(self._folder, "line", "people")
        messages = self._line.receive() if self._line else []
        for message in messages:
            if isinstance(message, LineState):
                self._take(message)
            elif isinstance(message, Finished):
                self._finished = message
        return bool(messages)

    def _take(self, seen: LineState) -> None:
        if self._seen is not None and seen.run != self._seen.run:
            self._executed_before_s += self._seen.executed_s
        self._seen = seen
        self._show.state(seen)
        self._people.going_home = self._show.over(self._executed_before_s + seen.executed_s)
        for act in self._people.look(seen, time.monotonic()):
            if isinstance(act, NewTray):
                self._tell(self._plant, ChangeTray(act.outlet))
            elif isinstance(act, LayReferences):
                self._tell(self._plant, PassReferences())
            else:
                self._tell(self._line, Ask(act, Origin.MACHINE))
        if self._people.going_home and seen.state in AT_HOME:
            self._tell(self._line, Finish())

    def _tell(self, link: Link | None, message: object) -> None:
        if link is not None:
            link.send(message)

    def _whereabouts(self) -> Whereabouts:
        pieces: list[Piece] = []
        self._tell(self._plant, TellWhereabouts())
        while self._plant is not None and self._plant.alive and not (pieces and pieces[-1].left == 0):
            wait([self._plant], TURN_S)
            pieces += [message for message in self._plant.receive() if isinstance(message, Piece)]
        return cast("Whereabouts", joined(pieces))
