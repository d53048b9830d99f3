"""A row that the log seals, of which some columns may be shown to somebody and the others not.

Each column has a commitment under a salt of its own, made from the row's; the seal is a hash over all commitments. Who
is told all commitments, and value and salt of some columns, can check these and learns nothing of the others.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping

from grader.trace.evidence.canonical import canonical
from grader.trace.evidence.commitment import SALT_BYTES, commit, opens

Value = str | int | float | None
FORMAT = "grader-act/1"


def seal(row: Mapping[str, Value], salt: bytes) -> str:
    """The seal of `row` under its `salt` of 16 bytes, hexadecimal."""
    return _seal_of(_commitments(row, salt))


def act(source: str, entry: int, row: Mapping[str, Value], salt: bytes) -> bytes:
    """The log's entry for the row `entry` of the table `source`: canonical bytes that say nothing of what is in it."""
    return canonical({"format": FORMAT, "source": source, "entry": entry, "seal": seal(row, salt)})


def disclose(row: Mapping[str, Value], salt: bytes, columns: Collection[str]) -> dict[str, object]:
    """What shows `columns` of `row` and no other: all commitments, and the text and salt of these."""
    shown = {name: {"text": spelt(row[name]), "salt": _column_salt(salt, name).hex()} for name in columns}
    return {"commitments": _commitments(row, salt), "shown": shown}


def shown_by(disclosure: Mapping[str, object], sealed: str) -> dict[str, Value] | None:
    """The columns that `disclosure` shows of the row with the seal `sealed`; None: it is not of that row."""
    commitments, shown = disclosure.get("commitments"), disclosure.get("shown")
    if not isinstance(commitments, Mapping) or not isinstance(shown, Mapping) or _seal_of(commitments) != sealed:
        return None
    values: dict[str, Value] = {}
    for name, told in shown.items():
        salt = bytes.fromhex(told["salt"])
        if name not in commitments or not opens(commitments[name], told["text"], salt):
            return None
        values[name] = json.loads(told["text"])
    return values


def spelt(value: Value) -> str:
    """The one text of a value: JSON. Whole numbers may be of any size, for nobody hashes them as numbers."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _commitments(row: Mapping[str, Value], salt: bytes) -> dict[str, str]:
    return {name: commit(spelt(value), _column_salt(salt, name)) for name, value in row.items()}


def _column_salt(salt: bytes, column: str) -> bytes:
    return hmac.digest(salt, column.encode(), hashlib.sha256)[:SALT_BYTES]


def _seal_of(commitments: Mapping[str, str]) -> str:
    return hashlib.sha256(canonical(dict(commitments))).hexdigest()
