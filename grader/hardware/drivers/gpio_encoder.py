"""A quadrature encoder on two lines: the kernel stamps and numbers its edges, we count them."""

import time
from typing import Final

from gpiod import EdgeEvent

from grader.hardware.drivers.gpio_lines import GpioError, Lines, contact
from grader.hardware.encoder import EncoderReading
from grader.hardware.quadrature import Quadrature
from grader.hardware.wiring import Wiring

EVENTS: Final = 1024
"""Edges that the kernel keeps for us: a third of a second at 3,000 edges/s. It drops the oldest beyond that."""
TRACKS = {"encoder_a": 0, "encoder_b": 1}


class GpioEncoder:
    """The encoder of a station's wiring."""

    def __init__(self, wiring: Wiring) -> None:
        if wiring.encoder_a is None or wiring.encoder_b is None:
            raise GpioError("the encoder has no lines: name encoder_a and encoder_b under [hardware.gpio]")
        pins = {"encoder_a": wiring.encoder_a, "encoder_b": wiring.encoder_b}
        self._lines = Lines(
            wiring,
            {name: (pin, contact(pin, edges=True, debounce_ms=0)) for name, pin in pins.items()},
            events=EVENTS,
        )
        levels = self._lines.get()
        self._quadrature = Quadrature(a=levels["encoder_a"], b=levels["encoder_b"])

    def poll(self) -> EncoderReading:
        """`Encoder`'s."""
        now_ns = time.monotonic_ns()  # before the edges: those that come meanwhile are after it
        for name, event in self._lines.edges():
            self._quadrature.edge(
                TRACKS[name],
                rises=event.event_type is EdgeEvent.Type.RISING_EDGE,
                at_ns=event.timestamp_ns,
                number=event.global_seqno,
            )
        return self._quadrature.reading(now_ns)

    def fileno(self) -> int:
        """`Encoder`'s."""
        return self._lines.fileno()

    def close(self) -> None:
        """`Encoder`'s."""
        self._lines.close()
