"""Who writes to the books for upstream systems: the web process, or a command while no web process runs."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from grader.api.settings import StationOfApi
from grader.store import reading
from grader.store.books import BOOKS, BookRecord, Books
from grader.trace.desk import Desk
from grader.trace.desk.desk import at_utc


class Clerk:
    """The books, opened to write, with the station's settings and a clock."""

    def __init__(self, station: StationOfApi, books: Books, now_ns: Callable[[], int]) -> None:
        self.station = station
        self.settings = station.api
        self.books = books
        self.now_ns = now_ns
        self.desk = Desk(books, station.trace, self.now, os.urandom)

    def now(self) -> datetime:
        """The time, with its zone."""
        return at_utc(self.now_ns()).astimezone(UTC)

    def write(self, *records: BookRecord) -> None:
        """Put on record, all or none; it waits for the disk."""
        self.books.submit(*records).result()

    @contextmanager
    def asking(self) -> Generator[Any]:
        """A connection for questions to the books."""
        with reading(self.books.path, BOOKS) as connection:
            yield connection

    @contextmanager
    def asking_line(self) -> Generator[Any]:
        """A connection for questions to the line's journal; None: no line has run yet."""
        if not self.station.journal.is_file():
            yield None
            return
        with reading(self.station.journal) as journal:
            yield journal
