"""How SQLite is opened: once to write, any number of times to read."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from grader.errors import GraderError
from grader.store.errors import DamagedError, DiskError, UnwritableError, VersionError
from grader.store.explain import damaged, explained
from grader.store.kind import Kind
from grader.store.schema import JOURNAL

PATIENCE_S = 5.0
"""How long a program that is not ours may hold the file."""
WAL_LIMIT_BYTES = 64 << 20


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open the database in the file `path` without a look into it; transactions are the caller's (`BEGIN`).

    Any thread may use it, one at a time. To write, the file is made where there is none. Raises `UnwritableError`.
    """
    address = f"file:{quote(str(path.absolute()))}?mode={'rwc' if write else 'ro'}"
    try:
        return sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise explained(error, path) from error


def close_unchanged(connection: sqlite3.Connection, path: Path) -> None:
    """Close, but leave the log of the file `path` where it is; SQLite would copy it into the file with the last one."""
    with closing(connect(path, write=False)) as witness:
        # Having read, it holds the file; and it cannot copy anything itself.
        with suppress(sqlite3.Error):
            witness.execute("PRAGMA schema_version")
        connection.close()


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Have SQLite look for damage, which reads the whole file; nothing is written. Raises `DamagedError`."""
    try:
        finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise explained(error, path) from error
    if finding != "ok":
        raise damaged(path, finding)


ASKED_EVERY = 1000
"""Steps of SQLite's own machine between two looks at whether anybody still waits: well below a millisecond."""


class Examination:
    """A look for damage through a whole file, beside whoever writes; `give_up` ends it at once, from any thread."""

    def __init__(self, path: Path) -> None:
        """Of the database in the file `path`; raises `UnwritableError` where it cannot be opened."""
        self._path = path
        self._connection = connect(path, write=False)
        self._given_up = False
        # Asked now and then while it reads: an interrupt before it begins would be forgotten.
        self._connection.set_progress_handler(lambda: self._given_up, ASKED_EVERY)

    def look(self) -> None:
        """Read all of it, which takes seconds a gigabyte. Raises `DamagedError`, unless it was given up."""
        with closing(self._connection):
            try:
                check(self._connection, self._path)
            except GraderError as error:
                if isinstance(error, DamagedError) or not self._given_up:
                    raise

    def give_up(self) -> None:
        """Nobody waits for it any more; harmless once it has ended."""
        self._given_up = True


def make_durable(connection: sqlite3.Connection, path: Path) -> None:
    """From now on a transaction that is committed survives a cut of the power, on a disk that keeps its promises."""
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
        # The log is copied into the file by a thread of its own (`Checkpoints`), so that no record waits for it.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error as error:
        raise explained(error, path) from error
    if mode != "wal":
        raise UnwritableError(
            f"{path} lies where SQLite cannot keep a log beside it: use a local disk, not a network one"
        )
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise DiskError(f"the disk under {path} fails ({error.strerror}): look at the system's log") from error


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` survive a cut of the power; SQLite syncs files, not the names given to them."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def reading(path: Path, kind: Kind = JOURNAL) -> Generator[Connection]:
    """A connection to the database in the file `path` that cannot write, beside any writer and from any process.

    Every statement sees one moment of it, and none holds the writer up. Raises `UnwritableError` where there is no such
    file, `NotOursError` where it is of another kind, `VersionError` where other software wrote it, and, of statements
    too, `DamagedError`, `DiskError`.
    """
    with closing(connect(path, write=False)) as direct:
        try:
            revision = kind.revision_of(direct, path)
        except sqlite3.Error as error:
            raise explained(error, path) from error
    if revision != kind.revision:
        raise VersionError(
            f"{path} is of version {revision or 'none'}, this software reads {kind.revision}: start the station once, "
            "which upgrades an older file; a newer one needs the newer software"
        )
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path, write=False), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        try:
            yield connection
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise explained(error.orig, path) from error
            raise
