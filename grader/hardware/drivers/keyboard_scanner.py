"""A barcode scanner that plays a keyboard ("wedge"): its keys go to us alone, not to whatever has the focus.

Read from the kernel's input device (linux/input.h), keys of a US layout, to which scanners come set.
"""

import fcntl
import os
import select
import struct
from collections import deque
from contextlib import suppress

from grader.errors import GraderError
from grader.hardware.drivers.serial_port import Deadline
from grader.hardware.drivers.serial_scanner import LONGEST_CODE

EVENT = struct.Struct("llHHi")
"""struct input_event: time, type, code, value."""
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
"""The kernel keeps 64 events for a keyboard's reader; who does not read in time is told that some are gone."""
EVIOCGRAB = 0x40044590
SHIFTS = {42, 54}
ENTERS = {28, 96, 15}
"""Enter, keypad enter and tab: what scanners put behind a code."""
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
)
_LAST = ((43, "\\zxcvbnm,./", "|ZXCVBNM<>?"), (57, " ", " "))
KEYS = {first + nth: pair for first, *both in (*_ROWS, *_LAST) for nth, pair in enumerate(zip(*both, strict=True))}
GROUP_SEPARATOR = "\x1d"
"""FNC1 inside a GS1 code; scanners send it as Ctrl+]."""
CONTROLS, BRACKET = {29, 97}, 27


class ScannerError(GraderError, OSError, code="scanner"):
    """The scanner cannot be used. The sentence says what to do."""


class KeyboardScanner:
    """The scanner behind `path`, such as `/dev/input/by-id/usb-…-event-kbd`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._held: set[int] = set()
        self._text = ""
        self._damaged = False
        """Keys were lost: half a code is worse than none."""
        self._codes: deque[str] = deque()
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise ScannerError(
                f"cannot open {path}: {error.strerror}. Plug the scanner in; the user must be in the group input"
            ) from error
        try:
            fcntl.ioctl(self._file, EVIOCGRAB, 1)
        except OSError as error:
            self.close()
            raise ScannerError(f"cannot have {path} to ourselves: {error.strerror}. End what else reads it") from error

    def read(self, timeout_s: float) -> str | None:
        """`Scanner`'s."""
        deadline = Deadline(timeout_s)
        while not self._codes:
            ready, _, _ = select.select([self._file], [], [], deadline.left_s)
            if not ready:
                return None
            try:
                data = os.read(self._file, EVENT.size * 64)
            except OSError as error:
                raise ScannerError(f"{self._path} has gone: plug the scanner in again") from error
            for *_, kind, key, value in EVENT.iter_unpack(data):
                if kind == EV_KEY:
                    self._press(key, value)
                elif (kind, key) == (EV_SYN, SYN_DROPPED):
                    self._damaged = True
                    self._held.clear()
        return self._codes.popleft()

    def close(self) -> None:
        """`Scanner`'s."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _press(self, key: int, value: int) -> None:
        """`value`: 0 let go, 1 pressed, 2 held down."""
        if value == 0:
            self._held.discard(key)
            return
        self._held.add(key)
        if key in ENTERS:
            if self._text and not self._damaged:
                self._codes.append(self._text[:LONGEST_CODE])
            self._text, self._damaged = "", False
        elif self._held & CONTROLS:
            self._text += GROUP_SEPARATOR if key == BRACKET else ""
        elif key in KEYS:
            self._text += KEYS[key][bool(self._held & SHIFTS)]
