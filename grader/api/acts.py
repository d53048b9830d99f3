"""What the owner of the books does on the station's own computer: keys, PINs, the touchscreen's token.

The same functions serve a command that finds the books free, and the web process that is asked through its door.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from grader.api.audit import audited
from grader.api.clerk import Clerk
from grader.api.errors import BadQuestionError, UnknownError
from grader.api.keys import REACH, make_key
from grader.api.pins import set_pin
from grader.api.service import Service
from grader.store.books.lots import operator_of
from grader.store.books.wire import read
from grader.store.upstream.access import key_of
from grader.store.upstream.records import KeyRevoked, Scope

LONGEST_NAME = 60


def create_key(clerk: Clerk, *, name: str, scope: Scope, who: str) -> dict[str, Any]:
    """A new key; its text is in the answer and nowhere else."""
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable() or scope not in REACH:
        raise BadQuestionError(f"a key has a name of at most {LONGEST_NAME} characters, and one of the scopes")
    new = make_key(name, scope, who, clerk.now_ns())
    clerk.write(new.record, audited(clerk, who, "key.create", new.record.code, {"name": name, "scope": scope}))
    return {"key": new.text, "code": new.record.code, "name": name, "scope": scope}


def revoke_key(clerk: Clerk, *, code: str, who: str) -> dict[str, Any]:
    """A key opens nothing from now on."""
    with clerk.asking() as books:
        found = key_of(books, code)
    if found is None or found["revoked"]:
        raise UnknownError(f"there is no key {code}, or it was revoked already: grader api key list shows them")
    revoked = KeyRevoked(code=code, who=who, utc_ns=clerk.now_ns())
    clerk.write(revoked, audited(clerk, who, "key.revoke", code, {"name": found["name"]}))
    return {"code": code, "name": found["name"]}


def give_pin(clerk: Clerk, *, name: str, pin: str, who: str) -> dict[str, Any]:
    """An operator has a new PIN; a lock on the old one is gone."""
    with clerk.asking() as books:
        operator = operator_of(books, name)
    if operator is None or operator["role"] == "left":
        raise UnknownError(f"nobody called {name} works here: grader trace operator add")
    clerk.write(set_pin(name, pin), audited(clerk, who, "pin.set", name, {}))
    return {"name": name, "role": operator["role"]}


def give_token(service: Service) -> dict[str, Any]:
    """A one-time token for the touchscreen; the web process that gives it is the one that takes it."""
    return {"token": service.one_time.give(time.monotonic())}


def write(service: Service, *, records: list[Any]) -> dict[str, Any]:
    """What somebody does at the desk, whose command may not write to the books while the web process does."""
    service.write(*(read(record) for record in records))
    return {}


def acts_of(service: Service) -> dict[str, Callable[..., dict[str, Any]]]:
    """All of them, for the door."""
    return {
        "create_key": partial(create_key, service),
        "revoke_key": partial(revoke_key, service),
        "give_pin": partial(give_pin, service),
        "give_token": partial(give_token, service),
        "write": partial(write, service),
    }
