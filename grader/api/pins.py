"""Operators' PINs: few digits, so that they are slow to try and locked after some wrong ones."""

import hashlib
import hmac
import re
import secrets
from typing import Any

from grader.api.errors import BadQuestionError, LockedOutError, UnauthenticatedError
from grader.api.settings import ApiSettings
from grader.store.upstream.access import pin_of
from grader.store.upstream.records import PinSet, PinTried

SHAPE = re.compile(r"\d{4,12}", re.ASCII)
N, R, P = 1 << 14, 8, 1
"""scrypt's costs (RFC 7914): 16 MB and some 50 ms a try."""
LONGEST_LOCK_MIN = 24 * 60.0
MOST_DOUBLINGS = 20
NS_PER_MIN = 60 * 10**9
NS_PER_S = 10**9
NOBODY = b"\0" * 16


def set_pin(name: str, pin: str) -> PinSet:
    """The record of an operator's new PIN; `BadQuestionError` where it is none."""
    if SHAPE.fullmatch(pin) is None:
        raise BadQuestionError("a PIN is 4 to 12 digits: choose another")
    salt = secrets.token_bytes(16)
    return PinSet(name=name, salt=salt, scrypt=_slow(pin, salt))


def try_pin(
    connection: Any,  # noqa: ANN401 - SQL's types stay in store
    name: str,
    pin: str,
    settings: ApiSettings,
    utc_ns: int,
    *,
    at_the_machine: bool,
) -> tuple[PinTried | None, str | None]:
    """Whether `pin` is the operator's: what to put on record, and the operator's role, None where it is wrong.

    Unknown names take as long as wrong PINs. `LockedOutError` while the PIN is locked; then nothing is looked at. Each
    lock is twice as long as the one before, until the right PIN comes; `at_the_machine`, where whoever tries is seen,
    each is as long as the first, so that nobody elsewhere keeps an operator from working.
    """
    found = pin_of(connection, name)
    if found is None:
        _slow(pin, NOBODY)
        return None, None
    failures = int(found["failures"])
    until_ns = int(found["locked_until_utc_ns"])
    if at_the_machine:
        until_ns += _lock_ns(settings.pin_failures, settings) - _lock_ns(failures, settings)
    if until_ns > utc_ns:
        left_s = (until_ns - utc_ns) / NS_PER_S
        raise LockedOutError(
            f"the PIN is locked for {left_s:.0f} s after {settings.pin_failures} wrong ones: wait. Stop works without",
            left_s,
        )
    if hmac.compare_digest(bytes(found["scrypt"]), _slow(pin, bytes(found["salt"]))):
        return PinTried(name=name, failures=0, locked_until_utc_ns=0), str(found["role"])
    failures += 1
    locked_until_ns = 0 if failures % settings.pin_failures else utc_ns + _lock_ns(failures, settings)
    return PinTried(name=name, failures=failures, locked_until_utc_ns=locked_until_ns), None


def _lock_ns(failures: int, settings: ApiSettings) -> int:
    """How long a PIN is locked after so many wrong ones."""
    doublings = min(max(failures // settings.pin_failures, 1) - 1, MOST_DOUBLINGS)
    longest_min = max(LONGEST_LOCK_MIN, settings.pin_lock_min)
    return round(min(settings.pin_lock_min * 2.0**doublings, longest_min) * NS_PER_MIN)


def wrong() -> UnauthenticatedError:
    """The same words for an unknown name and a wrong PIN."""
    return UnauthenticatedError("name or PIN is wrong: type them again, or have a manager set a new PIN")


def _slow(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=N, r=R, p=P, dklen=32)
