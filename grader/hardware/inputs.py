"""What the machine's contacts say. Each is named for its safe state, so that a cut wire reads as the unsafe one."""

from dataclasses import dataclass
from typing import Protocol

from grader.grading import Outlet


@dataclass(frozen=True, slots=True)
class ExitPulse:
    """An exit sensor saw something pass."""

    outlet: Outlet
    lane: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Contacts:
    """Levels, debounced. What no contact is wired for reads as safe."""

    e_stop_released: bool = True
    door_closed: bool = True
    air_pressure_ok: bool = True
    power_ok: bool = True
    """False: the mains have gone, and a battery or a capacitor carries the computer for a moment."""
    trays_full: frozenset[Outlet] = frozenset()
    trays_absent: frozenset[Outlet] = frozenset()


SAFE = Contacts()


class Inputs(Protocol):
    """No call waits."""

    def poll(self) -> tuple[Contacts, list[ExitPulse]]:
        """The levels now, and what passed the exits since the last call."""

    def close(self) -> None:
        """Let go of the lines. Twice is harmless."""
