"""GTINs: the number of an article, from the company's prefix, with its check digit."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gtin import Gtin as ParsedGtin

from grader.trace.errors import DemoNumberError, IdentityError

DIGITS = 14
PAYLOAD_DIGITS = 12
"""Of a GTIN-13 without its check digit: company prefix and item reference (GS1 General Specifications, 2.1.3)."""
PREFIX_DIGITS = range(4, 12)
"""A company prefix leaves at least one digit for articles."""
DEMO_PREFIX = "9521234"
"""GS1 keeps the prefix 952 for demonstrations and examples; no company will ever have it."""


class Origin(Enum):
    """Where a number comes from."""

    ALLOTTED = "allotted"
    """GS1 gives such numbers to companies; whether it gave this one, its register knows."""
    DEMO = "demo"
    RESTRICTED = "restricted"
    """For use within one shop or country only: others use the same number for something else."""


@dataclass(frozen=True, slots=True)
class Gtin:
    """A number with a right check digit, as 14 digits."""

    text: str

    def __post_init__(self) -> None:
        payload, check = self.text[:-1], self.text[-1:]
        if len(self.text) != DIGITS or not self.text.isascii() or not self.text.isdigit():
            raise IdentityError(f"{self.text!r} is no GTIN of {DIGITS} digits")
        if int(check) != gs1_standard_check_digit(payload):
            raise IdentityError(f"the check digit of {self.text} is wrong: type it again")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read 8, 12, 13 or 14 digits; `IdentityError` if they are no GTIN or the check digit is wrong."""
        if not text.isascii() or not text.isdigit():
            raise IdentityError(f"{text!r} is no GTIN: it has digits alone")
        try:
            return cls(ParsedGtin.parse(text).as_gtin_14())
        except ParseError as error:
            raise IdentityError(f"{text} is no GTIN: type it again ({error})") from error

    @classmethod
    def of_company(cls, prefix: str, item: int) -> Self:
        """The number of a company's article `item`; `IdentityError` if the prefix leaves no room for it."""
        if not prefix.isascii() or not prefix.isdigit() or len(prefix) not in PREFIX_DIGITS:
            raise IdentityError(f"{prefix!r} is no company prefix: GS1 allots 4 to 11 digits")
        room = PAYLOAD_DIGITS - len(prefix)
        if not 0 <= item < 10**room:
            raise IdentityError(f"article {item} does not fit: the prefix {prefix} leaves {room} digits")
        payload = f"{prefix}{item:0{room}}"
        return cls.from_text(f"{payload}{gs1_standard_check_digit(payload)}")

    @property
    def origin(self) -> Origin:
        """Whether anybody may put it on a label that leaves the house."""
        prefix = ParsedGtin.parse(self.text).prefix
        usage = "" if prefix is None else prefix.usage
        if "demonstrations" in usage:
            return Origin.DEMO
        return Origin.RESTRICTED if "Restricted" in usage or not usage else Origin.ALLOTTED

    def check_mode(self, *, demo: bool) -> None:
        """`DemoNumberError` for a made-up number on a real label, or a real number on a label of the simulated line."""
        wanted, label = (Origin.DEMO, "demo") if demo else (Origin.ALLOTTED, "real")
        if self.origin is not wanted:
            should = f"made-up numbers begin with {DEMO_PREFIX[:3]}" if demo else "ask GS1 for a company prefix"
            raise DemoNumberError(f"{self.text} is {self.origin.value} and may not stand on a {label} label: {should}")
