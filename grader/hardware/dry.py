"""A machine that is looked at and not touched: sensors are read, nothing is switched, the watchdog is left to bark."""

from grader.grading import Outlet
from grader.hardware.iron import ExitPulse, Iron, IronState, Power


class DryIron:
    """`Iron` over another."""

    def __init__(self, iron: Iron) -> None:
        self._iron = iron

    def poll(self) -> tuple[IronState | None, list[ExitPulse]]:
        """`Iron`'s."""
        return self._iron.poll()

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float) -> None:
        """Nothing opens."""

    def power(self, power: Power) -> None:
        """Nothing is switched."""

    def close(self) -> None:
        """`Iron`'s."""
        self._iron.close()

    def fileno(self) -> int:
        """`Iron`'s."""
        return self._iron.fileno()
