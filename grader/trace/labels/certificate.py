"""The commitment certificate (承诺达标合格证) that goes with a lot that is sold.

Whoever grows, or buys, mixes and repacks fruit signs that no forbidden pesticide was used and that residues of the
others are within limits: Measures for the commitment certificate of agricultural products, order 4 of 2025 of the
Ministry of Agriculture and Rural Affairs, in force since 2026-02-01. They ask for product, quantity, origin, date, who
commits and how to reach them (read in summaries, not in the order itself). Hold the wording, which is a template,
against your county's form before you print the first one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from grader.trace.errors import LabelError
from grader.trace.labels.words import Kind, ScaleReading, Words, honesty, said

YES, NO = "■", "□"


class Basis(Enum):
    """What the commitment rests on."""

    CONTROL = "basis_control"
    """质量安全控制: the records of how it was grown."""
    OWN_TEST = "basis_own_test"
    """自行检测"""
    COMMISSIONED = "basis_commissioned"
    """委托检测: a laboratory's report."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """All that the certificate of one lot says."""

    lot: str
    page: str | None
    """The address of the lot's page; None: the QR code contains the lot's name."""
    product: Words
    amount: ScaleReading
    origin: Words
    committed_by: str
    contact: str
    issued_on: date
    basis: frozenset[Basis]
    demo: bool = False
    reprint: int = 0

    def __post_init__(self) -> None:
        if not self.basis:
            raise LabelError(
                "a certificate must say what the commitment rests on: control, an own test, or a laboratory's"
            )
        for name, words in (("lot", self.lot), ("committed_by", self.committed_by), ("contact", self.contact)):
            if not words.strip():
                raise LabelError(f"a certificate without {name} is none: enter it")

    @property
    def kind(self) -> Kind:
        """A certificate's."""
        return Kind.CERTIFICATE

    @property
    def code_text(self) -> str:
        """What the QR code contains."""
        return self.lot if self.page is None else self.page

    @property
    def fields(self) -> Mapping[str, str]:
        """What a template's placeholders stand for."""
        return said({
            "lot": self.lot,
            "product_zh": self.product.zh,
            "product_en": self.product.en,
            "amount": f"{self.amount.kg} kg",
            "origin_zh": self.origin.zh,
            "origin_en": self.origin.en,
            "committed_by": self.committed_by,
            "contact": self.contact,
            "issued_on": self.issued_on.isoformat(),
            **{basis.value: YES if basis in self.basis else NO for basis in Basis},
            **honesty(demo=self.demo, reprint=self.reprint),
        })  # fmt: skip
