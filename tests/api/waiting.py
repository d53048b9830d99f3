"""Waiting for what another process or thread does, and never for ever."""

import time
from collections.abc import Callable

WAITS_S = 60.0


def eventually(is_so: Callable[[], bool]) -> None:
    """Ask, over the network each time, until it is so."""
    until_s = time.monotonic() + WAITS_S
    while not is_so():
        assert time.monotonic() < until_s, f"it was not so within {WAITS_S:.0f} s"
