"""The window of the line process: the web process looks in, asks, and is answered, in JSON (`grader.line.commands`).

A door of its own beside that of the station's processes: what comes in here is parsed, never unpickled.
"""

import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from grader.line.commands import TO_LINE, Reply, Request, StateReport

NAME = "web.sock"
LARGEST_BYTES = 1 << 16
MOST_GUESTS = 8
MOST_WAITING = 64
"""A guest that does not take so many answers is not there any more."""


class Guest:
    """One who looks in."""

    def __init__(self, peer: socket.socket) -> None:
        peer.settimeout(0)
        self.alive = True
        self._socket = peer
        self._answers: deque[bytes] = deque()

    def receive(self) -> list[Request]:
        """What it asks; one that says what is no request has to go."""
        asked: list[Request] = []
        while self.alive:
            try:
                data = self._socket.recv(LARGEST_BYTES)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            try:
                asked.append(TO_LINE.validate_json(data))
            except ValidationError:  # also the end: an empty message
                self.close()
        return asked

    def answer(self, reply: Reply) -> None:
        """Its answers come in order, and none is left out."""
        self._answers.append(reply.model_dump_json().encode())
        self.flush()
        if len(self._answers) > MOST_WAITING:
            self.close()

    def flush(self) -> None:
        """Send what waits, as far as it takes it."""
        try:
            while self._answers:
                self._socket.send(self._answers[0])
                self._answers.popleft()
        except BlockingIOError:
            return
        except OSError:
            self.close()

    def show(self, report: bytes) -> None:
        """A guest that is slow misses this one: the next one says more."""
        self.flush()
        if self._answers or not self.alive:
            return
        try:
            self._socket.send(report)
        except BlockingIOError:
            return
        except OSError:
            self.close()

    def fileno(self) -> int:
        """For `select`; -1 once closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Send it away."""
        self.alive = False
        with suppress(OSError):
            self._socket.close()


class Window:
    """Where they look in."""

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        path.unlink(missing_ok=True)  # a process before this one died and left it
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.bind(str(path))
        self._socket.listen(MOST_GUESTS)
        self._socket.settimeout(0)
        self.guests: list[Guest] = []

    def serve(self, answer: Callable[[Request], Reply]) -> None:
        """Let in who has come, and answer what was asked; waits for nobody."""
        with suppress(BlockingIOError):
            while True:
                peer, _ = self._socket.accept()
                guest = Guest(peer)
                self.guests.append(guest)
                if len(self.guests) > MOST_GUESTS:
                    guest.close()
        for guest in self.guests:
            for request in guest.receive():
                guest.answer(answer(request))
        self.guests = [guest for guest in self.guests if guest.alive]

    def show(self, report: StateReport) -> None:
        """Show all of them how the line is."""
        text = report.model_dump_json().encode()
        for guest in self.guests:
            guest.show(text)

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def close(self) -> None:
        """Let nobody in any more."""
        self._socket.close()
