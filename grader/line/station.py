"""The station: the line, the machine around it and its alarms, on one clock.

Pure as its parts are: whoever runs it brings `World` and events, and switches what `tick` answers.
"""

import math
from dataclasses import asdict, dataclass

from grader.grading import DecayLimits, Outlet, RulePack
from grader.line.alarms import AlarmBook
from grader.line.calibration_desk import CalibrationDesk
from grader.line.calibration_words import CalibrationCommand, ExpireSphereCheck
from grader.line.catalogue import CATALOGUE
from grader.line.commands import (
    AcknowledgeAlarm,
    CloseOutlet,
    Command,
    EmptyRecheck,
    FeedLot,
    LineCommand,
    MachineCommand,
    OpenOutlet,
    Origin,
    OverrideSphereCheck,
    Reaction,
    Reply,
    SphereCheck,
    SwapTray,
    Verdict,
    forbidden,
)
from grader.line.drifting import DriftRecord
from grader.line.interlocks import Inputs, Setup
from grader.line.line import Line
from grader.line.machine import Machine
from grader.line.outputs import Outputs
from grader.line.profile import StationProfile
from grader.line.records import NOBODYS, Ejectors, Feed, FruitRecord, Journal
from grader.line.sightings import BeltSightings
from grader.line.states import State
from grader.line.watching import CameraWatch, ClockWatch, EncoderWatch, LampWatch, LineWatch, LostCountsWatch

HUNG_S = 0.25
"""If the line did nothing for so long, the ejection process has taken the belt's power away."""
STANDSTILL_MM_S = 1.0
"""Slower than this the belt stands."""
PROBE_S = 1.0
"""While the journal takes no fruit, it is tried with an event so often: nothing else would tell that it is mended."""
AT_REST = frozenset({State.HELD, State.SUSPENDED, State.STOPPED, State.ABORTED, State.COMPLETE})
SORTING = frozenset({State.EXECUTE, State.COMPLETING})


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the sensors say at one moment."""

    travel_mm: float
    """By the encoder."""
    speed_mm_s: float
    """By the encoder."""
    e_stop_pressed: bool = False
    door_open: bool = False
    air_pressure_ok: bool = True
    power_failing: bool = False
    """The mains have gone; what is recorded now is all that can be."""
    trays_absent: frozenset[Outlet] = frozenset()
    trays_full: frozenset[Outlet] = frozenset()
    """Whose sensor says that the tray is full."""
    frames_dropped: int = 0
    """Until now."""
    lost_mm: float = 0.0
    """Belt travel until now by counts of the encoder that are known to be missing."""
    camera_fault: str | None = None
    """What is wrong with the camera by its own process."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What a station takes over from the runs before."""

    first_tray: int = 1
    """Number of the first tray that stands there now, empty as all are."""
    sphere_check: SphereCheck = SphereCheck.DUE
    """How the reference spheres stand in this shift."""
    feed: Feed = NOBODYS
    """Whose fruit come."""


