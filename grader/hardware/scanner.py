"""The barcode scanner: what somebody has held before it."""

from typing import Protocol


class Scanner(Protocol):
    """No call waits longer than it is told."""

    def read(self, timeout_s: float) -> str | None:
        """The next code, as it was printed; None: none came in time."""

    def close(self) -> None:
        """Let go of the device. Twice is harmless."""
