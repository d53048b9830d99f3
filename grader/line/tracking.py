"""One fruit, one identity: sightings of successive frames are joined by where the encoder says that the belt has gone.

No motion model is fitted and nothing is searched for: a fruit at rest on the belt is where it was on the belt. Fruit
closer to each other than `GATE_MM` are told apart because each takes its nearest first.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.vision import WhyNot

Array = NDArray[np.float64]

GATE_MM = 12.0
"""A sighting this far from where a fruit should be is another fruit's. Centres of the smallest fruit that touch are
18 mm apart; a fruit's centre, seen from both ends of the window, moves by up to 3 mm."""

FEWEST_FOR_DRIFT = 3
OUT_OF_SIGHT_MM = 60.0
"""A fruit whose centre is this far beyond the window is not seen any more."""


@dataclass(eq=False, slots=True)
class Track:
    """One fruit on the belt."""

    number: int
    """From 1, in the order in which fruit are first seen."""
    lane: int
    rides_mm: float
    """Its place along the travel less the travel until then; constant while it lies still."""
    across_mm: float
    frames: list[tuple[BeltSightings, int]] = field(default_factory=list)
    """Every sighting until it was decided: the frame and its row there."""
    decided: bool = False
    """It is still in sight, so that it is not taken for another, but no longer looked at."""

    def drift(self, mm_per_count: float) -> float | None:
        """By how much it goes forward on the belt for each mm of travel by the encoder; None: too few good views.

        0 but for slip: the centre of what is seen of a fruit moves by some thousandths as the camera passes over it.
        """
        good = [(frame, row) for frame, row in self.frames if frame.why_not[row] == WhyNot.NOTHING]
        if len(good) < FEWEST_FOR_DRIFT:
            return None
        travel = np.array([frame.count * mm_per_count for frame, _ in good])
        along = np.array([frame.along_mm[row] for frame, row in good])
        travel -= travel.mean()
        return float(travel @ (along - along.mean()) / (travel @ travel)) - 1

    def best_view(self, middle_mm: float) -> tuple[int, int]:
        """The sighting that shows it best, nearest to `middle_mm` along the travel: the frame's count, its row there.

        One that was measured, if any was.
        """
        measured = [(frame, row) for frame, row in self.frames if frame.why_not[row] == WhyNot.NOTHING]
        frame, row = min(measured or self.frames, key=lambda view: abs(view[0].along_mm[view[1]] - middle_mm))
        return frame.count, row

    def along_mm(self, travel_mm: float) -> float:
        """Where it is along the travel when the belt has gone `travel_mm`."""
        return self.rides_mm + travel_mm


class Tracker:
    """The fruit that are in the camera's window."""

    def __init__(self, profile: StationProfile) -> None:
        self._profile = profile
        self.tracks: list[Track] = []
        """What is in sight."""
        self._seen = 0

    def see(self, frame: BeltSightings) -> list[Track]:
        """Take a frame in; the fruit that are to be decided now, in the order in which they travel.

        Frames come in the order of their encoder counts.
        """
        travel_mm = frame.count * self._profile.encoder.mm_per_count
        window = self._profile.window
        self.tracks = [track for track in self.tracks if track.along_mm(travel_mm) < window.to_mm + OUT_OF_SIGHT_MM]
        inside = np.flatnonzero(frame.along_mm >= window.from_mm)
        pairs = self._pair(frame.along_mm[inside] - travel_mm, frame.across_mm[inside])
        for known_as, nth in pairs:
            if not (track := self.tracks[known_as]).decided:
                self._follow(track, frame, int(inside[nth]), travel_mm)
        known = {nth for _, nth in pairs}
        for nth in range(len(inside)):
            if nth not in known and frame.along_mm[inside[nth]] <= window.to_mm:
                self._begin(frame, int(inside[nth]), travel_mm)
        due = [track for track in self.tracks if not track.decided and self._is_due(track, frame, travel_mm)]
        for track in due:
            track.decided = True
        return sorted(due, key=lambda track: -track.rides_mm)

    def forget(self) -> None:
        """Look afresh at every fruit that is not decided: the views before may be of another place."""
        self.tracks = [track for track in self.tracks if track.decided]

    def _pair(self, rides_mm: Array, across_mm: Array) -> list[tuple[int, int]]:
        """Tracks and sightings that are nearest to each other, nearest pairs first."""
        if not self.tracks or not len(rides_mm):
            return []
        places = np.array([(track.rides_mm, track.across_mm) for track in self.tracks])
        apart_mm = np.hypot(places[:, :1] - rides_mm, places[:, 1:] - across_mm)
        pairs: list[tuple[int, int]] = []
        taken_tracks: set[int] = set()
        taken: set[int] = set()
        for flat in np.argsort(apart_mm, axis=None, kind="stable"):
            track, nth = divmod(int(flat), len(rides_mm))
            if apart_mm[track, nth] > GATE_MM:
                break
            if track not in taken_tracks and nth not in taken:
                taken_tracks.add(track)
                taken.add(nth)
                pairs.append((track, nth))
        return pairs

    def _begin(self, frame: BeltSightings, row: int, travel_mm: float) -> None:
        self._seen += 1
        across_mm = float(frame.across_mm[row])
        track = Track(
            number=self._seen,
            lane=self._profile.lanes.nearest(across_mm),
            rides_mm=float(frame.along_mm[row]) - travel_mm,
            across_mm=across_mm,
        )
        track.frames.append((frame, row))
        self.tracks.append(track)

    def _follow(self, track: Track, frame: BeltSightings, row: int, travel_mm: float) -> None:
        """Its place is the mean over its sightings, so that the jet hits its middle and not where one view saw it."""
        track.frames.append((frame, row))
        share = 1 / len(track.frames)
        track.rides_mm += share * (float(frame.along_mm[row]) - travel_mm - track.rides_mm)
        track.across_mm += share * (float(frame.across_mm[row]) - track.across_mm)

    def _is_due(self, track: Track, frame: BeltSightings, travel_mm: float) -> bool:
        """Whether to decide now: on a fresh good view of its last two, or because no other comes.

        Waiting for the very last view and finding it useless would make the decision late by a whole frame.
        """
        window = self._profile.window
        along_mm = track.along_mm(travel_mm)
        if along_mm + window.frame_every_mm > window.to_mm:
            return True
        last, row = track.frames[-1]
        fresh = last is frame and last.why_not[row] == WhyNot.NOTHING
        return fresh and along_mm + 2 * window.frame_every_mm > window.to_mm
