"""The scale under a tray: a weight once it is at rest."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Weight:
    """What lies on it."""

    weight_g: float
    stable: bool
    """By the scale's own word and by readings that agree."""
    at_s: float
    """On the monotonic clock."""


class Scale(Protocol):
    """No call waits longer than it is told."""

    def read(self, timeout_s: float) -> Weight | None:
        """The next reading; None: none came in time."""

    def close(self) -> None:
        """Let go of the device. Twice is harmless."""
