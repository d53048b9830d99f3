"""Where the belt was at a moment: a frame is paired with the encoder's count at the middle of its exposure."""

from collections import deque
from itertools import pairwise

from grader.hardware.iron import IronState

KEPT_S = 2.0
AHEAD_S = 0.05
"""Beyond the latest reading the belt goes on at its speed for so long; then its place is not known."""


class BeltTrack:
    """The encoder's readings of the last while, on the monotonic clock."""

    def __init__(self, mm_per_count: float) -> None:
        self._mm_per_count = mm_per_count
        self._readings: deque[IronState] = deque()

    def hear(self, reading: IronState) -> None:
        """Readings come in their order; one that does not is of another encoder process, with which all begins anew."""
        if self._readings and reading.at_s < self._readings[-1].at_s:
            self._readings.clear()
        self._readings.append(reading)
        while reading.at_s - self._readings[0].at_s > KEPT_S:
            self._readings.popleft()

    @property
    def speed_mm_s(self) -> float:
        """The latest."""
        return self._readings[-1].speed_mm_s if self._readings else 0.0

    def count_at(self, at_s: float) -> int | None:
        """The count at that moment; None: nobody knows."""
        if not self._readings or at_s < self._readings[0].at_s:
            return None
        last = self._readings[-1]
        if at_s >= last.at_s:
            ahead_s = at_s - last.at_s
            return None if ahead_s > AHEAD_S else round(last.count + last.speed_mm_s / self._mm_per_count * ahead_s)
        for before, after in pairwise(self._readings):
            if before.at_s <= at_s < after.at_s:
                share = (at_s - before.at_s) / (after.at_s - before.at_s)
                return round(before.count + share * (after.count - before.count))
        return None
