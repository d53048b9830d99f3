"""`journal.db`: the line's durable memory."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from grader.store.connections import sync_folder
from grader.store.database import Database
from grader.store.errors import DamagedError, UnwritableError
from grader.store.lock import WriterLock
from grader.store.records import Record
from grader.store.recovery import Recovery, recover
from grader.store.schema import JOURNAL
from grader.store.statements import write
from grader.store.writer import CAPACITY

COMPANIONS = ("", "-wal", "-shm")
"""A database is the file and its log; one without the other is damaged."""


class Journal(Database[Record]):
    """The journal, opened to write; one process at a time can."""

    recovered: tuple[Recovery, ...]
    """Runs that a crash had left open."""
    next_run: int
    """Number for the next run; it is the opener's to count on from here."""
    next_tray: int
    """Number for the next tray, likewise."""
    open_trays: dict[str, int]
    """By outlet: the trays that were not closed when the journal was last written to."""

    def __init__(
        self,
        path: Path,
        *,
        capacity: int = CAPACITY,
        utc_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Lock the file `path`, check it, upgrade it or build it, recover what a crash left, and start the writer.

        Checking reads the whole file. At most `capacity` entries wait for the disk. The clocks date the recovery.
        Raises what `Database` does; nothing of a file that is refused is changed.
        """

        def take_up(connection: sqlite3.Connection) -> None:
            self.recovered = recover(connection, path, utc_ns(), monotonic_ns())
            self.next_run = _next(connection, "SELECT max(run) FROM run")
            self.next_tray = _next(connection, "SELECT max(tray) FROM tray")
            self.open_trays = dict(connection.execute("SELECT outlet, tray FROM tray WHERE closed_utc_ns IS NULL"))

        super().__init__(path, JOURNAL, write, capacity=capacity, prepare=take_up)


def set_aside(path: Path, name: str) -> Path:
    """Rename a damaged database, with its log, to `name` in the same folder, so that a new one can be begun.

    Raises `LockedError` while somebody writes to it, `DamagedError` where something bears that name already, and
    `UnwritableError` where there is no journal, or its folder refuses.
    """
    if not path.is_file():
        raise UnwritableError(f"cannot set {path} aside: there is no such file")
    aside = path.with_name(name)
    pairs = [(path.with_name(path.name + end), aside.with_name(aside.name + end)) for end in COMPANIONS]
    with WriterLock(path):
        for _, new in pairs:
            if new.exists():
                raise DamagedError(f"{new} exists already: nothing is overwritten, name another file")
        present = [(old, new) for old, new in pairs if old.exists()]
        # The power may fail at any step: a file that has lost its log looks whole and is not, so all bear both names
        # before any loses its old one; a log that stands alone is thrown away by SQLite.
        try:
            for old, new in present:
                new.hardlink_to(old)
            sync_folder(path.parent)
            for old, _ in present:
                old.unlink()
        except OSError as error:
            raise UnwritableError(f"cannot set {path} aside: {error}. Rename it and its log by hand") from error
    return aside


def _next(connection: sqlite3.Connection, highest: str) -> int:
    return int(connection.execute(highest).fetchone()[0] or 0) + 1
