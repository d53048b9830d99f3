"""One thread copies a database's log into the database, beside the thread that writes.

Copying waits for the disk twice and lets the file grow, which on a busy disk takes a good part of a second. A fruit
whose record had to wait for that would reach its ejector undecided.
"""

import sqlite3
import threading
from contextlib import suppress

ROWS = 500
"""Rows after which the log is copied: some megabytes, so that it stays small."""
LARGE_PAGES = 8192
"""A log of 32 MB: who writes without a pause leaves no moment at which all of it is copied, and so must wait once."""


class Checkpoints:
    """The copying thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Copy on `connection`, which is this thread's alone from now on."""
        self._connection = connection
        self._changed = threading.Condition()
        self._rows = 0
        self._closing = False
        # A daemon, because a program that fails elsewhere must end, not hang; the log holds all that was promised.
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def written(self, rows: int) -> None:
        """So many rows were added to the log; waits for no disk."""
        with self._changed:
            self._rows += rows
            if self._rows >= ROWS:
                self._changed.notify()

    def close(self) -> None:
        """End once a copy under way is made; twice is harmless. It waits for the disk."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        pages = 0
        while self._due():
            mode = "PASSIVE" if pages < LARGE_PAGES else "FULL"
            # What goes wrong here shows at the next commit, where somebody is told.
            with suppress(sqlite3.Error):
                _, pages, _ = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()

    def _due(self) -> bool:
        """Whether there is something to copy, once there is; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._rows >= ROWS or self._closing)
            self._rows = 0
            return not self._closing
