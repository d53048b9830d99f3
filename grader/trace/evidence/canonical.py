"""The one spelling of an event: canonical JSON (RFC 8785). What is hashed, signed and later shown are these bytes.

Two programs agree on a number only as long as it is a double (RFC 8785, section 3.2.2.3), so whole numbers end at
2^53 - 1. Money and weights are texts ("12.50"): nothing rounds a text.
"""

import json
from collections.abc import Mapping
from typing import NoReturn

import rfc8785

from grader.trace.errors import NotCanonicalError

JsonObject = Mapping[str, object]

LARGEST_WHOLE = 2**53
"""From here on a double skips whole numbers."""
DEEPEST = 64
"""Levels of an event; anything deeper is an attack on the reader's stack."""


def canonical(event: JsonObject) -> bytes:
    """The canonical bytes of `event`; `NotCanonicalError` where it has none."""
    _check(event, 0)
    try:
        return rfc8785.dumps(dict(event))  # type: ignore[arg-type]  # its type knows no Mapping[str, object]
    except rfc8785.CanonicalizationError as error:
        raise NotCanonicalError(f"the event has no canonical bytes: {error}") from error


def read_canonical(data: bytes) -> dict[str, object]:
    """The event that `data` spells; `NotCanonicalError` unless they are its canonical bytes, and it is an object.

    A reader that took any JSON could be shown another event than the next reader: of a key that stands twice, one
    takes the first and one takes the last.
    """
    try:
        event = json.loads(data.decode("utf-8"), object_pairs_hook=each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"the event is no JSON that can be relied on: {error}") from error
    if not isinstance(event, dict):
        raise NotCanonicalError("the event is no JSON object")
    if canonical(event) != data:
        raise NotCanonicalError("the event is not spelt canonically (RFC 8785), so its hash would say nothing about it")
    return event


def each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """For JSON's `object_pairs_hook`: `NotCanonicalError` where a key stands twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonicalError("it has a key twice")
    return members


def _check(value: object, depth: int) -> None:
    """Refuse what would not come back as itself."""
    if depth > DEEPEST:
        raise NotCanonicalError(f"the event is nested more than {DEEPEST} levels deep")
    match value:
        case dict() | Mapping():
            for member in value.values():
                _check(member, depth + 1)
        case list() | tuple():
            for member in value:
                _check(member, depth + 1)
        case float() if value.is_integer() and abs(value) >= LARGEST_WHOLE:
            raise NotCanonicalError(f"{value!r} is beyond 2^53 and would be rounded: write it as a text")


def _no_number(name: str) -> NoReturn:
    raise NotCanonicalError(f"the event contains {name}, which is no number")
