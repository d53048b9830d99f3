"""A serial port, raw, as the kernel gives it: lines of bytes in, bytes out, no call waits longer than it is told."""

import os
import select
import termios
import time
import tty
from contextlib import suppress

from grader.errors import GraderError

LONGEST_LINE = 256
"""A device that says more without an end of line speaks another language or at another rate."""
RATES = {
    rate: getattr(termios, f"B{rate}") for rate in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800)
}


class SerialError(GraderError, OSError, code="serial"):
    """A serial device cannot be opened or has gone. The sentence says what to do."""


class SerialPort:
    """One port, at 8 data bits, no parity, one stop bit, no flow control."""

    def __init__(self, path: str, rate: int) -> None:
        self.path = path
        self._rest = b""
        try:
            self._file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise SerialError(
                f"cannot open {path}: {error.strerror}. Plug the device in; the user must be in the group dialout"
            ) from error
        try:
            tty.setraw(self._file)
            attributes = termios.tcgetattr(self._file)
            attributes[2] = (attributes[2] & ~(termios.CSTOPB | termios.CRTSCTS)) | termios.CLOCAL | termios.CREAD
            attributes[4] = attributes[5] = RATES[rate]
            termios.tcsetattr(self._file, termios.TCSANOW, attributes)
        except (OSError, termios.error) as error:
            self.close()
            raise SerialError(f"{path} is no serial port: name another device") from error

    def lines(self) -> list[bytes]:
        """What has come, without the ends of lines. `SerialError` once the device has gone."""
        while True:
            try:
                data = os.read(self._file, 4096)
            except BlockingIOError:
                break
            except OSError as error:
                raise self._gone() from error
            if not data:
                raise self._gone()
            self._rest += data
        *whole, self._rest = self._rest.replace(b"\r", b"\n").split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        return [line for line in whole if line]

    def wait(self, timeout_s: float) -> bool:
        """Until something has come; False: nothing did in time."""
        ready, _, _ = select.select([self._file], [], [], max(timeout_s, 0.0))
        return bool(ready)

    def write(self, data: bytes) -> None:
        """Say something short."""
        try:
            os.write(self._file, data)
        except OSError as error:
            raise self._gone() from error

    def fileno(self) -> int:
        """For `select`; -1 once closed."""
        return self._file

    def close(self) -> None:
        """Let go of it. Twice is harmless."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _gone(self) -> SerialError:
        return SerialError(f"{self.path} does not answer any more: look whether its plug is in")


class Deadline:
    """So long from now, on the monotonic clock."""

    def __init__(self, timeout_s: float) -> None:
        self._until_s = time.monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Never negative."""
        return max(self._until_s - time.monotonic(), 0.0)
