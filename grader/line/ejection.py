"""Shots at encoder positions. This is all that the ejection process knows: no fruit, no grades, no disk.

A shot is bound to belt travel, not to time: a belt that stands still delays it, and one that runs faster hastens it.
Only the valve's delay and half its pulse are times; the speed of the moment turns them into a lead.
"""

import math
from bisect import insort
from dataclasses import dataclass
from enum import Enum

from grader.grading import Outlet

LONGEST_LEAD_S = 0.1
"""From command to the middle of the pulse; no valve takes longer, so shots further away are not looked at."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One opening of one valve."""

    fruit: int
    outlet: Outlet
    lane: int
    hit_mm: float
    """Belt travel at which the fruit's centre lies before the jet."""
    delay_s: float
    """From the command until air flows."""
    pulse_s: float

    @property
    def lead_s(self) -> float:
        """From the command to the middle of the pulse."""
        return self.delay_s + self.pulse_s / 2


class Fate(Enum):
    """What became of a shot."""

    FIRED = "fired"
    LATE = "late"
    """Its place had passed: it was not fired."""
    CANCELLED = "cancelled"
    """Its outlet was closed before."""


@dataclass(frozen=True, slots=True)
class Report:
    """The ejectors' answer to a shot."""

    shot: Shot
    fate: Fate
    at_s: float


class Ejection:
    """The shots that wait for their place, one queue for all valves."""

    def __init__(self, tolerance_mm: float) -> None:
        """A shot that can be fired only more than `tolerance_mm` beyond its place is late."""
        self._tolerance_mm = tolerance_mm
        self._waiting: list[Shot] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def arm(self, shot: Shot) -> None:
        """Fire `shot` when its place comes."""
        insort(self._waiting, shot, key=lambda other: other.hit_mm)

    def cancel(self, outlet: Outlet | None, now_s: float) -> list[Report]:
        """Drop every shot into `outlet`, or all if None."""
        dropped = [shot for shot in self._waiting if outlet in (None, shot.outlet)]
        self._waiting = [shot for shot in self._waiting if outlet not in (None, shot.outlet)]
        return [Report(shot, Fate.CANCELLED, now_s) for shot in dropped]

    def next_in_s(self, travel_mm: float, speed_mm_s: float) -> float:
        """Seconds until the next command is due, at this speed; infinite: none waits, or the belt stands."""
        if speed_mm_s <= 0:
            return math.inf
        soonest_s = math.inf
        for shot in self._waiting:
            away_s = (shot.hit_mm - travel_mm) / speed_mm_s
            if away_s > LONGEST_LEAD_S + soonest_s:
                break
            soonest_s = min(soonest_s, away_s - shot.lead_s)
        return soonest_s

    def due(self, travel_mm: float, speed_mm_s: float, now_s: float) -> list[Report]:
        """The shots whose command must be given now, and those for which it is too late, in the order of their places.

        The caller opens the valves of those that are FIRED.
        """
        reports: list[Report] = []
        horizon_mm = travel_mm + LONGEST_LEAD_S * speed_mm_s
        for shot in self._waiting:
            if shot.hit_mm > horizon_mm:
                break
            beyond_mm = travel_mm - shot.hit_mm + speed_mm_s * shot.lead_s
            if beyond_mm >= 0:
                reports.append(Report(shot, Fate.LATE if beyond_mm > self._tolerance_mm else Fate.FIRED, now_s))
        if reports:
            gone = {id(report.shot) for report in reports}
            self._waiting = [shot for shot in self._waiting if id(shot) not in gone]
        return reports
