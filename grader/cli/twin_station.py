"""A station whose machine is simulated: all of its processes, started and ended together."""

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.errors import GraderError
from grader.grading import RulePack
from grader.line.processes import calibrating, deciding, ejecting, seeing, supervising
from grader.line.processes.calibrating import Calibrated
from grader.line.processes.messages import CALIBRATION
from grader.line.processes.ring import RingName, shared_ring
from grader.line.processes.supervising import Child, Family
from grader.line.profile import StationProfile
from grader.network import OnnxNetwork, limits_of
from grader.store import RunStarted
from grader.twin import live_camera, live_plant
from grader.twin.cameras import station as station_view
from grader.twin.live_plant import TwinIron
from grader.twin.simulation import Depth, SimulationSettings
from grader.vision import Calibration

PLANT = "plant"
"""It is the world, which does not die."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinStation:
    """What is started."""

    sockets: Path
    """Folder of the processes' doors."""
    profile: StationProfile
    pack: RulePack
    settings: SimulationSettings
    calibration: Calibration | None
    """None: there are no frames."""
    calibrated: Calibrated | None = None
    """What can be calibrated at the machine; None: nothing can."""
    journal: Path
    begun: RunStarted
    books: Path | None = None
    """They say which lot is fed; None: nobody does."""
    record: Path | None = None
    """Folder of a recording; None: frames are not kept."""
    network: OnnxNetwork | None = None
    """Reads each fruit; None: nobody looks for decay."""
    web: Child | None = None
    """Serves the touchscreen; None: nobody does."""


class StationLostError(GraderError, RuntimeError, code="station_lost"):
    """A station cannot be kept alive; what it recorded is kept."""


@dataclass(frozen=True, slots=True)
class Started:
    """What runs."""

    machine: Family
    station: Family
    web: Family

    def keep(self) -> None:
        """Start again what has died: the supervisor as systemd would, the camera as a technician would plug it in."""
        for family in (self.machine, self.station):
            for name in family.dead():
                if name == PLANT or family.hopeless(name):
                    raise StationLostError(f"{name} has died for good. The journal has kept what was recorded")
                family.start(name)
        for name in self.web.dead():
            if not self.web.hopeless(name):  # else the line goes on without a screen
                self.web.start(name)


def start(station: TwinStation, stack: ExitStack) -> Started:
    """Start machine and station; `stack` ends them, the station first."""
    ring = _ring(station, stack)
    started = Started(
        Family(_machine(station, ring)),
        Family(
            [Child("supervisor", supervising.run, (station.sockets, _station(station, ring)), again=False, beats=False)]
        ),
        Family([] if station.web is None else [station.web]),
    )
    stack.callback(started.web.stop)
    stack.callback(started.machine.stop)
    stack.callback(started.station.stop)
    return started


def twin_processes(station: TwinStation, stack: ExitStack) -> list[Child]:
    """The station's processes alone, not started, beside a machine that runs; `stack` ends it."""
    ring = _ring(station, stack)
    stack.callback(Family(_machine(station, ring)).stop)
    return _station(station, ring)


def _ring(station: TwinStation, stack: ExitStack) -> RingName | None:
    if station.settings.depth is not Depth.PIXELS:
        return None
    return shared_ring(station_view().camera.size_px, stack)


def _machine(station: TwinStation, ring: RingName | None) -> list[Child]:
    """What is simulated: it lives outside the station and outlives it."""
    simulated = station.sockets, station.profile, station.settings
    plant = Child(PLANT, live_plant.run, simulated, beats=False)
    if ring is None:
        return [plant, Child("camera", live_camera.run_sightings, simulated, beats=False)]
    return [plant, Child("camera", live_camera.run_pixels, (*simulated, ring), beats=False)]


def _station(station: TwinStation, ring: RingName | None) -> list[Child]:
    """The station's own processes, as on a real machine but for the iron's driver."""
    folder, profile = station.sockets, station.profile
    speed_mm_s = station.settings.conveyor.speed_mm_s
    line = folder, profile, station.pack, speed_mm_s, station.journal, station.begun
    children = [
        Child("ejection", ejecting.run, (folder, profile, partial(TwinIron, folder))),
        Child(
            "line",
            partial(
                deciding.run,
                decay_limits=limits_of(station.network),
                books=station.books,
                calibrates=station.calibrated is not None,
            ),
            line,
            again=False,
        ),
    ]
    if ring is not None:
        network = None if station.network is None else station.network.path
        sees = folder, profile, station.calibration, ring, station.record, network
        children.append(Child("vision", seeing.run, sees))
    if station.calibrated is not None:
        look = folder, station.calibrated
        children.append(Child(CALIBRATION, calibrating.run, look, beats=False, on_demand=True))
    return children
