"""What was read from a journal, and how it becomes rows of the books: all of a step with its position, or nothing."""

import sqlite3
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.store.errors import NotNextError, RefusedError

Row = Mapping[str, Any]

SOURCE_BITS = 40
"""A fruit's key is its journal's number above these bits, and the journal's delivery in them: 10^12 fruit a journal."""
LINE, BOOKS = "line", "books"
"""Who says what comes from the journal, and what the books find by themselves."""

COPIED = (
    "outcome", "outlet", "cause", "grade", "reason_code", "diameter_mm", "diameter_u_mm", "width_mm", "width_u_mm",
    "weight_g", "weight_u_g", "maturity", "decay", "decided_utc_ns", "delivered_utc_ns",
)  # fmt: skip
"""Of a fruit, as the journal has them."""
RUN_COLUMNS = (
    "number", "started_utc_ns", "software_version", "model_sha256", "rule_pack_sha256", "calibration_sha256", "station",
    "seed",
)  # fmt: skip


def _insert(table: str, columns: Sequence[str]) -> str:
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names


FRUIT = _insert("fruit", ("fruit", "lot", "tray", "run", "number", "pass_number", *COPIED))
RUN = _insert("run", ("source", *RUN_COLUMNS))
TRAY = _insert("tray", ("source", "number", "run", "outlet", "opened_utc_ns"))
MOVE = "UPDATE source SET delivered = ?, fruit = max(fruit, ?) WHERE source = ? AND delivered = ?"
# Whatever state the tray is in: what the line says has happened.
CHANGE = """
INSERT INTO tray_history (tray, what, was, becomes, who, why, utc_ns, counted, detail)
SELECT tray, step.what, state, step.becomes, :who, :why, :utc_ns, :counted, '{}'
FROM tray_state JOIN tray_step AS step ON step.was = state AND step.what = :what WHERE tray = :tray
"""
AFTER_CLOSING = """
SELECT tray FROM tray_state WHERE tray = ? AND state <> 'open' AND NOT needs_recount
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFound:
    """A journal that the books have not followed yet."""

    fingerprint: str
    utc_ns: int


@dataclass(frozen=True, slots=True)
class LineSaid:
    """What the line says of one of its trays."""

    number: int
    """The journal's."""
    what: str
    """`closed`, `taken_away`, `doubted`, `recounted`."""
    why: str
    utc_ns: int
    counted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A step through a journal; refused unless the books stand at `after`."""

    source: int
    after: int
    """The journal's delivery up to which it had been followed."""
    runs: Sequence[Row] = ()
    trays: Sequence[Row] = ()
    """Those that the books do not have yet."""
    fruit: Sequence[Row] = ()
    """The next deliveries with their fruit, in the journal's order, as `finished_after` gives them."""
    said: Sequence[LineSaid] = ()
    utc_ns: int


def write_source(connection: sqlite3.Connection, record: SourceFound) -> None:
    """Take up a journal."""
    connection.execute(
        "INSERT INTO source (fingerprint, began_utc_ns) VALUES (?, ?)", (record.fingerprint, record.utc_ns)
    )


def write_followed(connection: sqlite3.Connection, step: Followed) -> None:
    """Write the step in the transaction under way; `RefusedError` where it does not begin where the last one ended."""
    last = step.fruit[-1]["delivery"] if step.fruit else step.after
    highest = max((row["id"] for row in step.fruit), default=0)
    if connection.execute(MOVE, (last, highest, step.source, step.after)).rowcount != 1:
        raise NotNextError(f"the journal was not followed up to its delivery {step.after}: read the position again")
    connection.executemany(RUN, ((step.source, *(row[name] for name in RUN_COLUMNS)) for row in step.runs))
    runs = dict(connection.execute("SELECT number, run FROM run WHERE source = ?", (step.source,)))
    connection.executemany(
        TRAY,
        ((step.source, row["tray"], runs[row["run"]], row["outlet"], row["opened_utc_ns"]) for row in step.trays),
    )
    trays = _Trays(connection, step.source)
    feeds = _Feeds(connection, step.source)
    connection.executemany(FRUIT, (_fruit(row, step.source, runs, trays, feeds) for row in step.fruit))
    for tray in sorted(trays.met):
        if connection.execute(AFTER_CLOSING, (tray,)).fetchone():
            _say(connection, tray, BOOKS, LineSaid(0, "doubted", "fruit fell in after it was closed", step.utc_ns))
    for said in step.said:
        _say(connection, trays[said.number], LINE, said)


def _say(connection: sqlite3.Connection, tray: int, who: str, said: LineSaid) -> None:
    facts = {
        "tray": tray,
        "who": who,
        "what": said.what,
        "why": said.why,
        "utc_ns": said.utc_ns,
        "counted": said.counted,
    }
    connection.execute(CHANGE, facts)


def _fruit(row: Row, source: int, runs: Mapping[int, int], trays: "_Trays", feeds: "_Feeds") -> tuple[object, ...]:
    lot, pass_number = feeds.of(row["id"], row["lot"])
    tray = None if row["tray"] is None else trays.receive(row["tray"])
    return (
        source << SOURCE_BITS | row["delivery"], lot, tray, runs[row["run"]], row["fruit"],
        max(pass_number, row["pass_number"]), *(row[name] for name in COPIED),
    )  # fmt: skip


class _Trays:
    """The books' numbers of a journal's trays."""

    def __init__(self, connection: sqlite3.Connection, source: int) -> None:
        self._connection, self._source = connection, source
        self._known: dict[int, int] = {}
        self.met: set[int] = set()
        """Those that fruit fell into."""

    def __getitem__(self, number: int) -> int:
        if number not in self._known:
            found = self._connection.execute(
                "SELECT tray FROM tray WHERE source = ? AND number = ?", (self._source, number)
            ).fetchone()
            if found is None:
                raise RefusedError(f"the journal speaks of its tray {number}, which it never opened")
            self._known[number] = found[0]
        return self._known[number]

    def receive(self, number: int) -> int:
        """A fruit fell into it."""
        tray = self[number]
        self.met.add(tray)
        return tray


class _Feeds:
    """Which lot a fruit is of: that of the last feed before it, unless the line was told of another one.

    Where the two disagree nobody knows whose it is, and its tray gets no label.
    """

    def __init__(self, connection: sqlite3.Connection, source: int) -> None:
        rows = connection.execute(
            "SELECT after_fruit, lot, pass_number, code FROM feed JOIN lot USING (lot) WHERE source = ? "
            "ORDER BY after_fruit, feed",
            (source,),
        ).fetchall()
        self._begin = [row[0] for row in rows]
        self._is: list[tuple[int | None, int, str | None]] = [(None, 1, None), *(row[1:] for row in rows)]

    def of(self, fruit: int, told: str | None) -> tuple[int | None, int]:
        """Lot, pass number. `told`: the lot that the line was told of."""
        lot, pass_number, code = self._is[bisect_left(self._begin, fruit)]
        return None if told is not None and told != code else lot, pass_number
