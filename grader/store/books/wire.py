"""Records as JSON: how a process that may not write hands them to the one that does."""

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from grader.store.books.followed import Followed, LineSaid, SourceFound
from grader.store.books.records import Entry, Person
from grader.store.books.statements import BookRecord

KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind for kind in (*get_args(Entry), Followed, SourceFound, LineSaid, Person)
}
"""What is said at the desk. What the web process writes of itself never comes this way."""
KIND, FACTS, BYTES, NAMED = "record", "facts", "bytes", "named"


def written(record: BookRecord) -> Any:  # noqa: ANN401 - JSON
    """The record as JSON can say it."""
    return _written(record)


def read(value: Any) -> BookRecord:  # noqa: ANN401 - JSON
    """The record that `written` gave; KeyError or TypeError where it is none that this software knows."""
    found = _read(value)
    if type(found).__name__ not in KINDS:
        raise TypeError(f"{type(found).__name__} is no record")
    record: BookRecord = found
    return record


def _written(value: Any) -> Any:  # noqa: ANN401
    if is_dataclass(value) and not isinstance(value, type):
        facts = {field.name: _written(getattr(value, field.name)) for field in fields(value)}
        return {KIND: type(value).__name__, FACTS: facts}
    if isinstance(value, bytes):
        return {BYTES: base64.b64encode(value).decode("ascii")}
    if isinstance(value, Mapping):
        return {NAMED: {name: _written(one) for name, one in value.items()}}
    return [_written(one) for one in value] if isinstance(value, tuple | list) else value


def _read(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return tuple(_read(one) for one in value)
    if not isinstance(value, dict):
        return value
    if KIND in value:
        return KINDS[value[KIND]](**{name: _read(one) for name, one in value[FACTS].items()})
    if BYTES in value:
        return base64.b64decode(value[BYTES])
    return {name: _read(one) for name, one in value[NAMED].items()}
