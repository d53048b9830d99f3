"""The follower: it reads the line's journal from where the books stand, and writes what it finds into them.

It may die at any moment and begin again: a step is written whole, with the position that it ends at, or not at all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from grader.store import tail
from grader.store.books.books import BOOKS, BooksToWrite
from grader.store.books.followed import Followed, LineSaid, SourceFound
from grader.store.connections import reading
from grader.store.errors import VersionError

STEP = 2000
"""Fruit in one transaction: with more, others wait longer than they would notice."""

TAKEN_AWAY = "taken away at the line"
WHY_CLOSED = {
    "count": "full, by its count",
    "weight": "full, by estimated weight",
    "sensor": "full, by the sensor",
    "hand": "changed by hand",
    "new_run": "a new run began",
    "tray_absent": "it was gone",
    "tray_other_lot": "another lot is fed",
}
"""The line's codes for why a tray was taken away, in words; any other says itself."""
Row = Mapping[str, Any]

WATCHED = """
SELECT number, coalesce(doubted, 0), gone FROM (
  SELECT number, EXISTS (SELECT 1 FROM tray_history AS h WHERE h.tray = tray.tray AND what = 'taken_away') AS gone,
    (SELECT what = 'doubted' FROM tray_history AS h WHERE h.tray = tray.tray AND who = 'line'
      AND what IN ('doubted', 'recounted') ORDER BY entry DESC LIMIT 1) AS doubted
  FROM tray WHERE source = :source)
WHERE NOT gone OR doubted
"""


@dataclass(frozen=True, slots=True)
class _Watched:
    """A tray of which the line may still have something to say, and what it has said."""

    doubted: bool = False
    taken_away: bool = False


class Follower:
    """Follows one journal into the books."""

    source: int | None = None
    """The journal's number in the books; None: it has no run yet."""

    def __init__(self, books: BooksToWrite, journal: Path, utc_ns: Callable[[], int]) -> None:
        """Follow the journal in the file `journal`, which need not exist yet. The clock dates what the line says."""
        self._books, self._journal, self._utc_ns = books, journal, utc_ns
        self._delivered = self._run = self._tray = 0
        self._watched: dict[int, _Watched] = {}
        """Trays that stand at the line or are in doubt there, by the journal's number."""

    def follow(self) -> int:
        """Read and write until nothing is left; returns how many fruit came into the books. It waits for the disk.

        Raises `VersionError` where the journal is older than what was read from it before, and what `reading` and
        `Writer.submit` raise.
        """
        if not self._journal.exists():
            return 0
        count = 0
        with reading(self._journal) as journal:
            source = self.source = self.source or self._take_up(journal)
            if source is None:
                return 0
            while True:
                read = self._step(journal, source)
                count += read
                if read < STEP:
                    return count

    def _take_up(self, journal: Connection) -> int | None:
        """Find where the books stand with this journal; None: nothing was ever run in it."""
        mark = tail.fingerprint(journal)
        if mark is None:
            return None
        with reading(self._books.path, BOOKS) as books:
            found = _source(books, mark)
        if found is None:
            self._books.submit(SourceFound(fingerprint=mark, utc_ns=self._utc_ns())).result()
        with reading(self._books.path, BOOKS) as books:
            found = _source(books, mark)
            if found is None or found["delivered"] > tail.last_delivery(journal):
                raise VersionError(
                    f"{self._journal} ends before what the books have read from it: it is an older copy. "
                    "Put the newer one in its place, or begin a new journal"
                )
            source = int(found["source"])
            self._delivered = int(found["delivered"])
            self._run = _highest(books, "SELECT max(number) FROM run WHERE source = :source", source)
            self._tray = _highest(books, "SELECT max(number) FROM tray WHERE source = :source", source)
            self._watched = _watched(books, source)
        return source

    def _step(self, journal: Connection, source: int) -> int:
        """One transaction of the books: how many fruit it brought.

        The order of reading is what makes it right: a tray that was closed before the deliveries were read has none to
        come, if these deliveries were the last; and a tray or run that they speak of was there before them.
        """
        stood = tail.tray_rows(journal, self._tray, self._watched)
        fruit = tail.finished_after(journal, self._delivered, STEP)
        trays = tail.tray_rows(journal, self._tray)
        runs = tail.runs_after(journal, self._run)
        now = self._utc_ns()
        said = [one for row in stood for one in self._said(row, now)] if len(fruit) < STEP else []
        if runs or trays or fruit or said:
            step = Followed(
                source=source, after=self._delivered, runs=runs, trays=trays, fruit=fruit, said=said, utc_ns=now
            )
            self._books.submit(step).result()
        self._delivered = fruit[-1]["delivery"] if fruit else self._delivered
        self._run = runs[-1]["run"] if runs else self._run
        self._tray = trays[-1]["tray"] if trays else self._tray
        self._watched |= {row["tray"]: _Watched() for row in trays}
        for one in said:
            self._hear(one)
        return len(fruit)

    def _said(self, row: Row, now: int) -> Iterable[LineSaid]:
        """What is different from what the line said before; only what lies between two looks is not seen."""
        number, known = row["tray"], self._watched.get(row["tray"], _Watched())
        if row["needs_recount"] and not known.doubted:
            yield LineSaid(number, "doubted", row["recount_why"], now)
        if known.doubted and not row["needs_recount"] and row["counted"] is not None:
            yield LineSaid(number, "recounted", "counted at the line", now, row["counted"])
        if row["closed_utc_ns"] is not None and not known.taken_away:
            yield LineSaid(number, "closed", _why_closed(row["closed_why"]), row["closed_utc_ns"])
            yield LineSaid(number, "taken_away", "another tray stands there", row["closed_utc_ns"])

    def _hear(self, said: LineSaid) -> None:
        known = self._watched.pop(said.number)
        match said.what:
            case "doubted" | "recounted":
                known = replace(known, doubted=said.what == "doubted")
            case "taken_away":
                known = replace(known, taken_away=True)
        if known.doubted or not known.taken_away:
            self._watched[said.number] = known


def _why_closed(code: str | None) -> str:
    return TAKEN_AWAY if code is None else f"{TAKEN_AWAY}: {WHY_CLOSED.get(code, code)}"


def _source(books: Connection, mark: str) -> Row | None:
    found = text("SELECT * FROM source WHERE fingerprint = :mark")
    row = books.execute(found, {"mark": mark}).mappings().first()
    return None if row is None else dict(row)


def _highest(books: Connection, statement: str, source: int) -> int:
    return int(books.execute(text(statement), {"source": source}).scalar() or 0)


def _watched(books: Connection, source: int) -> dict[int, _Watched]:
    found = books.execute(text(WATCHED), {"source": source})
    return {number: _Watched(bool(doubted), bool(gone)) for number, doubted, gone in found}
