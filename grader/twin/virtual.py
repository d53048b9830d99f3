"""The whole station in virtual time: the twin's iron and the line in one thread, a millisecond a step.

The same seed gives the same decisions, on any machine, however fast it is.
"""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.errors import GraderError
from grader.grading import DecayLimits, Outlet, RulePack
from grader.line.commands import Command, Origin, Reply, Reset, SphereCheck, Start
from grader.line.ejection import Ejection, Fate, Report, Shot
from grader.line.onlooking import look_at
from grader.line.profile import StationProfile
from grader.line.records import DeliveryRecord, FruitRecord, Journal
from grader.line.states import State
from grader.line.station import Handover, Station, World
from grader.twin.people import AT_HOME, HoldUp, LayReferences, NewTray, People
from grader.twin.plant import Plant
from grader.twin.simulation import See

if TYPE_CHECKING:
    from grader.line.sightings import BeltSightings

STEP_S = 0.001
TICK_STEPS = 5
"""The line looks at the time so often; a fruit moves by less than its half width meanwhile."""
LOOK_STEPS = 100
"""People look so often; a whole number of ticks."""


@dataclass(frozen=True, slots=True)
class Delays:
    """What computing takes in virtual time."""

    vision_s: float = 0.012
    journal_s: float = 0.008


