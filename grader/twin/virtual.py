"""The whole station in virtual time: the twin's iron and the line in one thread, a millisecond a step.

The same seed gives the same decisions, on any machine, however fast it is.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from grader.grading import Outlet, RulePack
from grader.line.ejection import Ejection, Fate, Report, Shot
from grader.line.line import Line
from grader.line.profile import StationProfile
from grader.line.records import DeliveryRecord, FruitRecord, Journal
from grader.line.sightings import BeltSightings
from grader.twin.audit import Audit
from grader.twin.feed import Item
from grader.twin.people import People
from grader.twin.plant import Plant

STEP_S = 0.001
TICK_STEPS = 5
"""The line looks at the time so often; a fruit moves by less than its half width meanwhile."""

See = Callable[[list[tuple[Item, float]], int, float], BeltSightings]
"""Items and where they are along the travel, the encoder count, the time: what the camera and `measure` say."""


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
    """Line, ejection, journal, iron and people, joined by a clock that they all share."""

    def __init__(self, profile: StationProfile, pack: RulePack, plant: Plant, see: See, journal: Journal) -> None:
        self.plant = plant
        self.ejection = Ejection(tolerance_mm=profile.reach_mm / 2)
        self.line = Line(profile, pack, self, self)
        self.audit = Audit(plant, pack)
        self.people = People(plant, self.line)
        self.frames = 0
        self.delays = Delays()
        self._profile = profile
        self._see = see
        self._journal = journal
        self._seen: deque[tuple[float, BeltSightings]] = deque()
        self._next_frame_mm = 0.0

    def run(self, seconds: float) -> None:
        """Let the belt run for `seconds`."""
        self.plant.conveyor.on = True
        for step in range(round(seconds / STEP_S)):
            self._step(step)

    def run_out(self) -> None:
        """Let no more fruit be measured, and wait until everything that is decided has left the belt."""
        self._seen.clear()
        while self.line.tally.in_flight:
            for step in range(TICK_STEPS):
                self._iron()
                if step == 0:
                    self.line.tick(self._travel_mm, self.plant.now_s)

    def record(self, fruit: FruitRecord) -> Future[None]:
        """Journal's: done after the journal's delay."""
        self.audit.note(fruit)
        return _Due(self._journal.record(fruit), self.plant.now_s + self.delays.journal_s, self)

    def deliver(self, delivery: DeliveryRecord) -> Future[None]:
        """Journal's."""
        return self._journal.deliver(delivery)

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

    def _step(self, step: int) -> None:
        self._iron()
        now_s = self.plant.now_s
        if self._travel_mm >= self._next_frame_mm:
            self._expose()
        while self._seen and self._seen[0][0] <= now_s:
            self.line.see(self._seen.popleft()[1], self.plant.conveyor.speed_mm_s)
        if step % TICK_STEPS == 0:
            self.line.tick(self._travel_mm, now_s)
            self.people.look()

    def _iron(self) -> None:
        pulses = self.plant.step(STEP_S)
        now_s = self.plant.now_s
        for report in self.ejection.due(self._travel_mm, self.plant.conveyor.speed_mm_s, now_s):
            self._fire(report)
        for pulse in pulses:
            self.line.exit_pulse(pulse.outlet, pulse.lane, pulse.at_s)

    def _fire(self, report: Report) -> None:
        if report.fate is Fate.FIRED:
            self.plant.open_valve(report.shot.outlet, report.shot.lane, report.shot.pulse_s)
        self.line.report(report)

    def _expose(self) -> None:
        plant = self.plant
        placed = [(item, plant.along_mm(item)) for item in plant.in_window()]
        seen = self._see(placed, plant.conveyor.count, plant.now_s)
        self._seen.append((plant.now_s + self.delays.vision_s, seen))
        self._next_frame_mm += self._profile.window.frame_every_mm
        self.frames += 1
