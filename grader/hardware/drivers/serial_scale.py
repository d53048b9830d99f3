"""A scale that says its weight over a serial line, again and again, as most retail and bench scales can be set to.

A reading is a line with a number and a unit, `g` or `kg`; words before it say whether the scale thinks itself at rest:
`ST` stable and `US` unstable (A&D, Kern and others), `S` and `D` (Mettler-Toledo's SICS). A scale that says neither is
at rest when its readings agree.
"""

import math
import re
import time
from collections import deque

from grader.hardware.drivers.serial_port import Deadline, SerialPort
from grader.hardware.scale import Weight

READING = re.compile(rb"([+-]?)\s*(\d+(?:\.\d+)?)\s*(kg|g)\b", re.IGNORECASE)
UNSTABLE = re.compile(rb"^\s*(US|D|S\s+D)\b")
REFUSES = re.compile(rb"^\s*(OL|S\s+[-+I])")
"""Overload, underload, cannot say."""
AGREEING = 5
"""Readings that must agree before a weight is called stable."""
WITHIN_G = 2.0
"""By so much may they differ: two divisions of a scale for trays."""


class SerialScale:
    """The scale on the port `path`."""

    def __init__(self, path: str, rate: int = 9600, *, within_g: float = WITHIN_G) -> None:
        self._port = SerialPort(path, rate)
        self._within_g = within_g
        self._recent: deque[float] = deque(maxlen=AGREEING)
        self._waiting: deque[Weight] = deque()

    def read(self, timeout_s: float) -> Weight | None:
        """`Scale`'s."""
        deadline = Deadline(timeout_s)
        while not self._waiting:
            if not self._port.wait(deadline.left_s):
                return None
            for line in self._port.lines():
                self._take(line)
        return self._waiting.popleft()

    def close(self) -> None:
        """`Scale`'s."""
        self._port.close()

    def _take(self, line: bytes) -> None:
        match = READING.search(line)
        if match is None or REFUSES.match(line):
            self._recent.clear()
            return
        sign, number, unit = match.groups()
        weight_g = float(number) * (1000 if unit.lower() == b"kg" else 1) * (-1 if sign == b"-" else 1)
        self._recent.append(weight_g)
        agree = len(self._recent) == AGREEING and max(self._recent) - min(self._recent) <= self._within_g
        stable = agree and not UNSTABLE.match(line) and math.isfinite(weight_g)
        self._waiting.append(Weight(weight_g, stable, time.monotonic()))
