"""The line process: sightings in, decisions to the journal, shots to the ejection process, commands answered."""

import time
from dataclasses import replace
from pathlib import Path

from grader.errors import GraderError
from grader.grading import DecayLimits, Outlet, RulePack
from grader.hardware.iron import ExitPulse, IronState, Power
from grader.hardware.lamp_tower import Signal
from grader.line.commands import Command, Fire, Origin, Reply, Request
from grader.line.ejection import Report, Shot
from grader.line.journaling import RunJournal, check_of_shift, feed_by_the_books
from grader.line.onlooking import look_at
from grader.line.outputs import Outputs
from grader.line.processes.beating import DoBeat, silent
from grader.line.processes.calibration_link import CalibrationLink
from grader.line.processes.links import Door, Link, connect, wait
from grader.line.processes.messages import (
    CALIBRATION,
    Arm,
    Ask,
    CalibrationSaved,
    CalibrationStands,
    CameraStands,
    Cancel,
    Died,
    Finish,
    Finished,
    FireOnce,
    FrameJudged,
    FrameSeen,
    Judged,
    LightSeen,
    RecordingEnded,
)
from grader.line.processes.window import Window
from grader.line.profile import StationProfile
from grader.line.records import NOBODYS, FruitRecord
from grader.line.reporting import Reporter
from grader.line.states import State
from grader.line.station import Handover, Station, World
from grader.store import Journal, RunStarted

TICK_S = 0.005
STATE_EVERY_S = 0.1
EXTRAPOLATE_S = 0.05
STARTS_S = 10.0
"""A process that has not been seen yet may take so long to start; one that was and is gone has died."""


class LineProcess:
    """Its whole state; `step` is one turn of its loop."""

    def __init__(
        self,
        folder: Path,
        profile: StationProfile,
        pack: RulePack,
        speed_mm_s: float,
        journal: RunJournal,
        handover: Handover,
        *,
        decay_limits: DecayLimits | None,
        calibrates: bool = False,
    ) -> None:
        """Empty trays stand at all outlets."""
        self._ended_by: Link | None = None
        self._mains_failed = False
        self._mains_were_ok = False
        self._folder = folder
        self._profile = profile
        self._journal = journal
        self._camera_fault: str | None = None
        self._door = Door(folder, "line")
        self.guests: list[Link] = []
        self._ejection: Link | None = None
        self._starts_until_s = time.monotonic() + STARTS_S
        self._iron = IronState(0, 0.0, time.monotonic())
        self.station = Station(
            profile, pack, speed_mm_s, journal, self, handover, decay_limits=decay_limits, calibrates=calibrates
        )
        self._calibration = CalibrationLink(self.station.calibration, journal)
        self._window = Window(folder)
        self._reporter = Reporter(self.station)
        self.run = journal.run
        self._frames = (0, 0)
        self._executed_s = 0.0
        self._ticked_s = self._told_s = time.monotonic()

    @property
    def finished(self) -> bool:
        """Whether somebody has ended the run, or the mains have."""
        return self._ended_by is not None or self._mains_failed

    @property
    def why_ended(self) -> str:
        """For the record of the run."""
        return "power_failed" if self._mains_failed else "complete"

    def say_finished(self, *, on_record: bool) -> None:
        """Tell whoever ended the run how it went."""
        line = self.station.line
        if self._ended_by is not None:
            self._ended_by.send(Finished(self._executed_s, line.latencies_s, *self._frames, line.tally.late, on_record))

    def step(self) -> None:
        """Messages, and the tick that is due."""
        self._hear_ejection()
        self.guests = [link for link in [*self.guests, *self._door.come_in()] if link.alive]
        for link in self.guests:
            for message in link.receive():
                self._hear(link, message)
        self._window.serve(self._answer)
        self._calibration.serve(self.guests)
        now_s = time.monotonic()
        if now_s - self._ticked_s >= TICK_S:
            self._tick(now_s)
        wait([self._door, self._ejection, *self.guests, self._window, *self._window.guests], TICK_S)

    def close(self) -> None:
        """Let go of everybody."""
        for one in (self._door, self._window, *self._window.guests, *self.guests, self._ejection):
            if one is not None:
                one.close()

    def arm(self, shot: Shot) -> None:
        """Ejectors'."""
        if self._ejection is not None:
            self._ejection.send(Arm(shot))

    def cancel(self, outlet: Outlet | None) -> None:
        """Ejectors'."""
        if self._ejection is not None:
            self._ejection.send(Cancel(outlet))

    def _hear_ejection(self) -> None:
        if self._ejection is None or not self._ejection.alive:
            if self._ejection is not None:
                self.station.line.abandon("ejection_died", shots_only=True)
                self._starts_until_s = 0.0
            self._ejection = connect(self._folder, "ejection", "line")
            missing = self._ejection is None and time.monotonic() >= self._starts_until_s
            self._report_dead("ejection", dead=missing)
            return
        for message in self._ejection.receive():
            match message:
                case IronState():
                    self._iron = message
                case Report():
                    self.station.line.report(message)
                case ExitPulse(outlet=outlet, lane=lane, at_s=at_s):
                    self.station.line.exit_pulse(outlet, lane, at_s)

    def _hear(self, link: Link, message: object) -> None:
        match message:
            case FrameSeen(sightings=sightings, dropped=dropped):
                self._frames = self._frames[0] + 1, dropped
                decided = self.station.see(sightings, self._iron.speed_mm_s)
                link.send(FrameJudged(sightings.count, tuple(self._judged(record) for record in decided)))
            case LightSeen(blue=blue, green=green, red=red) if not self.station.calibration.is_open:
                self.station.lamp.see(blue, green, red)  # what lies on the belt meanwhile is no lamp's fault
            case CalibrationStands() | CalibrationSaved():
                self._calibration.hear(message)
            case CameraStands(fault=fault):
                self._camera_fault = fault
            case RecordingEnded():
                self.station.alarms.report("recording_ended", present=True, now_unix_s=time.time())
            case Ask(command=command, origin=origin):
                link.send(self._command(command, origin))
            case Died(process=process, back=back):
                self._report_dead(process, dead=not back)
            case Finish():
                self.station.line.abandon("run_ended")
                self._ended_by = link

    def _judged(self, record: FruitRecord) -> Judged:
        best_count, best_row = record.best_view
        return Judged(
            key=f"{self.run}-{record.fruit}",
            grade=record.decision.grade,
            outlet=record.outlet.value,
            criterion=record.decision.criterion,
            rides_mm=record.rides_mm,
            across_mm=record.across_mm,
            best_count=best_count,
            best_row=best_row,
        )

    def _answer(self, request: Request) -> Reply:
        reply = self._command(request.command, request.origin)
        return reply.model_copy(update={"request_id": request.request_id})

    def _command(self, command: Command, origin: Origin) -> Reply:
        reply = self.station.command(command, origin, time.monotonic(), time.time())
        if isinstance(command, Fire) and reply.accepted and self._ejection is not None:
            self._ejection.send(_power(self.station.machine.outputs))
            self._ejection.send(FireOnce(command.outlet, command.lane, command.duration_ms / 1000))
        return reply

    def _report_dead(self, process: str, *, dead: bool) -> None:
        self.station.alarms.report("process_died", present=dead, now_unix_s=time.time(), subject=process)

    def _tick(self, now_s: float) -> None:
        iron = self._iron
        ahead_s = min(now_s - iron.at_s, EXTRAPOLATE_S)
        world = World(
            travel_mm=iron.count * self._profile.encoder.mm_per_count + iron.speed_mm_s * ahead_s,
            speed_mm_s=iron.speed_mm_s,
            e_stop_pressed=iron.e_stop_pressed,
            door_open=not iron.contacts.door_closed,
            air_pressure_ok=iron.contacts.air_pressure_ok,
            power_failing=not iron.contacts.power_ok,
            trays_absent=iron.contacts.trays_absent,
            trays_full=iron.contacts.trays_full,
            lost_mm=iron.counts_lost * self._profile.encoder.mm_per_count,
            camera_fault=self._camera_fault,
            frames_dropped=self._frames[1],
        )
        outputs = self.station.tick(world, now_s, time.time())
        if self._ejection is not None:
            self._ejection.send(_power(outputs))
        if self.station.machine.state is State.EXECUTE:
            self._executed_s += now_s - self._ticked_s
        self._mind_the_mains()
        self._ticked_s = now_s
        if now_s - self._told_s >= STATE_EVERY_S:
            self._told_s = now_s
            self._tell()

    def _mind_the_mains(self) -> None:
        """Once they fail, all that is not on record yet has to be: the run ends, and with it every tray.

        The contact is debounced. A station that is started without mains waits for them.
        """
        if self._iron.contacts.power_ok:
            self._mains_were_ok = True
        elif self._mains_were_ok:
            self._mains_failed = True
            self.station.line.abandon("power_failed")
            for place in self.station.line.outlets.places.values():
                self._journal.take_away(place.tray, "power_failed")

    def _tell(self) -> None:
        state = look_at(self.station, self.run, self._executed_s)
        for link in self.guests:
            if link.name not in {"vision", CALIBRATION}:
                link.send(state)
        if self._window.guests:
            iron = self._iron
            self._window.show(self._reporter.look(time.time(), time.monotonic(), iron.speed_mm_s, iron.count))


