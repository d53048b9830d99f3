"""What the station finds wrong by itself: encoder, camera, disk, outlets, crate. Each finding is an alarm's code."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from types import MappingProxyType

from grader.grading import Outlet
from grader.line.alarms import AlarmBook
from grader.line.line import Line
from grader.line.profile import StationProfile
from grader.line.records import FruitRecord

NO_COUNTS_S = 0.5
"""The encoder is dead if the belt has power for so long, its ramp included, and nothing is counted."""
MOST_LOST_MM = 2.0
"""A fifth of what a jet reaches."""
MOST_SILENT_FRAMES = 3
"""The camera has stalled if the belt went on by so many frames and none came (DESIGN: no frame for three periods)."""
LATELY_S = 10.0
"""Lost frames are told for so long."""
CLOCK_JUMP_S = 1.0
"""A clock that is kept by NTP is slewed, by less than a millisecond a second."""
STALLED_S = 1.0
"""A record that the disk has not taken after so long is too late for any ejector."""
MOST_DRIFT = 0.008
"""Fruit that drift by more than this share of the travel miss the farthest jets by half of what they reach. Without
slip the median of 20 fruit stays within 0.005 (twin, pixels)."""
RECENT_LOOKS = 15
"""By so many looks at the belt the lamp is judged."""
DIMMEST, BRIGHTEST = 0.8, 1.25
"""Of the light when the belt was learnt. Down to a half and up to 1.4 times nothing moves that is measured
(docs/figures/lamp.md); a lamp that has lost a fifth is at its end, or dirty."""
MOST_OFF_COLOUR = 0.08
"""Red or blue over green, linear: 0.1 more red moves maturity by 0.01 (docs/figures/lamp.md)."""
RECENT_FRUIT = 100
"""By so many the share of diverted fruit is judged."""
OUTLET_ALARMS = (
    "outlet_unexpected_pulse", "outlet_missing_pulses", "outlet_drifting", "tray_full", "tray_absent",
    "tray_other_lot",
)  # fmt: skip
JOURNAL_ALARMS: Mapping[str, str] = MappingProxyType(
    {"store-queue-full": "queue_full", "store-refused": "journal_corrupt", "store-damaged": "journal_corrupt"}
)
"""Alarm by the code of the journal's error; any other says that the disk takes nothing."""


@dataclass(slots=True)
class EncoderWatch:
    """Dead once it is silent while the belt has power; alive again when it counts or the belt is switched off."""

    ok: bool = True
    _travel_mm: float = 0.0
    _counted_s: float = 0.0
    """When it last counted, or could not have."""

    def look(self, travel_mm: float, now_s: float, *, powered: bool) -> None:
        """The belt has travelled so far by the encoder; `powered`: the drive turns it."""
        if travel_mm != self._travel_mm or not powered:
            self._travel_mm, self._counted_s = travel_mm, now_s
            self.ok = True
        elif now_s - self._counted_s > NO_COUNTS_S:
            self.ok = False


@dataclass(slots=True)
class LostCountsWatch:
    """Counts that the encoder is known to have lost move every fruit behind the jets by as much."""

    _lost: deque[tuple[float, float]] = field(default_factory=deque)
    """When, and how much travel had been lost until then."""

    def look(self, lost_mm: float, now_s: float) -> None:
        """So much travel was lost until now."""
        self._lost.append((now_s, lost_mm))
        while now_s - self._lost[0][0] > LATELY_S:
            self._lost.popleft()

    @property
    def too_much(self) -> bool:
        """Whether jets would miss by it lately."""
        return bool(self._lost) and self._lost[-1][1] - self._lost[0][1] > MOST_LOST_MM


@dataclass(slots=True)
class ClockWatch:
    """The wall clock beside the monotonic one, by which alone the line acts."""

    jumped: bool = False
    """At the last look."""
    _ahead_s: float | None = None

    def look(self, now_s: float, now_unix_s: float) -> None:
        """Both clocks at one moment."""
        ahead_s = now_unix_s - now_s
        self.jumped = self._ahead_s is not None and abs(ahead_s - self._ahead_s) > CLOCK_JUMP_S
        self._ahead_s = ahead_s


