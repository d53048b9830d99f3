"""Every encoder keeps what encoders promise: on GPIO lines (gpio-sim), and counted by a controller (a pty)."""

import os
import pty
import threading
import time
import tty
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from grader.hardware.conformance import encoder as promises
from grader.hardware.drivers.gpio_encoder import GpioEncoder
from grader.hardware.drivers.serial_encoder import SerialEncoder, checksum
from grader.hardware.quadrature import FORWARD
from grader.hardware.wiring import Wiring
from tests.hardware.gpio_sim import THERE, SimulatedChip

if TYPE_CHECKING:
    from grader.hardware.encoder import Encoder

LINES_S = 200.0
MOST_EDGES_S = 50.0
"""gpio-sim hands edges over at the ticks of its kernel, a hundred a second, and two of one line in a tick are none."""
WIRING = {
    "chip": "grader-encoder", "encoder_a": 4, "encoder_b": 5, "valves": {}, "exits": {},
    "e_stop_released": 6, "belt": 7, "watchdog": 8, "buzzer": 9,
}  # fmt: skip
TRACKS = tuple(((4, 5)[track], level) for track, level in FORWARD)
"""Line and level of the edges of an encoder's line, A before B."""


class Wheel:
    """Two lines of a simulated chip that are turned like an encoder's."""

    def __init__(self) -> None:
        self._chip = SimulatedChip("grader-encoder")
        self._place = 0
        self.encoder: Encoder = GpioEncoder(Wiring.model_validate(WIRING))

    def turn(self, counts: int, counts_s: float) -> None:
        way = 1 if counts > 0 else -1
        for _ in range(abs(counts)):
            line, level = TRACKS[self._place % 4] if way > 0 else TRACKS[(self._place - 1) % 4]
            self._chip.pull(line, up=level if way > 0 else not level)
            self._place += way
            time.sleep(1 / min(counts_s, MOST_EDGES_S))
            self.encoder.poll()

    def close(self) -> None:
        self.encoder.close()
        self._chip.close()


class Controller:
    """A micro-controller at the other end of a serial line."""

    def __init__(self) -> None:
        self._far, self._near = pty.openpty()
        tty.setraw(self._near)
        self._count, self._number = 0, 0
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._talks = threading.Thread(target=self._talk)
        self._talks.start()
        self.encoder: Encoder = SerialEncoder(os.ttyname(self._near))

    def turn(self, counts: int, counts_s: float) -> None:
        way = 1 if counts > 0 else -1
        for _ in range(abs(counts)):
            with self._lock:
                self._count += way
            time.sleep(1 / counts_s)

    def close(self) -> None:
        self._ends.set()
        self._talks.join()
        self.encoder.close()
        os.close(self._far)
        os.close(self._near)

    def _talk(self) -> None:
        while not self._ends.wait(1 / LINES_S):
            with self._lock:
                self._number += 1
                clock_us = time.monotonic_ns() // 1000 % 2**32
                text = b"E %d %d %d" % (self._count % 2**32, clock_us, self._number)
            os.write(self._far, text + b"*" + checksum(text) + b"\r\n")


@pytest.fixture(
    params=[
        Controller,
        pytest.param(
            Wheel, marks=pytest.mark.skipif(not THERE, reason="gpio-sim is in the kernel of make test-hardware alone")
        ),
    ]
)
def rig(request: pytest.FixtureRequest) -> Iterator[Wheel | Controller]:
    rig = request.param()
    yield rig
    rig.close()


@pytest.mark.parametrize("check", promises.WITH_RIG, ids=lambda check: check.__name__)
def test_an_encoder_keeps_its_promises(rig: promises.EncoderRig, check: Callable[[promises.EncoderRig], None]) -> None:
    check(rig)
