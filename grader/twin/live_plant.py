"""The simulated machine in real time: a process of its own, outside the station's, which survives their death."""

import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

from grader.grading import Outlet
from grader.hardware.inputs import Contacts
from grader.hardware.iron import WATCHDOG_S, ExitPulse, IronState, Power
from grader.line.processes.links import Door, Link, connect, wait
from grader.line.profile import StationProfile
from grader.twin.feed import Item
from grader.twin.people import HoldUp
from grader.twin.plant import Faults, Plant
from grader.twin.simulation import SimulationSettings, build_plant

STEP_S = 0.001
STATE_EVERY_S = 0.002
STANDING_EVERY_S = 0.25
"""While the belt stands a real camera process passes on a frame so often, too."""


@dataclass(frozen=True, slots=True)
class OpenValve:
    """To the plant."""

    outlet: Outlet
    lane: int
    pulse_s: float
    at_s: float


@dataclass(frozen=True, slots=True)
class ChangeTray:
    """To the plant: an empty tray in the place of what stands there."""

    outlet: Outlet


@dataclass(frozen=True, slots=True)
class PassReferences:
    """To the plant: the reference spheres and the patch lie where fruit come onto the belt."""


@dataclass(frozen=True, slots=True)
class Break:
    """To the plant: these faults are there now."""

    faults: Faults


@dataclass(frozen=True, slots=True)
class TellWhereabouts:
    """To the plant: say where everything is."""


@dataclass(frozen=True, slots=True)
class Shutter:
    """To the camera: what lies before it at this moment."""

    placed: list[tuple[Item, float]]
    count: int
    exposed_s: float
    held: str | None = None
    """What somebody holds under the camera; None: nothing."""


class LivePlant:
    """The plant on the computer's monotonic clock."""

    def __init__(self, folder: Path, profile: StationProfile, settings: SimulationSettings) -> None:
        self._door = Door(folder, "plant")
        self._links: list[Link] = []
        self._plant: Plant = build_plant(profile, settings)
        self._plant.now_s = time.monotonic()
        self._every_mm = profile.window.frame_every_mm
        self._next_frame_mm = 0.0
        self._mm_per_count = profile.encoder.mm_per_count
        self._next_frame_s = 0.0
        self._held: str | None = None
        self._powered_s = 0.0
        self._valves_enabled = False
        self._told_s = 0.0
        self._pulses: deque[ExitPulse] = deque()

    def step(self) -> None:
        """Messages, then time goes on to now."""
        self._links = [link for link in [*self._links, *self._door.come_in()] if link.alive]
        for link in self._links:
            for message in link.receive():
                self._hear(link, message)
        now_s = time.monotonic()
        while self._plant.now_s + STEP_S <= now_s:
            self._advance()
        self._tell(now_s)
        wait([self._door, *self._links], STEP_S)

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.close()
        for link in self._links:
            link.close()

    def _hear(self, link: Link, message: object) -> None:
        plant = self._plant
        match message:
            case OpenValve(outlet=outlet, lane=lane, pulse_s=pulse_s, at_s=at_s) if self._valves_enabled:
                plant.open_valve(outlet, lane, pulse_s, at_s)
            case Power():
                self._powered_s = time.monotonic()
                self._switch(message)
            case ChangeTray(outlet=outlet):
                plant.swap_tray(outlet)
            case PassReferences():
                plant.lay_references()
            case Break(faults=faults):
                plant.faults = replace(faults)
            case HoldUp(thing=thing):
                self._held = thing
            case TellWhereabouts():
                link.send_large(plant.whereabouts())

    def _switch(self, power: Power) -> None:
        self._plant.conveyor.drive_mm_s = power.belt_mm_s
        self._plant.infeed_on = power.infeed_on
        self._valves_enabled = power.valves_enabled

    def _advance(self) -> None:
        plant = self._plant
        for pulse in plant.step(STEP_S):
            self._pulses.append(ExitPulse(pulse.outlet, pulse.lane, pulse.at_s))
        if plant.now_s - self._powered_s > WATCHDOG_S:
            self._switch(Power())
        stands = plant.conveyor.speed_mm_s == 0 and plant.now_s >= self._next_frame_s
        if stands or plant.conveyor.count * self._mm_per_count >= self._next_frame_mm:
            self._next_frame_s = plant.now_s + STANDING_EVERY_S
            self._next_frame_mm = (plant.conveyor.count * self._mm_per_count // self._every_mm + 1) * self._every_mm
            placed = [(item, plant.along_mm(item)) for item in plant.in_window()]
            for link in self._links if plant.faults.camera else ():
                if link.name == "camera":
                    link.send(Shutter(placed, plant.conveyor.count, plant.now_s, self._held))

    def _tell(self, now_s: float) -> None:
        if now_s - self._told_s < STATE_EVERY_S and not self._pulses:
            return
        self._told_s = now_s
        plant = self._plant
        contacts = Contacts(
            e_stop_released=not plant.faults.e_stop,
            air_pressure_ok=plant.faults.air,
            trays_absent=frozenset(plant.faults.trays_gone),
            trays_full=frozenset(plant.faults.heaped),
        )
        state = IronState(plant.conveyor.count, plant.conveyor.speed_mm_s, plant.now_s, contacts)
        for link in self._links:
            if link.name == "ejection":
                for pulse in self._pulses:
                    link.send(pulse)
                if not link.backlog:
                    link.send(state)
        self._pulses.clear()


class TwinIron:
    """The ejection process's side of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._link: Link | None = None

    def poll(self) -> tuple[IronState | None, list[ExitPulse]]:
        """`Iron`'s."""
        if self._link is None or not self._link.alive:
            self._link = connect(self._folder, "plant", "ejection")
        messages = self._link.receive() if self._link else []
        states = [message for message in messages if isinstance(message, IronState)]
        return states[-1] if states else None, [message for message in messages if isinstance(message, ExitPulse)]

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float) -> None:
        """`Iron`'s."""
        if self._link is not None:
            self._link.send(OpenValve(outlet, lane, pulse_s, time.monotonic()))

    def power(self, power: Power) -> None:
        """`Iron`'s."""
        if self._link is not None:
            self._link.send(power)

    def fileno(self) -> int:
        """`Iron`'s."""
        return -1 if self._link is None else self._link.fileno()

    def close(self) -> None:
        """Let go of the plant. Twice is harmless."""
        if self._link is not None:
            self._link.close()


def run(folder: Path, profile: StationProfile, settings: SimulationSettings) -> None:
    """The process's life; it ends by a signal."""
    plant = LivePlant(folder, profile, settings)
    while True:
        plant.step()
