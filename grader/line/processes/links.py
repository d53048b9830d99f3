"""Messages between the station's processes on this computer; nobody ever waits for a peer.

Unix sockets that keep messages whole (SOCK_SEQPACKET) in a folder that only this user can enter: so what is unpickled
comes from our own processes alone. A peer that dies closes its end; one that hangs lets the outbox grow until the link
is given up.
"""

import pickle
import select
import socket
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

LARGEST_BYTES = 1 << 18
PIECE_BYTES = 1 << 15
MOST_WAITING = 4096
"""A peer that does not take so many messages hangs: the link is closed."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of something long."""

    left: int
    """Parts that are still to come."""
    data: bytes


def joined(pieces: Iterable[Piece]) -> object:
    """What `Link.send_large` took apart."""
    return pickle.loads(b"".join(piece.data for piece in pieces))  # noqa: S301 - from our own processes, see above


class Link:
    """One end of a connection; `name` is who is at the other end."""

    def __init__(self, peer: socket.socket, name: str) -> None:
        peer.settimeout(0)
        self.name = name
        self.alive = True
        self._socket = peer
        self._outbox: deque[bytes] = deque()

    def send(self, message: object) -> None:
        """Hand over a message, in order; lost where the peer is."""
        if not self.alive:
            return
        self._outbox.append(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
        self.flush()
        if len(self._outbox) > MOST_WAITING:
            self.close()

    @property
    def backlog(self) -> int:
        """Messages that the peer has not taken."""
        return len(self._outbox)

    def send_large(self, message: object) -> None:
        """Hand over something longer than one message may be, in pieces that `joined` puts together."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        pieces = [data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES)]
        for left, piece in zip(reversed(range(len(pieces))), pieces, strict=True):
            self.send(Piece(left, piece))

    def flush(self) -> None:
        """Send what waits, as far as the peer takes it."""
        try:
            while self._outbox:
                self._socket.send(self._outbox[0])
                self._outbox.popleft()
        except BlockingIOError:
            return
        except OSError:
            self.close()

    def receive(self, most: int = MOST_WAITING) -> list[Any]:
        """What has come, `most` at a time; an end that was closed is not alive afterwards."""
        self.flush()
        messages: list[Any] = []
        while self.alive and len(messages) < most:
            try:
                data = self._socket.recv(LARGEST_BYTES)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self.close()
                break
            messages.append(pickle.loads(data))  # noqa: S301 - from our own processes, see above
        return messages

    def fileno(self) -> int:
        """For `select`; -1 once closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Let go of the peer."""
        self.alive = False
        with suppress(OSError):
            self._socket.close()


class Door:
    """Where others connect to this process; the first message of each says who it is."""

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / f"{name}.sock"
        path.unlink(missing_ok=True)  # a process before this one died and left it
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.bind(str(path))
        self._socket.listen(16)
        self._socket.settimeout(0)
        self._unnamed: list[Link] = []

    def come_in(self) -> list[Link]:
        """Who has connected since, and said its name."""
        with suppress(BlockingIOError):
            while True:
                peer, _ = self._socket.accept()
                self._unnamed.append(Link(peer, ""))
        named = []
        for link in list(self._unnamed):
            messages = link.receive(most=1)
            if messages or not link.alive:
                self._unnamed.remove(link)
            if messages:
                link.name = messages[0]
                named.append(link)
        return named

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def close(self) -> None:
        """Let nobody in any more."""
        self._socket.close()
        for link in self._unnamed:
            link.close()


def connect(folder: Path, name: str, as_name: str) -> Link | None:
    """To the door `name` of `folder`; None: nobody is there yet, try again later."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        peer.connect(str(folder / f"{name}.sock"))
    except OSError:
        peer.close()
        return None
    link = Link(peer, name)
    link.send(as_name)
    return link


class HasFileno(Protocol):
    """What `select` can wait for."""

    def fileno(self) -> int:
        """The open file; -1 once closed."""


def wait(links: Iterable[HasFileno | None], timeout_s: float) -> None:
    """Until one of `links` has something, or the time is over."""
    open_ends = [link for link in links if link is not None and link.fileno() >= 0]
    select.select(open_ends, [], [], timeout_s)