class Station:
    """One machine and its run."""

    def __init__(
        self,
        profile: StationProfile,
        pack: RulePack,
        speed_mm_s: float,
        journal: Journal,
        ejectors: Ejectors,
        handover: Handover | None = None,
        *,
        decay_limits: DecayLimits | None = None,
        calibrates: bool = True,
    ) -> None:
        """The belt is to run at `speed_mm_s`; empty trays stand at all outlets.

        Without `decay_limits` nobody assesses decay. `calibrates` False: there are no pictures to calibrate by.
        """
        handover = handover or Handover()
        setup = Setup(
            way_to_first_ejector_mm=profile.runway_mm,
            belt_speed_mm_s=speed_mm_s,
            latency_budget_ms=profile.latency_budget_ms,
        )
        self.line = Line(
            profile, pack, journal, ejectors, handover.first_tray, decay_limits=decay_limits, feed=handover.feed
        )
        self.alarms = AlarmBook(CATALOGUE)
        self.watch = LineWatch(self.line, profile)
        self.lamp = LampWatch()
        self.calibration = CalibrationDesk(available=calibrates)
        self._drift = DriftRecord(self.lamp, self.line.exits)
        self._profile = profile
        self._journal = journal
        self._encoder = EncoderWatch()
        self._lost = LostCountsWatch()
        self._camera_fault: str | None = None
        self._camera = CameraWatch(profile.window.frame_every_mm)
        self.line.references.result = handover.sphere_check
        self._checked_s: float | None = None
        """When the reference spheres passed; None: not since this station began."""
        self._at_rest = True
        self._fed_mm = -math.inf
        """Travel until which the infeed was open."""
        self._probed_s = -math.inf
        self._clock = ClockWatch()
        self._ticked_s: float | None = None
        self.machine = Machine(setup, self._inputs(World(travel_mm=0, speed_mm_s=0)), 0.0)

    def command(self, command: Command, origin: Origin, now_s: float, now_unix_s: float) -> Reply:
        """Somebody asks for something; the reply is the sentence to show."""
        if isinstance(command, MachineCommand):
            reply = self.machine.command(command, origin, now_s)
            if isinstance(command, OverrideSphereCheck) and self.machine.override is command:
                self._journal.happened("sphere_check_overridden", {"why": command.reason, "who": command.who}, now_s)
            return reply
        refusal = forbidden(command, origin)
        verdict, sentence = (Verdict.FORBIDDEN, refusal) if refusal else self._change(command, now_s, now_unix_s)
        return Reply(verdict=verdict, sentence=sentence, state=self.machine.state)

    def see(self, frame: BeltSightings, speed_mm_s: float) -> list[FruitRecord]:
        """A frame was measured; the fruit that are decided by it. A machine that does not sort decides nothing."""
        self._camera.frame(frame.count * self._profile.encoder.mm_per_count)
        if self.machine.state not in SORTING:
            return []
        checked = self.line.references.result
        records = self.line.see(frame, speed_mm_s, classes=self.machine.classes_allowed)
        if self.line.references.result is not checked:
            self._checked_s = frame.exposed_s
            self._journal.happened("sphere_check", self.line.references.findings(), frame.exposed_s)
        self.watch.decided(records)
        return records

    def tick(self, world: World, now_s: float, now_unix_s: float) -> Outputs:
        """Go on: the line first, so that the machine acts on what it found."""
        self.line.tick(world.travel_mm, now_s)
        self._clock.look(now_s, now_unix_s)
        self._camera.lost(world.frames_dropped, now_s)
        self._begin_shift(now_s)
        self._look(world, now_s, now_unix_s)
        for reaction, alarm in self.alarms.reactions():
            if reaction is not Reaction.CLOSE_OUTLET:
                self.machine.react(reaction, alarm.report().cause, now_s)
        outputs = self.machine.tick(self._inputs(world), now_s)
        self.calibration.look(self.machine.mode)
        if outputs.infeed_on:
            self._fed_mm = world.travel_mm
        self._rest(world, now_s)
        self._tell(now_s)
        self.alarms.belt(runs=outputs.belt_on, now_unix_s=now_unix_s)
        self._encoder.look(world.travel_mm, now_s, powered=outputs.belt_on)
        return outputs

    def _change(self, command: LineCommand, now_s: float, now_unix_s: float) -> tuple[Verdict, str]:
        if isinstance(command, EmptyRecheck):
            self.watch.emptied_at = self.line.tally.recheck
            return Verdict.ACCEPTED, "The recheck crate is empty."
        if isinstance(command, AcknowledgeAlarm):
            seen = self.alarms.acknowledge(command.code, command.subject, command.who, now_unix_s)
            return Verdict.ACCEPTED, "The alarm is acknowledged." if seen else "There is no such alarm any more."
        if isinstance(command, FeedLot):
            return self._feed(command, now_s)
        if isinstance(command, CalibrationCommand):
            return self._calibrate(command)
        if command.outlet not in self.line.outlets.places:
            return Verdict.INTERLOCK, f"This station has no outlet {command.outlet}."
        return self._change_outlet(command)

    def _calibrate(self, command: CalibrationCommand) -> tuple[Verdict, str]:
        if isinstance(command, ExpireSphereCheck):
            self._checked_s = None
            self.line.references.expire()
            return Verdict.ACCEPTED, "The reference spheres are due: fruit get no class until they have passed."
        return self.calibration.answer(command, self.machine.mode, self.machine.state)

    def _feed(self, command: FeedLot, now_s: float) -> tuple[Verdict, str]:
        fed = Feed(command.lot, command.pass_number, command.mixed)
        try:
            self.line.feed_now(fed)
        except ValueError as error:
            return Verdict.INTERLOCK, f"{str(error)[0].upper()}{str(error)[1:]}."
        self._journal.happened("lot_fed", {**asdict(fed), "who": command.who}, now_s)
        return Verdict.ACCEPTED, f"Lot {fed.lot} is fed (pass {fed.pass_number})."

    def _change_outlet(self, command: OpenOutlet | CloseOutlet | SwapTray) -> tuple[Verdict, str]:
        outlet = command.outlet
        if isinstance(command, CloseOutlet):
            self.line.close(outlet, "closed_by_hand")
            return Verdict.ACCEPTED, f"Outlet {outlet} is closed: its fruit go to recheck."
        self.watch.restart()
        if isinstance(command, OpenOutlet) and self.line.outlets[outlet].other_lot:
            return Verdict.INTERLOCK, f"The tray of outlet {outlet} holds another lot's fruit: put an empty one there."
        if isinstance(command, OpenOutlet):
            self.line.reopen(outlet)
            return Verdict.ACCEPTED, f"Outlet {outlet} is open."
        if waiting := self.line.outlets[outlet].reserved:
            return Verdict.INTERLOCK, f"{waiting} fruit are on their way into the tray. Close the outlet and wait."
        _, tray = self.line.swap_tray(outlet)
        return Verdict.ACCEPTED, f"Tray {tray} stands at outlet {outlet}."

    def _begin_shift(self, now_s: float) -> None:
        """A machine that is made ready long after its last check is to be checked again."""
        valid_s = self._profile.references.valid_h * 3600
        if self.machine.state is State.RESETTING and self._checked_s is not None and now_s - self._checked_s > valid_s:
            self._checked_s = None
            self.line.references.expire()

    def _look(self, world: World, now_s: float, now_unix_s: float) -> None:
        """Look for what is wrong, and say it."""
        for outlet in world.trays_absent:
            self.line.close(outlet, "tray_absent")
        for outlet in world.trays_full:
            self.line.close(outlet, "tray_full")
        hung = self._ticked_s is not None and now_s - self._ticked_s > HUNG_S and self.machine.outputs.belt_on
        self._ticked_s = now_s
        self.alarms.report("process_died", present=hung, now_unix_s=now_unix_s, subject="line")
        self._lost.look(world.lost_mm, now_s)
        check = self.line.references.result
        for code, present in (
            ("clock_jumped", self._clock.jumped),
            ("frames_dropped", self._camera.loses(now_s)),
            ("spheres_due", check is SphereCheck.DUE and not self.machine.classes_allowed),
            ("spheres_failed", check is SphereCheck.FAILED and not self.machine.classes_allowed),
            ("e_stop", world.e_stop_pressed),
            ("door_open", world.door_open),
            ("power_failing", world.power_failing),
            ("encoder_lost_counts", self._lost.too_much),
            ("air_pressure_low", not world.air_pressure_ok),
            ("encoder_stopped", not self._encoder.ok),
            ("camera_stalled", self._camera.stalled(world.travel_mm)),
            ("lamp_drift", self.lamp.drifts),
        ):
            self.alarms.report(code, present=present, now_unix_s=now_unix_s)
        for fault in {self._camera_fault, world.camera_fault} - {None}:
            present = fault == world.camera_fault
            self.alarms.report("camera_fault", present=present, now_unix_s=now_unix_s, subject=fault)
        self._camera_fault = world.camera_fault
        self.watch.look(self.alarms, now_s, now_unix_s)
        self._journal.tend(now_s)
        self._probe(now_s)

    def _probe(self, now_s: float) -> None:
        if self.line.journal_error is None or now_s - self._probed_s < PROBE_S:
            return
        self._probed_s = now_s
        self.line.try_journal(now_s)

    def _rest(self, world: World, now_s: float) -> None:
        """A belt that stands may be reached into: what lies on it is nobody's to shoot at any more."""
        at_rest = self.machine.state in AT_REST
        comes_to_rest = at_rest and not self._at_rest
        if comes_to_rest:
            self.line.let_go()
        if figures := self._drift.due(now_s, at_once=comes_to_rest):
            self._journal.happened("drift", {"figures": figures}, now_s)
        if at_rest:
            self._camera.frame(world.travel_mm)
        self._at_rest = at_rest

    def _tell(self, now_s: float) -> None:
        """Put the machine's changes of state, and what becomes of alarms, on record."""
        while self.machine.changes:
            change = self.machine.changes.popleft()
            states = {"from": change.left.name, "to": change.entered.name}
            self._journal.happened("state", {**states, "why": change.why, "origin": change.origin.value}, now_s)
        while self.alarms.changes:
            what, alarm = self.alarms.changes.popleft()
            about = {"code": alarm.kind.code, "subject": alarm.subject, "who": alarm.acknowledged_by}
            self._journal.happened("alarm", {"change": what.value, **about}, now_s)

    def _inputs(self, world: World) -> Inputs:
        return Inputs(
            e_stop_pressed=world.e_stop_pressed,
            door_open=world.door_open,
            power_failing=world.power_failing,
            belt_stopped=world.speed_mm_s < STANDSTILL_MM_S,
            air_pressure_ok=world.air_pressure_ok,
            calibration_loaded=True,
            sphere_check=self.line.references.result,
            encoder_ok=self._encoder.ok,
            shots_in_flight=self.line.shots_waiting,
            fruit_on_belt=self._fruit_on_belt(world),
        )

    def _fruit_on_belt(self, world: World) -> int:
        """Fruit known of; at least one until the whole belt has run past since something could come onto it."""
        swept = world.travel_mm - self._fed_mm >= self._profile.end_mm - self._profile.infeed_mm
        return max(self.line.fruit_on_belt, 0 if swept else 1)
