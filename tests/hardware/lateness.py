"""How late this computer was while something was measured: others use it, and that kernel ticks only every 10 ms.

A limit in seconds is of the driver; what nobody could have kept is added to it, as it was seen, not as it was guessed.
"""

import threading
import time
from types import TracebackType
from typing import Self

NAP_S = 0.01


class Lateness:
    """Naps beside what is measured; `seconds` is by how much all of its naps together were longer than asked."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._ends = threading.Event()
        self._naps = threading.Thread(target=self._nap)

    def __enter__(self) -> Self:
        self._naps.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._ends.set()
        self._naps.join()

    def _nap(self) -> None:
        while True:
            began_s = time.monotonic()
            ends = self._ends.wait(NAP_S)
            late_s = time.monotonic() - began_s - NAP_S
            if late_s > NAP_S:  # a tick is no lateness
                self.seconds += late_s
            if ends:
                return
