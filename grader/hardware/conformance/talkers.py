"""What scales and scanners promise."""

import time
from typing import Protocol

from grader.hardware.conformance import promised
from grader.hardware.scale import Scale
from grader.hardware.scanner import Scanner

PATIENCE_S = 3.0
WITHIN_G = 2.0


class ScaleRig(Protocol):
    """A scale, and whoever puts something on it."""

    scale: Scale

    def put(self, weight_g: float) -> None:
        """So much lies on it, at rest."""


class ScannerRig(Protocol):
    """A scanner, and whoever holds a code before it."""

    scanner: Scanner

    def scan(self, code: str) -> None:
        """Hold it there."""


def weighs(rig: ScaleRig) -> None:
    """What lies on it, and that it is at rest."""
    rig.put(1234.0)
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        weight = rig.scale.read(0.2)
        if weight is not None and weight.stable:
            promised(abs(weight.weight_g - 1234.0) <= WITHIN_G, "1234 g are 1234 g")
            return
    promised(kept=False, sentence="a weight at rest becomes stable")


def reads_codes(rig: ScannerRig) -> None:
    """Each once, in order, whole."""
    codes = ["0104012345123456", "GV1-2026-07-A/3 (x)"]
    for code in codes:
        rig.scan(code)
    got = [rig.scanner.read(PATIENCE_S) for _ in codes]
    promised(got == codes, f"{codes} are read; they were {got}")
    promised(rig.scanner.read(0.05) is None, "and nothing else")


def scale_waits_no_longer(scale: Scale) -> None:
    """A call returns in the time that it was given."""
    began_s = time.monotonic()
    scale.read(0.05)
    promised(time.monotonic() - began_s < 0.5, "read returns in time")  # noqa: PLR2004


SCALE_ALONE = (scale_waits_no_longer,)
SCALE_WITH_RIG = (weighs,)
SCANNER_WITH_RIG = (reads_codes,)
