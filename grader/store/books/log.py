"""The tamper-evident log in the books: every event is a leaf of its tree from the moment that it is on record.

Leaf and event are written in one transaction, so neither is ever there without the other.
"""

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection

from grader.merkle import completed, leaf_hash
from grader.store.books.asking import Row, row, rows
from grader.store.books.records import ActLogged, CheckpointSigned

AUDITED = (
    "operator", "shift", "grower", "lot_facts", "treatment", "residue_report", "feed", "hand_graded", "hold",
    "tray_history", "print", "grower_named", "certificate", "lot_finished", "contest", "tray_weighed",
)  # fmt: skip
"""Tables whose rows have an entry of their own in the log. Of lots, batches, samples and releases an event tells.

A row is sealed with all its columns: what is to be known besides goes into a table of its own, never into a new column.
"""
KEY = {"hold": "hold", "treatment": "treatment", "residue_report": "report", "feed": "feed", "shift": "shift",
       "grower": "grower"}  # fmt: skip
"""Their keys, where these are not called `entry`."""


def write_event(connection: sqlite3.Connection, kind: str, canonical: bytes, utc_ns: int) -> int:
    """Put an event at the end of the log, in the transaction under way: its position."""
    position = connection.execute(
        "INSERT INTO event (kind, canonical, utc_ns) VALUES (?, ?, ?)", (kind, canonical, utc_ns)
    ).lastrowid
    assert position is not None  # noqa: S101 - an INSERT that succeeded has one

    def kept(level: int, place: int) -> bytes:
        found = connection.execute("SELECT hash FROM log_node WHERE level = ? AND place = ?", (level, place)).fetchone()
        return bytes(found[0])

    # A list, because each hash is asked for before the next one is made.
    nodes = completed(position - 1, leaf_hash(canonical), kept)
    connection.executemany("INSERT INTO log_node (level, place, hash) VALUES (?, ?, ?)", list(nodes))
    return position


def write_act(connection: sqlite3.Connection, act: ActLogged) -> None:
    """Write the entry that stands for a row of the books; refused if the row has one already."""
    position = write_event(connection, "act", act.canonical, act.utc_ns)
    connection.execute("INSERT INTO act (position, source, entry) VALUES (?, ?, ?)", (position, act.source, act.entry))
    connection.execute("INSERT INTO act_salt (position, salt) VALUES (?, ?)", (position, act.salt))


def write_checkpoint(connection: sqlite3.Connection, head: CheckpointSigned) -> None:
    """Write a head of the log where it is new, and its signature lines."""
    known = connection.execute("SELECT root FROM checkpoint WHERE size = ?", (head.size,)).fetchone()
    if known is None:
        connection.execute(
            "INSERT INTO checkpoint (size, origin, root, utc_ns) VALUES (?, ?, ?, ?)",
            (head.size, head.origin, head.root, head.utc_ns),
        )
    connection.executemany(
        "INSERT INTO signature (size, name, line, utc_ns) VALUES (?, ?, ?, ?) ON CONFLICT (line) DO NOTHING",
        [(head.size, name, line, head.utc_ns) for name, line in head.lines],
    )


def log_size(connection: Connection) -> int:
    """How many events there are."""
    found = row(connection, "SELECT coalesce(max(position), 0) AS size FROM event")
    return 0 if found is None else int(found["size"])


def log_node(connection: Connection, level: int, place: int) -> bytes | None:
    """The hash of a complete subtree; None: it is not complete yet."""
    found = row(
        connection, "SELECT hash FROM log_node WHERE level = :level AND place = :place", level=level, place=place
    )
    return None if found is None else bytes(found["hash"])


def nodes_of_level(connection: Connection, level: int) -> bytes:
    """All hashes of a level, one behind the other: 32 bytes for each complete subtree."""
    found = rows(connection, "SELECT hash FROM log_node WHERE level = :level ORDER BY place", level=level)
    return b"".join(bytes(one["hash"]) for one in found)