@dataclass(slots=True)
class CameraWatch:
    """Frames come by belt travel; a camera from which none comes is stalled."""

    every_mm: float
    _last_mm: float = 0.0
    _lost: int = 0
    _lost_s: float = -math.inf

    def frame(self, travel_mm: float) -> None:
        """A frame came; or none could be expected until here."""
        self._last_mm = travel_mm

    def lost(self, frames: int, now_s: float) -> None:
        """So many frames were lost until now."""
        if frames > self._lost:
            self._lost_s = now_s
        self._lost = frames

    def loses(self, now_s: float) -> bool:
        """Whether frames were lost lately."""
        return now_s - self._lost_s < LATELY_S

    def stalled(self, travel_mm: float) -> bool:
        """Whether the belt went on for too long without one."""
        return travel_mm - self._last_mm > (MOST_SILENT_FRAMES + 1) * self.every_mm


@dataclass(slots=True)
class LampWatch:
    """Drifts where the median of the last looks at the belt leaves its limits; one look says nothing."""

    _brightness: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_LOOKS))
    _red: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_LOOKS))
    _blue: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_LOOKS))
    looks: int = 0
    """Until now."""

    def see(self, blue: float, green: float, red: float) -> None:
        """Light over what it was when the belt was learnt, linear; NaN: no belt was seen."""
        if not (math.isfinite(blue) and math.isfinite(red) and green > 0):
            return
        self.looks += 1
        self._brightness.append(green)
        self._red.append(red / green)
        self._blue.append(blue / green)

    @property
    def now(self) -> tuple[float, float, float] | None:
        """Brightness, red over green, blue over green, each over what it was; None: too few looks to say."""
        if len(self._brightness) < RECENT_LOOKS:
            return None
        return median(self._brightness), median(self._red), median(self._blue)

    @property
    def drifts(self) -> bool:
        """Whether lamp or camera see otherwise than when the station was calibrated."""
        if self.now is None:
            return False
        brightness, *colours = self.now
        return any(abs(ratio - 1) > MOST_OFF_COLOUR for ratio in colours) or not DIMMEST < brightness < BRIGHTEST


@dataclass(slots=True)
class LineWatch:
    """The line's own findings, told to the alarm book."""

    line: Line
    profile: StationProfile
    emptied_at: int = 0
    """Fruit that had gone to recheck when the crate was last emptied."""
    _diverted: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT_FRUIT))

    def decided(self, records: list[FruitRecord]) -> None:
        """Fruit were decided."""
        self._diverted.extend(record.diverted is not None for record in records)

    def look(self, alarms: AlarmBook, now_s: float, now_unix_s: float) -> None:
        """Report all that stands now."""

        def report(code: str, *, present: bool, subject: Outlet | None = None) -> None:
            alarms.report(code, present=present, now_unix_s=now_unix_s, subject=subject.value if subject else None)

        for outlet, place in self.line.outlets.places.items():
            for code in OUTLET_ALARMS:
                report(code, present=place.obstacle == code, subject=outlet)
        report("belt_slip", present=self._slips())
        report("recheck_full", present=self.in_crate >= self.profile.recheck_count)
        report("too_many_diverted", present=self._too_many_diverted())
        since_s = self.line.waits_since_s
        report("disk_stalled", present=since_s is not None and now_s - since_s > STALLED_S)
        error = self.line.journal_error
        of_error = error and JOURNAL_ALARMS.get(getattr(error, "code", ""), "disk_full")
        for code in ("disk_full", *set(JOURNAL_ALARMS.values())):
            report(code, present=of_error == code)

    @property
    def in_crate(self) -> int:
        """Fruit in the recheck crate."""
        return self.line.tally.recheck - self.emptied_at

    def restart(self) -> None:
        """Somebody has looked at the outlets: judge the diverted share anew."""
        self._diverted.clear()

    def _slips(self) -> bool:
        drifts = self.line.drifts
        return len(drifts) == drifts.maxlen and abs(median(drifts)) > MOST_DRIFT

    def _too_many_diverted(self) -> bool:
        return len(self._diverted) == RECENT_FRUIT and sum(self._diverted) > self.profile.most_diverted * RECENT_FRUIT
