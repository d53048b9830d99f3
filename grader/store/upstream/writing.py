"""Records of the web process become rows of the books."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from grader.store.errors import RefusedError
from grader.store.upstream.records import (
    Attempted,
    Audited,
    EndpointMade,
    EndpointMoved,
    KeyMade,
    KeyRevoked,
    LineHeard,
    Noticed,
    PinSet,
    PinTried,
    SessionBegan,
    SessionEnded,
    UpstreamRecord,
)

if TYPE_CHECKING:
    from grader.store.books.records import EventWritten

WriteEvent = Callable[[sqlite3.Connection, "EventWritten"], int]
"""It returns the event's position."""

STATEMENTS: Mapping[type, str] = {
    KeyMade: "INSERT INTO api_key (code, name, scope, sha256, who, utc_ns) "
    "VALUES (:code, :name, :scope, :sha256, :who, :utc_ns)",
    KeyRevoked: "INSERT INTO api_key_revoked (key, who, utc_ns) SELECT key, :who, :utc_ns FROM api_key "
    "WHERE code = :code",
    PinSet: "INSERT INTO operator_pin (name, salt, scrypt) VALUES (:name, :salt, :scrypt) "
    "ON CONFLICT DO UPDATE SET salt = :salt, scrypt = :scrypt, failures = 0, locked_until_utc_ns = 0",
    PinTried: "UPDATE operator_pin SET failures = :failures, locked_until_utc_ns = :locked_until_utc_ns "
    "WHERE name = :name",
    SessionBegan: "INSERT INTO session (sha256, screen, operator, expires_utc_ns) "
    "VALUES (:sha256, :screen, :operator, :expires_utc_ns) "
    "ON CONFLICT DO UPDATE SET operator = :operator, expires_utc_ns = :expires_utc_ns",
    EndpointMade: "INSERT INTO endpoint (name, url, secret, types, state_utc_ns, who, utc_ns) "
    "VALUES (:name, :url, :secret, :types, :utc_ns, :who, :utc_ns)",
    Noticed: "INSERT INTO notice (type, key, utc_ns, data) VALUES (:type, :key, :utc_ns, :data)",
}
END_SESSION = "DELETE FROM session WHERE sha256 = :sha256 OR expires_utc_ns < :utc_ns"
MOVE = """
UPDATE endpoint SET state = :state, state_why = :why, state_utc_ns = :utc_ns, probe_utc_ns = :probe_utc_ns,
  failing_since_utc_ns = iif(:state = 'active', NULL, failing_since_utc_ns)
WHERE name = :name AND state <> 'removed'
"""
DUE_AT_ONCE = """
UPDATE outbox SET due_utc_ns = 0 WHERE delivered_utc_ns IS NULL AND due_utc_ns > 0
  AND endpoint = (SELECT endpoint FROM endpoint WHERE name = :name AND state = 'active')
"""
# A name that was removed may be given again; what it was stays on record under another one.
FREE_THE_NAME = "UPDATE endpoint SET name = name || '#' || endpoint WHERE name = :name AND state = 'removed'"
ATTEMPT = """
UPDATE outbox SET attempts = attempts + 1, last_utc_ns = :utc_ns, last_status = :status, last_error = :error,
  due_utc_ns = :due_utc_ns, delivered_utc_ns = iif(:delivered, :utc_ns, NULL)
WHERE endpoint = :endpoint AND sequence = :sequence AND delivered_utc_ns IS NULL
"""
FAILING = """
UPDATE endpoint SET failing_since_utc_ns = iif(:delivered, NULL, coalesce(failing_since_utc_ns, :utc_ns))
WHERE endpoint = :endpoint
"""
HEARD = """
INSERT INTO line_heard (source, sequence) VALUES (:source, :sequence)
ON CONFLICT DO UPDATE SET sequence = :sequence WHERE sequence = :after
"""
AUDIT = """
INSERT INTO audit (position, who, origin, what, subject, accepted, detail, utc_ns)
VALUES (:position, :who, :origin, :what, :subject, :accepted, :detail, :utc_ns)
"""


def write_upstream(connection: sqlite3.Connection, record: UpstreamRecord, write_event: WriteEvent) -> None:
    """Write `record` in the transaction that is under way; `RefusedError` where it changes nothing."""
    match record:
        case Audited():
            _audit(connection, record, write_event(connection, record.event))
        case Attempted():
            _must_change(connection, ATTEMPT, _values(record))
            connection.execute(FAILING, _values(record))
        case EndpointMoved():
            _must_change(connection, MOVE, _values(record))
            connection.execute(DUE_AT_ONCE, _values(record))
            if record.state == "removed":
                connection.execute(FREE_THE_NAME, _values(record))
        case LineHeard():
            values = {"source": record.source, "after": record.after, "sequence": record.sequence}
            _must_change(connection, HEARD, values)
            for notice in record.notices:
                write_upstream(connection, notice, write_event)
        case SessionEnded():
            connection.execute(END_SESSION, _values(record))
        case _:
            _must_change(connection, STATEMENTS[type(record)], _values(record))


def _audit(connection: sqlite3.Connection, record: Audited, position: int) -> None:
    facts = {
        name: getattr(record, name) for name in ("who", "origin", "what", "subject", "accepted", "utc_ns")
    }  # fmt: skip
    connection.execute(AUDIT, {**facts, "position": position, "detail": _json(record.detail)})


def _must_change(connection: sqlite3.Connection, statement: str, values: Mapping[str, Any]) -> None:
    if connection.execute(statement, values).rowcount < 1:
        raise RefusedError("nothing is changed by it: there is no such thing, or not in a state for it")


def _values(record: UpstreamRecord) -> dict[str, object]:
    return {
        name: _json(value) if isinstance(value, tuple | Mapping) else value for name, value in asdict(record).items()
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
