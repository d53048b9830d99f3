"""The scale under a tray: a weight once it is at rest."""

import time
from collections.abc import Callable
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


def settled(scale: Scale, patience_s: float, monotonic_s: Callable[[], float] = time.monotonic) -> Weight | None:
    """What lies on it once it is at rest; None: it was not in that time."""
    until_s = monotonic_s() + patience_s
    while (left_s := until_s - monotonic_s()) > 0:
        weight = scale.read(left_s)
        if weight is not None and weight.stable:
            return weight
    return None
