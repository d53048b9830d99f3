"""The lamp tower and the buzzer on it: what the machine tells people who stand further away than its screen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Lamp(StrEnum):
    """The colour of the lamp tower, after IEC 60204-1: red danger, yellow wants somebody, blue waits for an act."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"


class Buzzer(StrEnum):
    """What the buzzer says."""

    OFF = "off"
    WARNING = "warning"
    """The belt is about to move."""
    CALL = "call"
    """Short beeps: somebody is wanted."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What the tower shows."""

    lamp: Lamp
    flashes: bool
    buzzer: Buzzer


UNCONTROLLED = Signal(Lamp.RED, flashes=True, buzzer=Buzzer.OFF)
"""What a machine shows that nobody controls."""


FLASH_S = 0.5
"""1 Hz, half on."""
BEEP_S, BEEP_EVERY_S = 0.2, 2.0
"""A call: a short beep every other second."""


class LampTower(Protocol):
    """Lamps and buzzer; no call waits."""

    def show(self, signal: Signal, now_s: float) -> None:
        """Show it as it is at this moment of the monotonic clock; called again and again, so that it flashes."""

    def close(self) -> None:
        """Dark and silent. Twice is harmless."""


def lit(signal: Signal, now_s: float) -> frozenset[str]:
    """What has power at one moment: the lamp's colour, `buzzer`."""
    dark = signal.flashes and now_s % (2 * FLASH_S) >= FLASH_S
    sounds = signal.buzzer is Buzzer.WARNING or (signal.buzzer is Buzzer.CALL and now_s % BEEP_EVERY_S < BEEP_S)
    return frozenset({signal.lamp.value} if not dark else ()) | ({"buzzer"} if sounds else frozenset())
