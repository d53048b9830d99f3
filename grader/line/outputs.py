"""What the machine switches: belt, valves, buzzer and lamp tower."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.hardware.lamp_tower import Buzzer, Lamp
from grader.line.states import State

__all__ = ["LAMPS", "WARNING", "Buzzer", "Lamp", "Outputs"]

WARNING = frozenset({State.STARTING, State.UNHOLDING, State.UNSUSPENDING})
"""Buzzer and lamp; the belt still stands."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What has power now."""

    belt_speed_mm_s: float
    """0 where the belt has no power."""
    valves_enabled: bool
    buzzer: Buzzer
    lamp: Lamp
    lamp_flashes: bool
    infeed_on: bool = False
    """Whether new fruit may come onto the belt."""

    @property
    def belt_on(self) -> bool:
        """Whether the belt has power."""
        return self.belt_speed_mm_s > 0


LAMPS: Mapping[State, tuple[Lamp, bool]] = MappingProxyType(
    {
        **dict.fromkeys((State.ABORTING, State.ABORTED, State.CLEARING), (Lamp.RED, True)),
        **dict.fromkeys((State.STOPPING, State.STOPPED), (Lamp.RED, False)),
        **dict.fromkeys((State.RESETTING, State.IDLE, State.COMPLETE), (Lamp.BLUE, False)),
        **dict.fromkeys((State.EXECUTE, State.COMPLETING), (Lamp.GREEN, False)),
        **dict.fromkeys(WARNING, (Lamp.GREEN, True)),
        **dict.fromkeys((State.HOLDING, State.HELD), (Lamp.YELLOW, True)),
        **dict.fromkeys((State.SUSPENDING, State.SUSPENDED), (Lamp.YELLOW, False)),
    }
)
"""Colour of the lamp and whether it flashes, by state."""