class _Due(Future[None]):
    """A record that the disk has when virtual time says so, and truly has then."""

    def __init__(self, real: Future[None], due_s: float, station: "VirtualStation") -> None:
        super().__init__()
        self._real = real
        self._due_s = due_s
        self._station = station

    def done(self) -> bool:
        """True from `due_s` on."""
        return self._station.plant.now_s >= self._due_s

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Of the real record, waited for."""
        return self._real.exception(timeout)


class VirtualStation:
    """Station, ejection, journal, iron and people, joined by a clock that they all share."""

    def __init__(
        self,
        profile: StationProfile,
        pack: RulePack,
        plant: Plant,
        see: See,
        journal: Journal,
        handover: Handover | None = None,
        *,
        decay_limits: DecayLimits | None = None,
    ) -> None:
        self.plant = plant
        self.ejection = Ejection(tolerance_mm=profile.reach_mm / 2)
        self._journal = journal
        speed_mm_s = plant.conveyor.settings.speed_mm_s
        self.station = Station(profile, pack, speed_mm_s, self, self, handover, decay_limits=decay_limits)
        self.line = self.station.line
        self.people = People(profile.recheck_count)
        self.frames = 0
        self.executed_s = 0.0
        """Time spent in Execute."""
        self.delays = Delays()
        self.frames_dropped = 0
        """Frames that were lost until now. A fault."""
        self.clock_ahead_s = 0.0
        """Of the wall clock, which somebody may set. A fault."""
        self.disk_stalls_until_s = 0.0
        """The disk answers nothing before. A fault."""
        self._profile = profile
        self._see = see
        self._seen: deque[tuple[float, BeltSightings]] = deque()
        self._next_frame_mm = 0.0
        self._steps = 0
        self._valves_enabled = False
        self._hangs_until_s = 0.0

    def start(self, *, references: bool = True) -> None:
        """Somebody passes the reference pieces, presses Reset and Start, and waits for the warning to pass."""
        if references and self.line.references.result is SphereCheck.DUE:
            self.plant.lay_references()
        for command, reached in ((Reset(), State.IDLE), (Start(), State.EXECUTE)):
            reply = self._command(command)
            if not reply.accepted:
                raise StationRefusedError(reply.sentence)
            while self.station.machine.state is not reached:
                self.step()

    def run(self, seconds: float) -> None:
        """Go on for `seconds` of virtual time."""
        for _ in range(round(seconds / STEP_S)):
            self.step()

    def hang(self, seconds: float) -> None:
        """The line does nothing for so long. A fault."""
        self._hangs_until_s = self.plant.now_s + seconds

    def complete(self) -> None:
        """Somebody ends the run: the belt runs empty and stands."""
        self.people.going_home = True
        while self.station.machine.state not in AT_HOME:
            self.step()

    def step(self) -> None:
        """One millisecond."""
        self._steps += 1
        pulses = self.plant.step(STEP_S)
        now_s, travel_mm = self.plant.now_s, self._travel_mm
        for report in self.ejection.due(travel_mm, self.plant.conveyor.speed_mm_s, now_s):
            self._fire(report)
        for pulse in pulses:
            self.line.exit_pulse(pulse.outlet, pulse.lane, pulse.at_s)
        if travel_mm >= self._next_frame_mm and self.plant.faults.camera:
            self._expose()
        while self._seen and self._seen[0][0] <= now_s:
            self.station.see(self._seen.popleft()[1], self.plant.conveyor.speed_mm_s)
        if self._steps % TICK_STEPS == 0 and now_s >= self._hangs_until_s:
            self._tick(travel_mm, now_s)

    def record(self, fruit: FruitRecord) -> Future[None]:
        """Journal's: done after the journal's delay."""
        due_s = max(self.plant.now_s + self.delays.journal_s, self.disk_stalls_until_s)
        return _Due(self._journal.record(fruit), due_s, self)

    def deliver(self, delivery: DeliveryRecord) -> Future[None]:
        """Journal's."""
        return self._journal.deliver(delivery)

    def stand(self, outlet: Outlet, tray: int, instead_of: int | None, why: str | None = None) -> Future[None]:
        """Journal's."""
        return self._journal.stand(outlet, tray, instead_of, why)

    def doubt(self, tray: int, why: str) -> Future[None]:
        """Journal's."""
        return self._journal.doubt(tray, why)

    def happened(self, kind: str, payload: Mapping[str, object], now_s: float) -> Future[None]:
        """Journal's."""
        return self._journal.happened(kind, payload, now_s)

    def probe(self, now_s: float) -> Future[None]:
        """Journal's."""
        return self._journal.probe(now_s)

    def tend(self, now_s: float) -> None:
        """Journal's."""
        self._journal.tend(now_s)

    def arm(self, shot: Shot) -> None:
        """Ejectors'."""
        self.ejection.arm(shot)

    def cancel(self, outlet: Outlet | None) -> None:
        """Ejectors'."""
        for report in self.ejection.cancel(outlet, self.plant.now_s):
            self.line.report(report)

    @property
    def _travel_mm(self) -> float:
        return self.plant.conveyor.count * self._profile.encoder.mm_per_count

    def _tick(self, travel_mm: float, now_s: float) -> None:
        if self._steps % LOOK_STEPS == 0:
            self._act()
        world = World(
            travel_mm=travel_mm,
            speed_mm_s=self.plant.conveyor.speed_mm_s,
            e_stop_pressed=self.plant.faults.e_stop,
            air_pressure_ok=self.plant.faults.air,
            trays_absent=frozenset(self.plant.faults.trays_gone),
            trays_full=frozenset(self.plant.faults.heaped),
            frames_dropped=self.frames_dropped,
        )
        outputs = self.station.tick(world, now_s, now_s + self.clock_ahead_s)
        self.plant.conveyor.drive_mm_s = outputs.belt_speed_mm_s
        self.plant.infeed_on = outputs.infeed_on
        self._valves_enabled = outputs.valves_enabled
        if self.station.machine.state is State.EXECUTE:
            self.executed_s += TICK_STEPS * STEP_S

    def _act(self) -> None:
        """What the people do."""
        for act in self.people.look(look_at(self.station, 0, self.executed_s), self.plant.now_s):
            if isinstance(act, NewTray):
                self.plant.swap_tray(act.outlet)
            elif isinstance(act, LayReferences):
                self.plant.lay_references()
            elif not isinstance(act, HoldUp):  # nobody calibrates in virtual time
                self._command(act)

    def _command(self, command: Command) -> Reply:
        return self.station.command(command, Origin.MACHINE, self.plant.now_s, self.plant.now_s)

    def _fire(self, report: Report) -> None:
        if report.fate is Fate.FIRED and not self._valves_enabled:
            report = replace(report, fate=Fate.CANCELLED)
        if report.fate is Fate.FIRED:
            self.plant.open_valve(report.shot.outlet, report.shot.lane, report.shot.pulse_s)
        self.line.report(report)

    def _expose(self) -> None:
        plant = self.plant
        placed = [(item, plant.along_mm(item)) for item in plant.in_window()]
        seen = self._see(placed, plant.conveyor.count, plant.now_s)
        self._seen.append((plant.now_s + self.delays.vision_s, seen))
        every_mm = self._profile.window.frame_every_mm
        self._next_frame_mm = (self._travel_mm // every_mm + 1) * every_mm
        self.frames += 1


class StationRefusedError(GraderError, RuntimeError, code="station_refused"):
    """The simulated machine could not be started; its sentence says why. Change what it names."""
