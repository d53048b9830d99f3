"""A barcode scanner on a serial line (or USB, as a serial device): one code a line."""

from collections import deque

from grader.hardware.drivers.serial_port import Deadline, SerialPort

LONGEST_CODE = 200


class SerialScanner:
    """The scanner on the port `path`, set to end each code with CR or LF."""

    def __init__(self, path: str, rate: int = 9600) -> None:
        self._port = SerialPort(path, rate)
        self._codes: deque[str] = deque()

    def read(self, timeout_s: float) -> str | None:
        """`Scanner`'s."""
        deadline = Deadline(timeout_s)
        while not self._codes:
            if not self._port.wait(deadline.left_s):
                return None
            for line in self._port.lines():
                # FNC1 inside a GS1 code is the byte 29 here; anything beyond ASCII is noise.
                code = line.decode("ascii", "ignore").strip()
                if code and len(code) <= LONGEST_CODE:
                    self._codes.append(code)
        return self._codes.popleft()

    def close(self) -> None:
        """`Scanner`'s."""
        self._port.close()
