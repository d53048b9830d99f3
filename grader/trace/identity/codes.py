"""The codes that we make up: trace batch (AI 10) and serial (AI 21). Upper case, short, the same in every symbol."""

import base64
from dataclasses import dataclass
from datetime import date

from grader.trace.errors import IdentityError
from grader.trace.identity.characters import LONGEST, OURS, check_text

CHANCE_BYTES = 5
"""40 bits: who made a label can be asked about, but not how many there are or what the next one is called."""
LARGEST_TRAY = 10**11 - 1
LONGEST_STATION = 4
SHIFTS = range(1, 10)
COMPOSITIONS = range(1, 1000)
GRADES = {"super": "S", "class_1": "1", "class_2": "2", "processing": "P"}


@dataclass(frozen=True, slots=True)
class TraceBatch:
    """Trays that share grade, composition and shift: what is held or recalled together.

    As text: station, date, shift and grade, number of the composition: `GV1-261125-2S-014`.
    """

    station: str
    """1 to 4 letters or digits."""
    packed_on: date
    """In the station's own time zone."""
    shift: int
    """1 to 9."""
    grade: str
    """One letter or digit; `GRADES` has those of the usual outlets."""
    composition: int
    """1 to 999, counted through the shift: a new lot, or another mixture of lots, is the next number."""

    def __post_init__(self) -> None:
        check_text(self.station, "the station's code", OURS - {"-"}, LONGEST_STATION)
        check_text(self.grade, "the grade's code", OURS - {"-"}, 1)
        if self.shift not in SHIFTS:
            raise IdentityError(f"shift {self.shift} cannot stand in a batch: 1 to 9 can")
        if self.composition not in COMPOSITIONS:
            raise IdentityError(f"composition {self.composition} cannot stand in a batch: 1 to 999 a shift can")

    @property
    def text(self) -> str:
        """At most 18 characters."""
        return f"{self.station}-{self.packed_on:%y%m%d}-{self.shift}{self.grade}-{self.composition:03}"


def make_serial(tray: int, chance: bytes) -> str:
    """The serial of the tray numbered `tray`: `1042-7QK3MZ4A`. To be made once, and kept with the tray's record.

    `chance`: 5 bytes that nobody can guess. Without them whoever has seen one label could print the next one.
    """
    if not 0 <= tray <= LARGEST_TRAY:
        raise IdentityError(f"tray {tray} has no serial: numbers from 0 to {LARGEST_TRAY} have")
    if len(chance) != CHANCE_BYTES:
        raise IdentityError(f"a serial wants {CHANCE_BYTES} bytes of chance, not {len(chance)}")
    return check_text(f"{tray}-{base64.b32encode(chance).decode('ascii')}", "the serial", OURS, LONGEST)
