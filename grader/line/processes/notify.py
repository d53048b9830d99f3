"""What the supervisor tells systemd: that the station is ready, that it lives, and in a line how it is (sd_notify(3)).

The protocol is a datagram to the socket that systemd names; without one, as in a terminal, nothing is said.
"""

import os
import socket
from contextlib import suppress


class Systemd:
    """The service manager above us."""

    def __init__(self, address: str | None = None) -> None:
        """`address`: of its socket; None: as the environment says."""
        self._address = os.environ.get("NOTIFY_SOCKET") if address is None else address
        self._said: str | None = None

    @property
    def listens(self) -> bool:
        """Whether there is one."""
        return bool(self._address)

    def ready(self) -> None:
        """All processes are up; `systemctl start` returns."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Feed `WatchdogSec`."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The end was asked for."""
        self._tell("STOPPING=1")

    def status(self, sentence: str) -> None:
        """What `systemctl status` shows."""
        if sentence != self._said:
            self._said = sentence
            self._tell(f"STATUS={sentence}")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        # An address that begins with @ is of the abstract kind, whose first byte is 0 (unix(7)).
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.settimeout(0)
            out.sendto(message.encode(), address)
