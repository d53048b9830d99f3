"""API keys: made of chance, kept as a hash, shown once."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any

from grader.store.upstream.access import key_of
from grader.store.upstream.records import KeyMade, Scope

PREFIX = "gk"
SHAPE = re.compile(rf"{PREFIX}_([a-z0-9]{{8}})_([A-Za-z0-9_-]{{43}})", re.ASCII)
REACH: dict[str, int] = {"read": 0, "operate": 1, "configure": 2}
"""Each scope has what the ones before it have."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, with the secret that is not kept."""

    text: str
    record: KeyMade


def make_key(name: str, scope: Scope, who: str, utc_ns: int) -> NewKey:
    """A new key: 256 bits of chance, so that a plain hash of it tells nothing."""
    code = secrets.token_hex(4)
    secret = secrets.token_urlsafe(32)
    text = f"{PREFIX}_{code}_{secret}"
    return NewKey(text, KeyMade(code=code, name=name, scope=scope, sha256=hashed(text), who=who, utc_ns=utc_ns))


def hashed(secret: str) -> bytes:
    """What is kept of a key or token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def known_key(connection: Any, text: str) -> dict[str, Any] | None:  # noqa: ANN401 - SQL's types stay in store
    """The key that `text` is; None: it is none, a wrong one, or a revoked one."""
    shape = SHAPE.fullmatch(text)
    if shape is None:
        return None
    found = key_of(connection, shape[1])
    if found is None or found["revoked"] or not hmac.compare_digest(bytes(found["sha256"]), hashed(text)):
        return None
    return found
