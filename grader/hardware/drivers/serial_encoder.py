"""An encoder that a micro-controller counts: every few milliseconds it says where it is.

One line a reading: `E <count> <clock in us> <number>*<checksum>`, count, clock and number modulo 2³², the checksum
two hexadecimal digits: all bytes before the `*`, exclusive-or (as NMEA 0183 does it). The count is absolute, so a lost
line loses no counts; what the controller itself missed it says by a fifth word.
"""

import time
from dataclasses import replace
from functools import reduce
from operator import xor

from grader.hardware.drivers.serial_port import SerialPort
from grader.hardware.encoder import EncoderReading

RATE = 460800
WORD = 1 << 32
FEWEST_WORDS = 4
SPEED_SHARE = 0.3
"""Of a new reading in the filtered speed: five readings to follow a step by 83 %."""


def checksum(text: bytes) -> bytes:
    """Of a line's bytes before the `*`."""
    return b"%02X" % reduce(xor, text, 0)


class SerialEncoder:
    """The encoder on the port `path`."""

    def __init__(self, path: str, rate: int = RATE) -> None:
        self._port = SerialPort(path, rate)
        self._reading: EncoderReading | None = None
        self._raw = 0
        self._clock_us = 0
        self._number = 0
        self.lines_lost = 0
        """Lines that did not come, or came damaged."""

    def poll(self) -> EncoderReading | None:
        """`Encoder`'s."""
        lines = self._port.lines()
        for line in lines:
            self._take(line)
        return self._reading if lines else None

    def fileno(self) -> int:
        """`Encoder`'s."""
        return self._port.fileno()

    def close(self) -> None:
        """`Encoder`'s."""
        self._port.close()

    def _take(self, line: bytes) -> None:
        text, _, check = line.partition(b"*")
        words = text.split()
        if check != checksum(text) or words[:1] != [b"E"] or len(words) < FEWEST_WORDS:
            return  # the next line's number tells that one is missing
        raw, clock_us, number = (int(word) % WORD for word in words[1:4])
        missed = int(words[4]) if len(words) > FEWEST_WORDS else 0
        before = self._reading
        if before is None:
            self._reading = EncoderReading(0, 0.0, time.monotonic(), missed)
        else:
            self.lines_lost += (number - self._number - 1) % WORD
            moved = _signed(raw - self._raw)
            took_s = (clock_us - self._clock_us) % WORD / 1e6
            speed = before.speed_counts_s
            if took_s > 0:
                speed += SPEED_SHARE * (moved / took_s - speed)
            self._reading = replace(
                before,
                count=before.count + moved,
                speed_counts_s=speed,
                at_s=time.monotonic(),
                lost=max(before.lost, missed),
            )
        self._raw, self._clock_us, self._number = raw, clock_us, number


def _signed(counts: int) -> int:
    """The shorter way round."""
    return (counts + WORD // 2) % WORD - WORD // 2
