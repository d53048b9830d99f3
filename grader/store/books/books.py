"""`station.db`: whose fruit came, where each of them is, what became of every tray."""

from pathlib import Path

from grader.store.books.statements import BookRecord, write
from grader.store.database import Database
from grader.store.kind import Kind

BOOKS = Kind(
    title="station's books",
    revision="s0011",
    scripts="grader.store.migrations:station",
    tables=frozenset({"source", "lot", "fruit", "tray"}),
)


class Books(Database[BookRecord]):
    """The books, opened to write; one process at a time can."""

    def __init__(self, path: Path, *, checked: bool = True) -> None:
        """Open or build the file `path`; `checked` and errors as in `Database`."""
        super().__init__(path, BOOKS, write, checked=checked)
