"""What people type has to be possible: times that have been, codes that fit a label, weights of a lot."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from grader.trace.errors import AgainstRulesError

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nobody enters fruit or treatments from before; whoever does has typed the year wrongly."""
HEAVIEST_KG = Decimal(100_000)
"""More than any grower brings in one lot."""
CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""What is printed, scanned, and part of addresses and of files' names."""
LONGEST_CODE = 40


def past(at: datetime, now: datetime, what: str) -> datetime:
    """`at` (with its zone), when `what` was; `AgainstRulesError` where that is still to come or long ago."""
    if at > now:
        raise AgainstRulesError(f"{what} at {at:%Y-%m-%d %H:%M} is still to come: look at the date, and at the clock")
    if at < EARLIEST:
        raise AgainstRulesError(f"{what} in the year {at.year} cannot be: look at the date")
    return at


def lot_code(code: str) -> str:
    """`code`; `AgainstRulesError` where it cannot be a lot's."""
    if len(code) > LONGEST_CODE or not re.fullmatch(CODE, code):
        raise AgainstRulesError(
            f"{code!r} is no code of a lot: write at most {LONGEST_CODE} of A-Z, a-z, 0-9, '.', '_', '-', a letter or "
            "digit first"
        )
    return code


def lot_kg(weight_kg: Decimal) -> Decimal:
    """`weight_kg`; `AgainstRulesError` where no lot weighs so much."""
    if not 0 < weight_kg <= HEAVIEST_KG:
        raise AgainstRulesError(f"{weight_kg} kg is no weight of a lot: weigh it (at most {HEAVIEST_KG} kg)")
    return weight_kg
