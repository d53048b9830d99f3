"""What to do about a camera that has failed, rung by rung: open it again, wait longer each time, begin a new process.

A new process has forgotten what a driver may remember. It begins at the first rung: cameras are plugged in again
after an hour, too.
"""

from dataclasses import dataclass

WAITS_S = (0.1, 0.5, 2.0, 5.0, 5.0)
"""From a failure to the next opening, rung by rung; after the last one the process ends, to be started anew: seldom
enough that the supervisor does not give it up."""
GOOD_S = 10.0
"""Who has stood so long begins at the first rung again."""


@dataclass(slots=True)
class Ladder:
    """Where somebody stands on it."""

    rung: int = 0
    due_s: float = 0.0
    """Not to be opened before."""
    _opened_s: float = 0.0

    def opened(self, now_s: float) -> None:
        """It could be opened."""
        self._opened_s = now_s

    def failed(self, now_s: float, *, was_open: bool) -> None:
        """It could not, or what was open failed."""
        if was_open and now_s - self._opened_s > GOOD_S:
            self.rung = 0
        self.due_s = now_s + WAITS_S[min(self.rung, len(WAITS_S) - 1)]
        self.rung += 1

    @property
    def at_its_end(self) -> bool:
        """Only a new process may still help."""
        return self.rung > len(WAITS_S)
