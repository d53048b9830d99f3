"""A database file, opened to write: locked, checked, upgraded, and handed to its one writer."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from grader.store.checkpoints import Checkpoints
from grader.store.connections import check, close_unchanged, connect, make_durable
from grader.store.kind import Kind
from grader.store.lock import WriterLock
from grader.store.upgrade import upgrade
from grader.store.writer import CAPACITY, Writer

R = TypeVar("R")


class Database(Generic[R]):
    """A database that takes records of type `R`; one process at a time can write."""

    def __init__(
        self,
        path: Path,
        kind: Kind,
        write: Callable[[sqlite3.Connection, R], None],
        *,
        capacity: int = CAPACITY,
        prepare: Callable[[sqlite3.Connection], None] = lambda _: None,
        checked: bool = True,
    ) -> None:
        """Lock the file `path`, check it, upgrade it or build it, `prepare` it, and start the writer.

        At most `capacity` entries wait for the disk. Checking reads the whole file; who writes one record and goes
        (`checked` false) leaves it to who stays. Raises `LockedError`, `DamagedError`, `NotOursError`, `VersionError`,
        `UnwritableError`, `DiskFullError`, `DiskError`; nothing of a file that is refused is changed.
        """
        self.path = path
        with ExitStack() as undo:
            lock = undo.enter_context(WriterLock(path))
            connection = connect(path, write=True)
            undo.callback(close_unchanged, connection, path)
            if checked:
                check(connection, path)
            upgrade(path, kind)
            make_durable(connection, path)
            prepare(connection)
            copying = connect(path, write=True)
            undo.callback(copying.close)
            make_durable(copying, path)
            self._checkpoints = Checkpoints(copying)
            undo.callback(self._checkpoints.close)
            self._writer: Writer[R] = Writer(
                connection, write, path, capacity=capacity, written=self._checkpoints.written
            )
            self._lock = lock
            undo.pop_all()

    def submit(self, *records: R, may_wait: bool = False) -> Future[None]:
        """Put `records` on record, all or none; never waits, never raises: `Writer.submit` says how."""
        return self._writer.submit(*records, may_wait=may_wait)

    def close(self) -> None:
        """Write all that waits, and let another process write; twice is harmless. It waits for the disk."""
        self._checkpoints.close()
        self._writer.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