def _power(outputs: Outputs) -> Power:
    """What the ejection process switches for it."""
    return Power(
        outputs.belt_speed_mm_s,
        infeed_on=outputs.infeed_on,
        valves_enabled=outputs.valves_enabled,
        signal=Signal(outputs.lamp, outputs.lamp_flashes, outputs.buzzer),
    )


def run(  # noqa: PLR0913 - what the process is started with
    folder: Path,
    profile: StationProfile,
    pack: RulePack,
    speed_mm_s: float,
    journal: Path,
    begun: RunStarted,
    *,
    decay_limits: DecayLimits | None,
    books: Path | None = None,
    calibrates: bool = False,
    beat: DoBeat = silent,
) -> None:
    """The process's life: one run, from the journal's recovery to `Finish`. `begun` without its number and time.

    `decay_limits`: of the network that looks; None: none does. `books` say which lot is fed; None: nobody does.
    `calibrates`: there is a process that looks at pictures while somebody calibrates.
    """
    with Journal(journal) as store:
        now_ns = time.time_ns()
        check = check_of_shift(journal, begun.calibration_sha256, profile.references.valid_h, now_ns)
        numbered = replace(begun, run=store.next_run, started_utc_ns=now_ns)
        record = RunJournal(store, numbered, profile.encoder.mm_per_count)
        fed = NOBODYS if books is None else feed_by_the_books(books, journal)
        handover = Handover(store.next_tray, check, fed)
        process = LineProcess(
            folder, profile, pack, speed_mm_s, record, handover, decay_limits=decay_limits, calibrates=calibrates
        )
        while not process.finished:
            process.step()
            beat()
        process.say_finished(on_record=_ended(record, process.why_ended))
        for link in process.guests:
            link.flush()


def _ended(record: RunJournal, why: str) -> bool:
    """End the run in the journal. One that cannot be ended there is ended as a crash by the next start."""
    try:
        record.end(why).result()
    except GraderError:
        return False
    return True
