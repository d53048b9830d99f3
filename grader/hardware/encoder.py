"""The belt's encoder: how far it has gone and how fast it goes, at one moment of the monotonic clock."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EncoderReading:
    """What the encoder says."""

    count: int
    """Counts since the driver was opened; forward is positive."""
    speed_counts_s: float
    """Filtered; 0 where the belt stands."""
    at_s: float
    """When the belt was there, on the monotonic clock."""
    lost: int = 0
    """Counts since the driver was opened that are known to be missing; `count` holds the best guess of them."""


class Encoder(Protocol):
    """No call waits."""

    def poll(self) -> EncoderReading | None:
        """The belt now; None: nothing was heard since the last call."""

    def fileno(self) -> int:
        """Something to `select` on; -1: nothing."""

    def close(self) -> None:
        """Let go of the device. Twice is harmless."""
