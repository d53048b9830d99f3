"""Beats: each process of the station says in shared memory that it lives, and the supervisor reads when it last did."""

import time
from collections.abc import Callable, Sequence
from multiprocessing.sharedctypes import RawArray
from typing import Any


class Beats:
    """One moment of the monotonic clock a process; a plain double, which a 64-bit machine writes whole."""

    def __init__(self, names: Sequence[str]) -> None:
        self._array: Any = RawArray("d", len(names))
        self._places = {name: place for place, name in enumerate(names)}

    def of(self, name: str) -> "Beat":
        """What the process of that name is given."""
        return Beat(self._array, self._places[name])

    def last_s(self, name: str) -> float:
        """When it last beat; 0: it has not yet."""
        return float(self._array[self._places[name]])

    def begin(self, name: str) -> None:
        """It is being started: until its first beat nobody waits for one."""
        self._array[self._places[name]] = 0.0


class Beat:
    """Called once a turn of a process's loop."""

    def __init__(self, array: Any, place: int) -> None:  # noqa: ANN401 - ctypes makes the type
        self._array, self._place = array, place

    def __call__(self) -> None:
        """It lives."""
        self._array[self._place] = time.monotonic()


def silent() -> None:
    """The beat of a process that nobody listens to."""


DoBeat = Callable[[], None]
