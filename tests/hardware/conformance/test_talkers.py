"""Scales and scanners keep what they promise: on serial lines (ptys), and as a keyboard (uinput)."""

import fcntl
import os
import pty
import struct
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.hardware.conformance import talkers as promises
from grader.hardware.drivers.keyboard_scanner import KEYS, KeyboardScanner
from grader.hardware.drivers.serial_scale import SerialScale
from grader.hardware.drivers.serial_scanner import SerialScanner

if TYPE_CHECKING:
    from grader.hardware.scale import Scale

UINPUT = Path("/dev/uinput")
UI_SET_EVBIT, UI_SET_KEYBIT = 0x40045564, 0x40045565
UI_DEV_CREATE, UI_DEV_DESTROY, UI_DEV_SETUP = 0x5501, 0x5502, 0x405C5503
STROKE_S = 0.002
EV_SYN, EV_KEY, SHIFT, ENTER = 0, 1, 42, 28
STROKES = {character: (key, nth == 1) for key, pair in KEYS.items() for nth, character in enumerate(pair)}


class Cable:
    """A serial line, and what talks at its far end."""

    def __init__(self) -> None:
        self._far, self._near = pty.openpty()
        tty.setraw(self._near)
        self.path = os.ttyname(self._near)

    def say(self, line: bytes) -> None:
        os.write(self._far, line)

    def close(self) -> None:
        os.close(self._far)
        os.close(self._near)


class BenchScale:
    """Says its weight ten times a second."""

    def __init__(self) -> None:
        self._cable = Cable()
        self.path = self._cable.path
        self._weight_g = 0.0
        self._ends = threading.Event()
        self._talks = threading.Thread(target=self._talk)
        self._talks.start()
        self.scale: Scale = SerialScale(self._cable.path)

    def put(self, weight_g: float) -> None:
        self._weight_g = weight_g

    def close(self) -> None:
        self._ends.set()
        self._talks.join()
        self.scale.close()
        self._cable.close()

    def _talk(self) -> None:
        while not self._ends.wait(0.1):
            self._cable.say(b"ST,GS,%+09.1f g\r\n" % self._weight_g)


class SerialGun:
    """A scanner on a serial line."""

    def __init__(self) -> None:
        self._cable = Cable()
        self.scanner = SerialScanner(self._cable.path)

    def scan(self, code: str) -> None:
        self._cable.say(code.encode() + b"\r\n")

    def close(self) -> None:
        self.scanner.close()
        self._cable.close()


class KeyboardGun:
    """A scanner that plays a keyboard, of the kernel's uinput."""

    def __init__(self) -> None:
        self._types: threading.Thread | None = None
        before = set(Path("/dev/input").glob("event*"))
        self._file = os.open(UINPUT, os.O_WRONLY)
        fcntl.ioctl(self._file, UI_SET_EVBIT, EV_KEY)
        for key in (*KEYS, SHIFT, ENTER):
            fcntl.ioctl(self._file, UI_SET_KEYBIT, key)
        fcntl.ioctl(self._file, UI_DEV_SETUP, struct.pack("HHHH80sI", 3, 1, 1, 1, b"scanner", 0))
        fcntl.ioctl(self._file, UI_DEV_CREATE)
        time.sleep(0.2)
        (path,) = set(Path("/dev/input").glob("event*")) - before
        self.scanner = KeyboardScanner(str(path))

    def scan(self, code: str) -> None:
        """Types while somebody reads, as scanners do."""
        before = self._types
        self._types = threading.Thread(target=self._type, args=(code, before))
        self._types.start()

    def _type(self, code: str, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        for character in code:
            key, shifted = STROKES[character]
            if shifted:
                self._stroke(SHIFT, 1)
            self._stroke(key, 1)
            self._stroke(key, 0)
            if shifted:
                self._stroke(SHIFT, 0)
        self._stroke(ENTER, 1)
        self._stroke(ENTER, 0)

    def join(self) -> None:
        """Until all is typed."""
        if self._types is not None:
            self._types.join()

    def close(self) -> None:
        self.join()
        self.scanner.close()
        fcntl.ioctl(self._file, UI_DEV_DESTROY)
        os.close(self._file)

    def _stroke(self, key: int, value: int) -> None:
        for event in ((EV_KEY, key, value), (EV_SYN, 0, 0)):
            os.write(self._file, struct.pack("llHHi", 0, 0, *event))
        time.sleep(STROKE_S)


@pytest.mark.parametrize("check", promises.SCALE_WITH_RIG, ids=lambda check: check.__name__)
def test_a_scale_keeps_its_promises(check: Callable[[promises.ScaleRig], None]) -> None:
    rig = BenchScale()
    try:
        check(rig)
        for alone in promises.SCALE_ALONE:
            alone(rig.scale)
    finally:
        rig.close()


@pytest.fixture(
    params=[
        SerialGun,
        pytest.param(
            KeyboardGun,
            marks=pytest.mark.skipif(
                "IN_UML" not in os.environ, reason="a keyboard of our own is made in the kernel of make test-hardware"
            ),
        ),
    ]
)
def gun(request: pytest.FixtureRequest) -> Iterator[SerialGun | KeyboardGun]:
    rig = request.param()
    yield rig
    rig.close()


@pytest.mark.parametrize("check", promises.SCANNER_WITH_RIG, ids=lambda check: check.__name__)
def test_a_scanner_keeps_its_promises(gun: promises.ScannerRig, check: Callable[[promises.ScannerRig], None]) -> None:
    check(gun)


@pytest.mark.skipif(
    "IN_UML" not in os.environ, reason="a keyboard of our own is made in the kernel of make test-hardware"
)
def test_a_code_of_which_keys_were_lost_is_none() -> None:
    """Nobody reads while it is typed: the kernel keeps 64 events."""
    rig = KeyboardGun()
    try:
        rig.scan("0104012345123456" * 8)
        rig.join()
        rig.scan("GV1")
        assert rig.scanner.read(3.0) == "GV1"
    finally:
        rig.close()
