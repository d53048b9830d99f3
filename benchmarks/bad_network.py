"""A network between two programs of this computer that loses connections: at once, or within an answer."""

import random
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of a connection that breaks instead of ending."""
CHUNK = 4096
MOST_BYTES = 400
"""So much of an answer comes through at most before the connection breaks: some get its head, some a part of it."""


class BadNetwork:
    """Listens on a port of its own and hands on to another one; `lost` of the connections break."""

    def __init__(self, to_port: int, lost: float, seed: int) -> None:
        self.to_port = to_port
        """Of the program behind; it may be started again on another one."""
        self.broken = 0
        self._lost, self._chance = lost, random.Random(seed)  # noqa: S311 - not for secrets
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self._socket.accept()
                breaks = self._chance.random() < self._lost
                through = self._chance.randrange(MOST_BYTES) if breaks else None
                self.broken += breaks
                with peer, suppress(OSError):
                    self._hand_on(peer, through)

    def _hand_on(self, peer: socket.socket, through: int | None) -> None:
        """One question and its answer; of the latter `through` bytes come through, all where it is None."""
        with socket.create_connection(("127.0.0.1", self.to_port)) as server:
            server.sendall(peer.recv(1 << 16))
            sent = 0
            while data := server.recv(CHUNK):
                part = data if through is None else data[: through - sent]
                peer.sendall(part)
                sent += len(part)
                if len(part) < len(data):
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    return
