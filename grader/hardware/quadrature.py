"""Counting a quadrature encoder from edges, and its speed: pure, so that it can be tried without an encoder.

An encoder has two tracks, A and B, a quarter of a line apart; each edge of either is one count. A leads when the belt
runs forward. Edges that nobody saw are found twice: by the kernel's numbers, and by edges that cannot follow
each other.
"""

from collections import deque

from grader.hardware.encoder import EncoderReading

SPEED_OVER_NS = 50_000_000
"""Speed is the mean over so long: 150 counts at 0.3 m/s and 0.1 mm a count, so that one count more or less is 0.7 %."""
LEVELS = ((False, False), (True, False), (True, True), (False, True))
"""Of A and B at the four places of a line, going forward."""
FORWARD = ((0, True), (1, True), (0, False), (1, False))
"""The edges from each of these places to the next: the track, and whether it rises."""
MOST_EDGES = 1024
"""And over at most so many edges."""


class Quadrature:
    """The count of one encoder."""

    def __init__(self, *, a: bool, b: bool) -> None:
        """The tracks' levels now."""
        self.count = 0
        self.lost = 0
        self._levels = [a, b]
        self._way = 1
        self._next_number = 1
        self._edges: deque[tuple[int, int]] = deque(maxlen=MOST_EDGES)

    def edge(self, track: int, *, rises: bool, at_ns: int, number: int) -> None:
        """An edge of track 0 (A) or 1 (B); `number` counts them from 1, so that one that was not seen leaves a gap."""
        if number != self._next_number:
            missed = (number - self._next_number) & 0xFFFFFFFF
            self._miss(missed)
            self._levels = list(LEVELS[(self._phase() + self._way * missed) & 3])
        self._next_number = (number + 1) & 0xFFFFFFFF
        if self._levels[track] == rises:
            self._miss(1)
            self._levels[track] = not rises
        before = self._phase()
        self._levels[track] = rises
        self._way = 1 if (self._phase() - before) & 3 == 1 else -1
        self.count += self._way
        self._edges.append((at_ns, self.count))

    def reading(self, now_ns: int) -> EncoderReading:
        """The belt at `now_ns`, all edges until then taken in."""
        return EncoderReading(self.count, self._speed(now_ns), now_ns / 1e9, self.lost)

    def _miss(self, edges: int) -> None:
        """So many were not seen: most likely the belt went on as before."""
        self.lost += edges
        self.count += self._way * edges

    def _phase(self) -> int:
        """A and B as one of four places in a line, 0 to 3 in the order of going forward."""
        a, b = self._levels
        return b << 1 | (a ^ b)

    def _speed(self, now_ns: int) -> float:
        """Counts a second over the last while; once no edge comes, at most one in the time that has passed without."""
        while len(self._edges) > 1 and now_ns - self._edges[0][0] > SPEED_OVER_NS:
            self._edges.popleft()
        if len(self._edges) < 2:  # noqa: PLR2004 - two edges are an interval
            return 0.0
        (first_ns, first), (last_ns, last) = self._edges[0], self._edges[-1]
        silent_ns = now_ns - last_ns
        if silent_ns > SPEED_OVER_NS or last_ns <= first_ns:
            return 0.0
        speed = (last - first) / (last_ns - first_ns) * 1e9
        slowest = 1e9 / silent_ns if silent_ns > 0 else abs(speed)
        return max(-slowest, min(slowest, speed))
