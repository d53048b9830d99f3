"""One thread writes to a database, a transaction for all that waits: the group commit.

A commit costs a wait for the disk, whether it carries one record or a hundred. While one is under way, records gather;
the next commit takes them all. So the disk's slowness shows as latency and never as a backlog that grows. And what
nobody waits for is written along with what somebody does: a sync less is one less that may hold up a fruit.
"""

import math
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from grader.errors import GraderError
from grader.store.errors import ClosedError, QueueFullError, RefusedError
from grader.store.explain import explained

R = TypeVar("R")

CAPACITY = 8192
"""Entries that may wait: 128 fruit/s, each with its delivery, through a stall of 30 s."""
LINGER_S = 0.25
"""Entries that may wait are written so much later, if nothing else is before."""
# What says that the file or the disk is at fault; anything else is the record's own fault, and spoils no other one.
OF_THE_FILE = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT,
}  # fmt: skip


@dataclass(eq=False, slots=True)
class _Entry(Generic[R]):
    """Records that are written together or not at all."""

    records: Sequence[R]
    future: Future[None] = field(default_factory=Future)
    error: GraderError | None = None
    """Why the database refuses it."""


class Writer(Generic[R]):
    """The one thread that writes to a database.

    `submit` may be called from any thread; it waits for no disk. Futures are completed by the writer's thread, so what
    is hung on them with `add_done_callback` must be quick.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        write: Callable[[sqlite3.Connection, R], None],
        path: Path,
        *,
        capacity: int = CAPACITY,
        written: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write with `write` on `connection`, which is the writer's from now on; at most `capacity` entries wait.

        `written` hears how many records a commit put on disk; it must be quick.
        """
        self._connection = connection
        self._write = write
        self._path = path
        self._capacity = capacity
        self._written = written
        self._changed = threading.Condition()
        self._waiting: list[_Entry[R]] = []
        self._due_s = math.inf
        """When what waits is to be written, by the monotonic clock."""
        self._closing = False
        # A daemon, because a program that fails elsewhere must end, not hang; it loses what was not promised.
        self._thread = threading.Thread(target=self._run, name=f"writer of {path.name}", daemon=True)
        self._thread.start()

    def submit(self, *records: R, may_wait: bool = False) -> Future[None]:
        """Have `records` written, all or none; the future is done once they are on disk, or holds the `GraderError`.

        `may_wait`: nobody waits for the future, so that it may take `LINGER_S` longer. The order stays that of calls.

        Nothing is raised and nothing waited for: too much waiting (`QueueFullError`) and the end (`ClosedError`) are in
        the future too. A future that is cancelled before its turn is not written.
        """
        entry: _Entry[R] = _Entry(records)
        with self._changed:
            refusal = self._refusal()
            if refusal is None:
                self._waiting.append(entry)
                self._due_s = min(self._due_s, time.monotonic() + (LINGER_S if may_wait else 0))
                self._changed.notify()
        if refusal is not None:
            entry.future.set_exception(refusal)
        return entry.future

    def _refusal(self) -> GraderError | None:
        if self._closing:
            return ClosedError(f"the writer of {self._path} is closed")
        if len(self._waiting) >= self._capacity:
            return QueueFullError(f"{self._capacity} records wait for the disk under {self._path}: look at the disk")
        return None

    def close(self) -> None:
        """Write all that waits, and end; twice is harmless. It waits for the disk."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while batch := self._take():
            if live := [entry for entry in batch if entry.future.set_running_or_notify_cancel()]:
                self._commit(live)

    def _take(self) -> list[_Entry[R]]:
        """All that waits, once something of it is due; nothing at the end."""
        with self._changed:
            while not self._closing and (left_s := self._due_s - time.monotonic()) > 0:
                self._changed.wait(None if math.isinf(left_s) else left_s)
            batch, self._waiting, self._due_s = self._waiting, [], math.inf
            return batch

    def _commit(self, batch: list[_Entry[R]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for entry in batch:
                entry.error = self._try(entry)
            self._connection.commit()
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            for entry in batch:
                entry.future.set_exception(entry.error or explained(error, self._path))
            return
        for entry in batch:
            if entry.error is None:
                entry.future.set_result(None)
            else:
                entry.future.set_exception(entry.error)
        self._written(sum(len(entry.records) for entry in batch))

    def _try(self, entry: _Entry[R]) -> GraderError | None:
        """Write an entry into the transaction, or say why not, leaving nothing of it; raises what concerns the file."""
        self._connection.execute("SAVEPOINT entry")
        refusal = None
        try:
            for record in entry.records:
                self._write(self._connection, record)
        # A record is made by code that is not ours to judge; whatever is wrong with it, the others must be written.
        except Exception as error:
            if isinstance(error, sqlite3.Error) and _of_the_file(error):
                raise
            self._connection.execute("ROLLBACK TO entry")
            refusal = (
                error if isinstance(error, GraderError) else RefusedError(f"{self._path} refuses a record: {error}")
            )
        self._connection.execute("RELEASE entry")
        return refusal


def _of_the_file(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in OF_THE_FILE
