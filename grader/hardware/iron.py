"""The belt and what stands along it, as the ejection process holds them: encoder, valves, exit sensors, drive.

One device, because one real-time loop reads and switches all of it; the twin and the real bench both are one.
"""

from dataclasses import dataclass
from typing import Protocol

from grader.grading import Outlet
from grader.hardware.inputs import SAFE, Contacts, ExitPulse
from grader.hardware.lamp_tower import UNCONTROLLED, Signal

__all__ = ["WATCHDOG_S", "Contacts", "ExitPulse", "Iron", "IronState", "Power"]


@dataclass(frozen=True, slots=True)
class IronState:
    """What the sensors say at one moment of the monotonic clock."""

    count: int
    speed_mm_s: float
    """By the encoder."""
    at_s: float
    contacts: Contacts = SAFE
    counts_lost: int = 0
    """Counts of the encoder that are known to be missing, since its driver was opened."""

    @property
    def e_stop_pressed(self) -> bool:
        """Or its wire is cut."""
        return not self.contacts.e_stop_released


@dataclass(frozen=True, slots=True)
class Power:
    """What is switched on. Saying it feeds the watchdog, which cuts belt and valves 250 ms after the last time."""

    belt_mm_s: float = 0.0
    """What the drive is set to; 0: it has no power."""
    infeed_on: bool = False
    valves_enabled: bool = False
    signal: Signal = UNCONTROLLED

    @property
    def belt_on(self) -> bool:
        """Whether the drive has power."""
        return self.belt_mm_s > 0


WATCHDOG_S = 0.25
"""DESIGN: if ejection or supervisor dies, the watchdog drops the valve supply within so long, and the belt with it."""


class Iron(Protocol):
    """No call waits."""

    def poll(self) -> tuple[IronState | None, list[ExitPulse]]:
        """The latest state (None: nothing new) and what passed the exits since the last call."""

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float) -> None:
        """Open one valve now, for so long."""

    def power(self, power: Power) -> None:
        """Switch."""

    def fileno(self) -> int:
        """Something to `select` on; -1: nothing."""

    def close(self) -> None:
        """Everything off, and let go of the devices. Twice is harmless."""
