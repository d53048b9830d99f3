"""`station.db`: whose fruit came, where each of them is, what became of every tray."""

from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from grader.store.books.statements import BookRecord, write
from grader.store.database import Database
from grader.store.kind import Kind

BOOKS = Kind(
    title="station's books",
    revision="s0012",
    scripts="grader.store.migrations:station",
    tables=frozenset({"source", "lot", "fruit", "tray"}),
)


class BooksToWrite(Protocol):
    """The books to whoever writes to them: opened by this process, or by one that writes for it."""

    path: Path

    def submit(self, *records: BookRecord, may_wait: bool = False) -> Future[None]:
        """Put `records` on record, all or none: as `Books` do."""


class Books(Database[BookRecord]):
    """The books, opened to write; one process at a time can."""

    def __init__(self, path: Path, *, checked: bool = True) -> None:
        """Open or build the file `path`; `checked` and errors as in `Database`."""
        super().__init__(path, BOOKS, write, checked=checked)
