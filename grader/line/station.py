"""The station: the line, the machine around it and its alarms, on one clock.

Pure as its parts are: whoever runs it brings `World` and events, and switches what `tick` answers.
"""

import math
from dataclasses import dataclass

from grader.grading import Outlet, RulePack
from grader.line.alarms import AlarmBook
from grader.line.catalogue import CATALOGUE
from grader.line.commands import MachineCommand, Origin, Reaction, Reply, SphereCheck
from grader.line.interlocks import Inputs, Setup
from grader.line.line import Line
from grader.line.machine import Machine
from grader.line.outputs import Outputs
from grader.line.profile import StationProfile
from grader.line.records import Ejectors, FruitRecord, Journal
from grader.line.sightings import BeltSightings
from grader.line.states import State

STANDSTILL_MM_S = 1.0
"""Slower than this the belt stands."""
NO_COUNTS_S = 0.5
"""The encoder is dead if the belt has power for so long, its ramp included, and nothing is counted."""
MOST_SILENT_FRAMES = 3
"""The camera has stalled if the belt went on by so many frames and none came (DESIGN: no frame for three periods)."""
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
    air_pressure_ok: bool = True
    sphere_check: SphereCheck = SphereCheck.PASSED
    trays_absent: frozenset[Outlet] = frozenset()


class Station:
    """One machine and its run."""

    def __init__(
        self, profile: StationProfile, pack: RulePack, speed_mm_s: float, journal: Journal, ejectors: Ejectors
    ) -> None:
        """The belt is to run at `speed_mm_s`."""
        setup = Setup(
            way_to_first_ejector_mm=profile.runway_mm,
            belt_speed_mm_s=speed_mm_s,
            latency_budget_ms=profile.latency_budget_ms,
        )
        self.line = Line(profile, pack, journal, ejectors)
        self.alarms = AlarmBook(CATALOGUE)
        self._profile = profile
        self._ejectors = ejectors
        self._last_frame_mm = 0.0
        self._last_count: tuple[float, float] = (0.0, 0.0)
        """Travel at which the encoder last counted, and when."""
        self._powered_since_s: float | None = None
        self._encoder_ok = True
        self._at_rest = True
        self._fed_mm = -math.inf
        """Travel until which the infeed was open."""
        self.machine = Machine(setup, self._inputs(World(travel_mm=0, speed_mm_s=0)), 0.0)

    def command(self, command: MachineCommand, origin: Origin, now_s: float) -> Reply:
        """Somebody asks for something; the reply is the sentence to show."""
        return self.machine.command(command, origin, now_s)

    def see(self, frame: BeltSightings, speed_mm_s: float) -> list[FruitRecord]:
        """A frame was measured; the fruit that are decided by it. A machine that does not sort decides nothing."""
        self._last_frame_mm = frame.count * self._profile.encoder.mm_per_count
        if self.machine.state not in SORTING:
            return []
        return self.line.see(frame, speed_mm_s)

    def tick(self, world: World, now_s: float, now_unix_s: float) -> Outputs:
        """Go on: the line first, so that the machine acts on what it found."""
        self.line.tick(world.travel_mm, now_s)
        self._watch(world, now_s, now_unix_s)
        for reaction, alarm in self.alarms.reactions():
            if reaction is not Reaction.CLOSE_OUTLET:
                self.machine.react(reaction, alarm.report().cause, now_s)
        outputs = self.machine.tick(self._inputs(world), now_s)
        if outputs.infeed_on:
            self._fed_mm = world.travel_mm
        self._rest(world)
        self.alarms.belt(runs=outputs.belt_on, now_unix_s=now_unix_s)
        self._powered_since_s = None if not outputs.belt_on else self._powered_since_s or now_s
        return outputs

    def _watch(self, world: World, now_s: float, now_unix_s: float) -> None:
        """Look for what is wrong, and say it."""

        def report(code: str, *, present: bool, subject: str | None = None) -> None:
            self.alarms.report(code, present=present, now_unix_s=now_unix_s, subject=subject)

        report("e_stop", present=world.e_stop_pressed)
        report("air_pressure_low", present=not world.air_pressure_ok)
        for outlet in world.trays_absent:
            self.line.close(outlet, "tray_absent")
        self._watch_encoder(world, now_s)
        report("encoder_stopped", present=not self._encoder_ok)
        report("camera_stalled", present=self._camera_stalled(world))
        for outlet, place in self.line.outlets.places.items():
            for code in OUTLET_ALARMS:
                report(code, present=place.obstacle == code, subject=outlet.value)

    def _watch_encoder(self, world: World, now_s: float) -> None:
        """Dead once it is silent while the belt has power; alive again when it counts or the belt is switched off."""
        travel_mm, counted_s = self._last_count
        if world.travel_mm != travel_mm or self._powered_since_s is None:
            self._last_count = (world.travel_mm, now_s)
            self._encoder_ok = True
        elif now_s - max(counted_s, self._powered_since_s) > NO_COUNTS_S:
            self._encoder_ok = False

    def _camera_stalled(self, world: World) -> bool:
        silent_mm = world.travel_mm - self._last_frame_mm
        return silent_mm > (MOST_SILENT_FRAMES + 1) * self._profile.window.frame_every_mm

    def _rest(self, world: World) -> None:
        """A belt that stands may be reached into: what lies on it is nobody's to shoot at any more."""
        at_rest = self.machine.state in AT_REST
        if at_rest and not self._at_rest:
            self.line.let_go()
        if at_rest:
            self._last_frame_mm = world.travel_mm
        self._at_rest = at_rest

    def _inputs(self, world: World) -> Inputs:
        return Inputs(
            e_stop_pressed=world.e_stop_pressed,
            belt_stopped=world.speed_mm_s < STANDSTILL_MM_S,
            air_pressure_ok=world.air_pressure_ok,
            calibration_loaded=True,
            sphere_check=world.sphere_check,
            encoder_ok=self._encoder_ok,
            shots_in_flight=self.line.shots_waiting,
            fruit_on_belt=self._fruit_on_belt(world),
        )

    def _fruit_on_belt(self, world: World) -> int:
        """Fruit known of; at least one until the whole belt has run past since something could come onto it."""
        swept = world.travel_mm - self._fed_mm >= self._profile.end_mm - self._profile.infeed_mm
        return max(self.line.tally.in_flight + self.line.fruit_in_sight, 0 if swept else 1)


OUTLET_ALARMS = (
    "outlet_unexpected_pulse", "outlet_missing_pulses", "outlet_drifting", "tray_full", "tray_absent",
)  # fmt: skip
