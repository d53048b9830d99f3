"""What a tray's label says, as values; and the same as the words that a template can ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from grader.trace.errors import LabelError
from grader.trace.identity import TrayIdentity

DEMO = "演示 DEMO · 非卖品 not for sale"
REPRINT = "重印 reprint {number}"


class Kind(StrEnum):
    """What a template is for."""

    TRAY = "tray"
    CERTIFICATE = "certificate"


class Printable(Protocol):
    """Anything that a template can print."""

    @property
    def kind(self) -> Kind:
        """Which templates fit."""

    @property
    def code_text(self) -> str:
        """What the QR code contains."""

    @property
    def fields(self) -> Mapping[str, str]:
        """What a template's placeholders stand for; a word that there is none for is missing."""


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ScaleReading:
    """A net weight that a scale showed. There is no other: an estimate from pictures is never printed as a weight."""

    kg: Decimal
    scale: str
    """Which one, by its number: who doubts the weight asks for its calibration."""

    def __post_init__(self) -> None:
        if not self.kg.is_finite() or self.kg <= 0:
            raise LabelError(f"{self.kg} kg is no net weight: weigh the tray again")
        if not self.scale:
            raise LabelError("a net weight is printed only from a scale: say which one it was")


@dataclass(frozen=True, slots=True)
class TrayLabel:
    """All of it; what is None is not printed."""

    identity: TrayIdentity
    domain: str | None
    """The host behind the QR code; None: the symbol contains the trace code alone."""
    packer: str
    packer_address: str
    grade: Words
    """The class as the rule pack names it."""
    size: str
    """In the words of the rule pack: `35 mm+`."""
    variety: Words
    origin: Words
    harvested_on: date
    packed_on: date
    best_before: date | None
    count: int
    net_weight: ScaleReading | None = None
    demo: bool = False
    """Of the simulated line. Then, and only then, its article number is a made-up one."""
    reprint: int = 0
    """0: the first print."""

    def __post_init__(self) -> None:
        if self.identity.gtin is not None:
            self.identity.gtin.check_mode(demo=self.demo)
        if self.count < 1:
            raise LabelError("an empty tray gets no label")
        if self.reprint < 0:
            raise LabelError(f"{self.reprint} is no number of a reprint")
        if not self.harvested_on <= self.packed_on <= (self.best_before or self.packed_on):
            raise LabelError("harvest, packing and best before are not in this order: look at the lot's dates")

    @property
    def kind(self) -> Kind:
        """A tray's."""
        return Kind.TRAY

    @property
    def code_text(self) -> str:
        """What the QR code contains."""
        identity = self.identity
        if self.domain is None:
            # An element string would want a GS1 QR symbol, which phones do not understand.
            return identity.trace_code
        return identity.trace_link(self.domain) if identity.gtin is None else identity.digital_link(self.domain)

    @property
    def fields(self) -> Mapping[str, str]:
        """What a template's placeholders stand for; a word that there is none for is missing."""
        identity, weight = self.identity, self.net_weight
        words: dict[str, str | None] = {
            "packer": self.packer,
            "packer_address": self.packer_address,
            "grade_zh": self.grade.zh,
            "grade_en": self.grade.en,
            "size": self.size,
            "variety_zh": self.variety.zh,
            "variety_en": self.variety.en,
            "origin_zh": self.origin.zh,
            "origin_en": self.origin.en,
            "harvested_on": self.harvested_on.isoformat(),
            "packed_on": self.packed_on.isoformat(),
            "best_before": None if self.best_before is None else self.best_before.isoformat(),
            "count": str(self.count),
            "net_weight": None if weight is None else f"{weight.kg} kg",
            "batch": identity.batch,
            "serial": identity.serial,
            "trace_code": identity.trace_code,
            "gtin": None if identity.gtin is None else identity.gtin.text,
            **honesty(demo=self.demo, reprint=self.reprint),
        }
        return said(words)


def said(words: Mapping[str, str | None]) -> dict[str, str]:
    """`words` without those that there are none for."""
    return {name: word for name, word in words.items() if word}


def honesty(*, demo: bool, reprint: int) -> dict[str, str | None]:
    """The two words that no label may be without where they are true."""
    return {"demo": DEMO if demo else None, "reprint": REPRINT.format(number=reprint) if reprint else None}
