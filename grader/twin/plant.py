"""The machine's iron: items on the belt, jets that move what lies before them, exits, trays and the recheck crate.

Nothing here knows what the line thinks. The trays are the truth that deliveries are checked against.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from grader.grading import Outlet
from grader.line.profile import StationProfile
from grader.twin.conveyor import Conveyor, ConveyorSettings
from grader.twin.feed import Feed, Item


@dataclass(frozen=True, slots=True)
class Jet:
    """Air that flows from `from_s` to `until_s`."""

    outlet: Outlet
    lane: int
    at_mm: float
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """An exit sensor saw something pass."""

    outlet: Outlet
    lane: int
    at_s: float


@dataclass(slots=True)
class Faults:
    """What is broken; tests and people break it."""

    dead_valves: set[tuple[Outlet, int]] = field(default_factory=set)
    dead_exit_sensors: set[tuple[Outlet, int]] = field(default_factory=set)
    ghost_pulses: list[tuple[Outlet, int]] = field(default_factory=list)
    """Exit pulses without a fruit; each is given once."""
    slow_valves_s: float = 0.0
    """By which every valve opens later than it was measured to."""
    air: bool = True
    camera: bool = True
    """False: it sends no pictures."""
    e_stop: bool = False
    """Somebody has pressed it."""
    trays_gone: set[Outlet] = field(default_factory=set)
    """Outlets under which no tray stands."""
    heaped: set[Outlet] = field(default_factory=set)
    """Outlets whose tray is full to the rim, however few fruit it has: they lie badly, or something else is in it."""


@dataclass(frozen=True, slots=True)
class Jitter:
    """Standard deviations of what is not the same twice."""

    valve_s: float = 0.001
    flight_s: float = 0.012


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The truth that records are held against."""

    trays: list[tuple[Outlet, list[Item]]]
    """Those taken away first."""
    elsewhere: list[Item]
    """In the recheck crate, on the belt, in the air."""


class Plant:
    """The twin's physical side; `step` moves it on, commands act at once."""

    def __init__(self, profile: StationProfile, conveyor: ConveyorSettings, feed: Feed, seed: int) -> None:
        self.profile = profile
        self.conveyor = Conveyor(conveyor)
        self.faults = Faults()
        self.now_s = 0.0
        self.infeed_on = True
        """False: what would come onto the belt stays behind."""
        self.trays: dict[Outlet, list[Item]] = {ejector.outlet: [] for ejector in profile.ejectors}
        """What lies in the trays that stand at the outlets."""
        self.taken_away: list[tuple[Outlet, list[Item]]] = []
        """Full trays, in the order in which they were changed."""
        self.recheck: list[Item] = []
        self.lanes: list[deque[Item]] = [deque() for _ in profile.lanes.centres_mm]
        """What lies on the belt, those farthest along first."""
        self._ejector = {ejector.outlet: ejector for ejector in profile.ejectors}
        self._feed = feed
        self._generator = np.random.default_rng([seed, 1_000_003])
        self._jitter = Jitter()
        self._jets: list[Jet] = []
        self._flying: list[tuple[float, int, Outlet, Item]] = []

    def step(self, dt_s: float) -> list[Pulse]:
        """Time goes on by `dt_s`; what the exit sensors saw meanwhile."""
        self.now_s += dt_s
        self.conveyor.step(dt_s)
        for item in self._feed.lay(self.conveyor.travel_mm):
            if self.infeed_on:
                self.lanes[item.lane].append(item)
        if self._jets:
            self._blow()
        for lane in self.lanes:
            while lane and self.along_mm(lane[0]) >= self.profile.end_mm:
                self.recheck.append(lane.popleft())
        return self._arrivals()

    def along_mm(self, item: Item) -> float:
        """Where `item` is along the travel, from the origin of the calibration's belt frame."""
        return item.rides_mm + self.conveyor.travel_mm + self.profile.infeed_mm

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float, at_s: float | None = None) -> None:
        """The command to one valve, given at `at_s` (None: now)."""
        if not self.faults.air or (outlet, lane) in self.faults.dead_valves:
            return
        ejector = self._ejector[outlet]
        delay_s = ejector.delay_ms[lane] / 1000 + self.faults.slow_valves_s
        from_s = (self.now_s if at_s is None else at_s) + max(
            delay_s + float(self._generator.normal(0, self._jitter.valve_s)), 0.0
        )
        self._jets.append(Jet(outlet, lane, ejector.at_mm, from_s, from_s + pulse_s))

    def lay_references(self) -> None:
        """Somebody lays the reference spheres and the patch where fruit come onto the belt."""
        for item in self._feed.lay_references(self.conveyor.travel_mm):
            self.lanes[item.lane].append(item)

    def swap_tray(self, outlet: Outlet) -> None:
        """Somebody takes the tray away and puts an empty one there."""
        self.taken_away.append((outlet, self.trays[outlet]))
        self.trays[outlet] = []
        self.faults.heaped.discard(outlet)
        self.faults.trays_gone.discard(outlet)

    def whereabouts(self) -> Whereabouts:
        """Where everything lies now."""
        trays = [*self.taken_away, *((outlet, list(items)) for outlet, items in self.trays.items())]
        flying = [item for *_, item in self._flying]
        return Whereabouts(trays, [*self.recheck, *flying, *(item for lane in self.lanes for item in lane)])

    def in_window(self) -> list[Item]:
        """What the camera sees whole or in part."""
        window = self.profile.window
        low, high = window.from_mm - BESIDE_MM, window.to_mm + BESIDE_MM
        return [item for lane in self.lanes for item in lane if low < self.along_mm(item) < high]

    def _blow(self) -> None:
        for jet in self._jets:
            if jet.from_s > self.now_s:
                continue
            lane = self.lanes[jet.lane]
            hit = [item for item in lane if abs(self.along_mm(item) - jet.at_mm) <= self.profile.reach_mm]
            for item in hit:
                lane.remove(item)
                self._fly(jet, item)
        self._jets = [jet for jet in self._jets if jet.until_s > self.now_s]

    def _fly(self, jet: Jet, item: Item) -> None:
        earliest, latest = (ms / 1000 for ms in self._ejector[jet.outlet].flight_ms)
        usual_s = (earliest + latest) / 2
        flight_s = float(np.clip(self._generator.normal(usual_s, self._jitter.flight_s), earliest, latest))
        heapq.heappush(self._flying, (self.now_s + flight_s, item.number, jet.outlet, item))

    def _arrivals(self) -> list[Pulse]:
        pulses = [Pulse(outlet, lane, self.now_s) for outlet, lane in self.faults.ghost_pulses]
        self.faults.ghost_pulses.clear()
        while self._flying and self._flying[0][0] <= self.now_s:
            at_s, _, outlet, item = heapq.heappop(self._flying)
            self.trays[outlet].append(item)
            if (outlet, item.lane) not in self.faults.dead_exit_sensors:
                pulses.append(Pulse(outlet, item.lane, at_s))
        return pulses


BESIDE_MM = 60.0
"""A fruit whose centre is so far outside the window still shows a part in the frame."""
