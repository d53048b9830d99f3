"""Endpoints, and what each of them is still owed."""

from dataclasses import dataclass

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows

# Of each key the first that is not delivered: a failed one keeps its successors back, so that order holds.
DUE = """
SELECT notice.sequence, notice.type, notice.key, notice.utc_ns, coalesce(data, CAST(canonical AS TEXT)) AS data,
  attempts, due_utc_ns
FROM (SELECT min(sequence) AS sequence FROM outbox
  WHERE endpoint = :endpoint AND delivered_utc_ns IS NULL GROUP BY key) AS head
CROSS JOIN outbox ON outbox.endpoint = :endpoint AND outbox.sequence = head.sequence
CROSS JOIN notice ON notice.sequence = head.sequence LEFT JOIN event USING (position)
ORDER BY due_utc_ns, notice.sequence LIMIT 1
"""
ENDPOINTS = """
SELECT endpoint, name, url, secret, types, state, state_why, state_utc_ns, failing_since_utc_ns, probe_utc_ns, utc_ns,
  (SELECT count(*) FROM outbox WHERE outbox.endpoint = endpoint.endpoint AND delivered_utc_ns IS NULL) AS waiting
FROM endpoint WHERE state <> 'removed'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A notice that an endpoint is to be sent next."""

    sequence: int
    type: str
    key: str
    utc_ns: int
    data: str
    """JSON."""
    attempts: int
    due_utc_ns: int


def next_owed(connection: Connection, endpoint: int) -> Owed | None:
    """What is due first, which may be later than now; None: nothing waits."""
    found = row(connection, DUE, endpoint=endpoint)
    return None if found is None else Owed(**found)


def endpoints(connection: Connection) -> list[Row]:
    """All that were not removed, by number."""
    return rows(connection, f"{ENDPOINTS} ORDER BY endpoint")


def endpoint_named(connection: Connection, name: str) -> Row | None:
    """The endpoint of that name; None: there is none."""
    return row(connection, f"{ENDPOINTS} AND name = :name", name=name)