def leaves_from(connection: Connection, index: int, limit: int = 5000) -> list[Row]:
    """The next leaves from the one at `index` on: `position`, `canonical`, and the `hash` that the tree has of it."""
    return rows(
        connection,
        "SELECT position, canonical, hash FROM event LEFT JOIN log_node ON level = 0 AND place = position - 1 "
        "WHERE position > :index ORDER BY position LIMIT :limit",
        index=index,
        limit=limit,
    )


def checkpoints(connection: Connection) -> list[Row]:
    """Every head that was signed, the first one first: `size`, `origin`, `root`, `utc_ns`."""
    return rows(connection, "SELECT * FROM checkpoint ORDER BY size")


def last_checkpoint(connection: Connection) -> Row | None:
    """The newest head; None: none was ever signed."""
    return row(connection, "SELECT * FROM checkpoint ORDER BY size DESC LIMIT 1")


def signature_lines(connection: Connection, size: int) -> list[str]:
    """The signatures of the head of that size, in the order in which they came."""
    return [
        str(one["line"])
        for one in rows(connection, "SELECT line FROM signature WHERE size = :size ORDER BY signature", size=size)
    ]


def last_size_signed_by(connection: Connection, name: str) -> int:
    """The largest head that a key of that name signed; 0: none."""
    found = row(connection, "SELECT coalesce(max(size), 0) AS size FROM signature WHERE name = :name", name=name)
    return 0 if found is None else int(found["size"])


def unlogged(connection: Connection, source: str, limit: int = 500) -> list[Row]:
    """Rows of an audited table that have no entry in the log yet, in their order; `entry` is the row's key."""
    if source not in AUDITED:
        raise ValueError(f"{source} is no audited table")
    key = KEY.get(source, "entry")
    found = rows(
        connection,
        f"SELECT * FROM {source} WHERE {key} > (SELECT coalesce(max(entry), 0) FROM act WHERE source = :source) "  # noqa: S608 - our own names
        f"ORDER BY {key} LIMIT :limit",
        source=source,
        limit=limit,
    )
    return [{**one, "entry": one[key]} for one in found]


def act_of(connection: Connection, source: str, entry: int) -> Row | None:
    """The log's entry of a row: `position`, and `salt` where it is still kept."""
    return row(
        connection,
        "SELECT position, salt FROM act LEFT JOIN act_salt USING (position) WHERE source = :source AND entry = :entry",
        source=source,
        entry=entry,
    )


def seals_from(connection: Connection, position: int, limit: int = 2000) -> list[Row]:
    """The next entries of rows after the one at `position`: `position`, `source`, `entry`, `canonical`, `salt`.

    `salt` is None where it is no longer kept: nobody can say then what the entry is of.
    """
    return rows(
        connection,
        "SELECT position, source, entry, canonical, salt FROM act JOIN event USING (position) "
        "LEFT JOIN act_salt USING (position) WHERE position > :position ORDER BY position LIMIT :limit",
        position=position,
        limit=limit,
    )


def audited_rows(connection: Connection, source: str, first: int, last: int) -> list[Row]:
    """Rows of an audited table with keys from `first` to `last`."""
    if source not in AUDITED:
        raise ValueError(f"{source} is no audited table")
    key = KEY.get(source, "entry")
    query = f"SELECT * FROM {source} WHERE {key} BETWEEN :first AND :last"  # noqa: S608 - our own names
    return [{**one, "entry": one[key]} for one in rows(connection, query, first=first, last=last)]


def audited_row(connection: Connection, source: str, entry: int) -> Row | None:
    """A row of an audited table."""
    return next(iter(audited_rows(connection, source, entry, entry)), None)


def counts_by_kind(connection: Connection) -> Sequence[Row]:
    """How many events of each kind there are: `kind`, `events`."""
    return rows(connection, "SELECT kind, count(*) AS events FROM event GROUP BY kind ORDER BY kind")
