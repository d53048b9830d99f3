"""Times and amounts as EPCIS writes them, and the id of an event."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from grader.trace.errors import EventError
from grader.trace.evidence import canonical

UUID_BYTES = 16
HASHED_VERSION = 8
"""RFC 9562, 5.8: an id whose maker says how it is made."""
NOT_OF_THE_EVENT = frozenset({"eventID", "recordTime", "errorDeclaration"})
"""What is added to an event later; its id is the same before and after."""


def utc_text(time: datetime) -> str:
    """`2026-11-25T06:10:00.000Z`; `EventError` for a time that does not say its zone."""
    return _aware(time).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def offset_text(time: datetime) -> str:
    """How the clock on the wall was set: `+08:00`. EPCIS keeps it beside the time."""
    return _aware(time).isoformat(timespec="minutes")[-len("+00:00") :]


def number(amount: Decimal, what: str) -> float | int:
    """`amount` as a JSON number that reads as the same decimal; `EventError` if a double cannot hold its digits.

    EPCIS wants numbers for quantities and sensor values; what is ours (money, a label's weight) is written as a text.
    """
    value = float(amount) if amount.is_finite() else float("nan")
    if value != value or Decimal(repr(value)) != amount or abs(value) >= 2**53:  # noqa: PLR0124 - nan is not itself
        raise EventError([f"{what} is {amount}, which has more digits than a number may carry"])
    return int(value) if value.is_integer() else value


def event_id(event: Mapping[str, object]) -> str:
    """The id of `event`: a UUID of version 8, made of the hash of its canonical bytes without what is added later.

    The same event has the same id wherever it is written down. CBV's own event hash is not used: it leaves out fields,
    so two events that differ may share it.
    """
    own = {name: value for name, value in event.items() if name not in NOT_OF_THE_EVENT}
    digest = bytearray(hashlib.sha256(canonical(own)).digest()[:UUID_BYTES])
    digest[6] = digest[6] & 0x0F | HASHED_VERSION << 4
    digest[8] = digest[8] & 0x3F | 0x80
    return f"urn:uuid:{uuid.UUID(bytes=bytes(digest))}"


def _aware(time: datetime) -> datetime:
    if time.utcoffset() is None:
        raise EventError([f"the time {time.isoformat()} does not say in which time zone it is meant"])
    return time
