"""Base64 and decimal numbers with one spelling each: a second spelling of the same proof is no proof."""

import base64
import binascii

from grader.trace.errors import UnreadableError

LARGEST = 2**63 - 1
"""Sizes, indices and times are below it (C2SP tlog-cosignature says so of times)."""
LONGEST_DECIMAL = 19


def to_base64(data: bytes) -> str:
    """RFC 4648, section 4."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, what: str) -> bytes:
    """The bytes that `text` spells; `UnreadableError` for anything but their one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(f"{what} is no base64: fetch the file again, it may have been cut or re-typed") from error
    if to_base64(data) != text:
        # Python ignores the unused bits of the last character; two texts must not stand for one proof.
        raise UnreadableError(f"{what} is not spelt as base64 spells it: fetch the file again")
    return data


def from_decimal(text: str, what: str) -> int:
    """The number that `text` spells: ASCII digits, no sign, no leading zero, at most 2^63 - 1."""
    digits = text.isascii() and text.isdigit() and len(text) <= LONGEST_DECIMAL
    if not digits or (text.startswith("0") and text != "0") or int(text) > LARGEST:
        raise UnreadableError(f"{what} is {text[:40]!r}; it must be a plain number from 0 to 2^63 - 1")
    return int(text)
