"""A Zebra-type printer behind TCP port 9100.

A format is printed once its `^XZ` has arrived, and not before (ZPL II Programming Guide, ^XZ). So that end is sent by
itself, after the printer has answered behind all that comes before it: what breaks until then cannot have printed
anything. The question is `~HS`, how it is; control commands (`~`) are carried out at once, also within a format.
"""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from grader.hardware.printer import Sent

PORT = 9100
END = b"^XZ"
CANCEL_HALF = b"~JX"
"""Forgets a format that an earlier connection left without its end; touches no whole one."""
STATUS = b"~HS"
LINE = re.compile(rb"\x02([^\x03]*)\x03")
STATUS_LINES = 3
ASK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What `~HS` answers, as far as it concerns us."""

    fault: str | None
    """Why nothing comes out, and what to do; None: nothing is in its way."""
    waiting: int
    """Formats that it has received and labels that it has not printed yet."""


class ZplPrinter:
    """The printer at `host`; each job has a connection of its own, so that others may print too."""

    language: Literal["zpl"] = "zpl"

    def __init__(
        self,
        host: str,
        port: int = PORT,
        *,
        asks: bool = True,
        patience_s: float = 10.0,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`asks`: whether it understands `~HS`. `patience_s`: for connecting, for an answer, and for the label."""
        self.name = f"{host}:{port}"
        self._address = (host, port)
        self._asks, self._patience_s = asks, patience_s
        self._monotonic_s, self._sleep = monotonic_s, sleep

    def send(self, job: bytes) -> Sent:
        """Print `job`, one format that ends in `^XZ`."""
        body, end, rest = job.rpartition(END)
        if not end:
            raise ValueError("a job of ZPL ends in ^XZ")
        try:
            line = socket.create_connection(self._address, self._patience_s)
        except OSError as error:
            return Sent("not_sent", f"the printer {self.name} cannot be reached ({error}): switch it on, plug it in")
        with line:
            line.settimeout(self._patience_s)
            try:
                status = self._ask(line) if self._asks else None
                if status is not None and status.fault is not None:
                    return Sent("not_sent", f"the printer {self.name} {status.fault}; the label was not sent")
                line.sendall(CANCEL_HALF + body)
                if self._asks:
                    self._ask(line)  # the answer comes behind the body, on a line that keeps the order
            except OSError as error:
                return Sent(
                    "not_sent", f"the printer {self.name} went away before it had the label ({error}): none came out"
                )
            try:
                line.sendall(end + rest)
                return self._wait(line) if self._asks else self._hang_up(line)
            except OSError as error:
                return Sent(
                    "unsure",
                    f"the printer {self.name} went away while it had the label ({error}): look whether it came",
                )

    def _wait(self, line: socket.socket) -> Sent:
        """Ask until nothing waits any more."""
        until_s = self._monotonic_s() + self._patience_s
        while True:
            status = self._ask(line)
            if status.fault is not None:
                why = f"the printer {self.name} {status.fault}; it may still print this label: look whether it comes"
                return Sent("unsure", why)
            if status.waiting == 0:
                return Sent("printed", f"printed on {self.name}")
            if self._monotonic_s() > until_s:
                return Sent("unsure", f"the printer {self.name} still has the label: look whether it comes")
            self._sleep(ASK_EVERY_S)

    def _hang_up(self, line: socket.socket) -> Sent:
        """Without answers, all that is known is that the printer took every byte and closed in good order."""
        line.shutdown(socket.SHUT_WR)
        while line.recv(1024):
            pass
        return Sent("printed", f"sent to {self.name}, which does not say more")

    def _ask(self, line: socket.socket) -> PrinterStatus:
        line.sendall(STATUS)
        answer = b""
        while len(found := LINE.findall(answer)) < STATUS_LINES:
            more = line.recv(1024)
            if not more:
                raise ConnectionError("it closed the connection without an answer")
            answer += more
        return read_status(found)


def read_status(lines: list[bytes]) -> PrinterStatus:
    """The three lines of an answer to `~HS`; `ConnectionError` if they are none (ZPL II Programming Guide, ~HS)."""
    try:
        first, second = (line.decode("ascii").split(",") for line in lines[:2])
        faults = (
            (first[1], "is out of labels: load a roll"),
            (first[2], "is paused: press its pause key"),
            (second[2], "has its head open: close it"),
            (second[3], "is out of ribbon: load one"),
        )
        waiting = int(first[4]) + int(second[8])
    except (UnicodeDecodeError, IndexError, ValueError) as error:
        raise ConnectionError("its answer to ~HS is none; if it cannot answer, set `asks = false`") from error
    return PrinterStatus(next((words for flag, words in faults if flag == "1"), None), waiting)
