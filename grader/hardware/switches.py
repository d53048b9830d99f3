"""What the machine switches: valves, the drive of belt and infeed, and the watchdog that cuts the supply of both."""

from typing import Protocol

from grader.grading import Outlet


class Valves(Protocol):
    """Air jets, one an outlet and lane; no call waits."""

    def open(self, outlet: Outlet, lane: int, pulse_s: float, now_s: float) -> None:
        """Open one now, for so long."""

    def step(self, now_s: float) -> None:
        """Close those whose pulse is over; called every few milliseconds."""

    def close_all(self) -> None:
        """Close all of them at once."""

    def close(self) -> None:
        """Close them and let go of the lines. Twice is harmless."""


class Drive(Protocol):
    """Belt and infeed; no call waits."""

    def run(self, *, belt: bool, slowly: bool, infeed: bool) -> None:
        """Switch. A drive without a slow speed stands where it is asked to run slowly."""

    def close(self) -> None:
        """Off. Twice is harmless."""


class Watchdog(Protocol):
    """An output that must change again and again, or a relay of its own cuts the supply of valves and belt."""

    def feed(self) -> None:
        """Change it."""

    def close(self) -> None:
        """Let it bark. Twice is harmless."""
