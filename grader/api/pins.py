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
) -> tuple[PinTried | None, str | None]:
    """Whether `pin` is the operator's: what to put on record, and the operator's role, None where it is wrong.

    Unknown names take as long as wrong PINs. `LockedOutError` while the PIN is locked; then nothing is looked at.
    """
    found = pin_of(connection, name)
    if found is None:
        _slow(pin, NOBODY)
        return None, None
    if found["locked_until_utc_ns"] > utc_ns:
        left_s = (found["locked_until_utc_ns"] - utc_ns) / NS_PER_S
        raise LockedOutError(
            f"the PIN is locked for {left_s:.0f} s after {settings.pin_failures} wrong ones: wait. Stop works without",
            left_s,
        )
    if hmac.compare_digest(bytes(found["scrypt"]), _slow(pin, bytes(found["salt"]))):
        return PinTried(name=name, failures=0, locked_until_utc_ns=0), str(found["role"])
    failures = int(found["failures"]) + 1
    locked = failures >= settings.pin_failures
    until_ns = utc_ns + round(settings.pin_lock_min * NS_PER_MIN) if locked else 0
    return PinTried(name=name, failures=0 if locked else failures, locked_until_utc_ns=until_ns), None


def wrong() -> UnauthenticatedError:
    """The same words for an unknown name and a wrong PIN."""
    return UnauthenticatedError("name or PIN is wrong: type them again, or have a manager set a new PIN")


def _slow(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=N, r=R, p=P, dklen=32)
