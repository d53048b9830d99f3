"""A label printer on the bench: a real TCP server that prints whole formats, answers `~HS`, and breaks when told to."""

import re
import socket
import struct
import threading
from typing import Self

COMMAND = re.compile(rb"~HS|~JX|\^XZ")
ABORT = struct.pack("ii", 1, 0)


class BenchPrinter:
    """One connection after the other, as such printers do."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.printed: list[bytes] = []
        """Formats that came out."""
        self.buffered: list[bytes] = []
        """Formats that wait for paper."""
        self.out_of_labels = self.paused = self.head_open = self.out_of_ribbon = False
        self.out_of_labels_after: int | None = None
        """So many labels are left on the roll."""
        self.breaks_after: int | None = None
        """So many bytes of a connection are taken, then it is torn."""
        self.answers = True
        self.nonsense = False
        self._half = b""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.switch_off()

    def switch_off(self) -> None:
        """Nobody listens any more; twice is harmless."""
        if self._thread.is_alive():
            self._server.shutdown(socket.SHUT_RDWR)
            self._thread.join()
        self._server.close()

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                self._serve(line)

    def _serve(self, line: socket.socket) -> None:
        taken = 0
        while True:
            room = 65536 if self.breaks_after is None else min(65536, self.breaks_after - taken)
            if room <= 0:
                # Torn, not closed: the other side gets a reset.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
                return
            try:
                data = line.recv(room)
            except OSError:
                return
            if not data:
                return
            taken += len(data)
            self._take(line, data)

    def _take(self, line: socket.socket, data: bytes) -> None:
        self._half += data
        while found := COMMAND.search(self._half):
            before, command = self._half[: found.end()], found[0]
            self._half = self._half[found.end() :]
            if command == b"~JX":
                continue
            if command == b"^XZ":
                self._print(before[before.rindex(b"^XA") :])
                continue
            self._half = before[: -len(command)] + self._half
            if self.answers:
                line.sendall(b"nonsense\r\n" * 3 if self.nonsense else self._status())

    def _print(self, found: bytes) -> None:
        if self.out_of_labels_after is not None and len(self.printed) >= self.out_of_labels_after:
            self.out_of_labels = True
        (self.buffered if self.out_of_labels else self.printed).append(found)

    def _status(self) -> bytes:
        first = f"030,{self.out_of_labels:d},{self.paused:d},0558,{len(self.buffered):03},0,0,0,000,0,0,0"
        second = f"000,0,{self.head_open:d},{self.out_of_ribbon:d},0,2,6,0,00000000,1,000"
        return b"".join(b"\x02" + text.encode() + b"\x03\r\n" for text in (first, second, "1234,0"))
