"""Which database a file is: each kind has its tables, its migrations and the revision that this software speaks."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from grader.store.errors import NotOursError
from grader.store.explain import damaged


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of database."""

    title: str
    """In a sentence: no `title`."""
    revision: str
    """What this software reads and writes: the newest of `scripts`."""
    scripts: str
    """Where Alembic finds the migrations."""
    tables: frozenset[str]
    """Some of its tables, by which a file of another kind, or of another program, is told apart."""

    def revision_of(self, connection: sqlite3.Connection, path: Path) -> str | None:
        """Tell the revision of the file; None: it is empty.

        Raises `NotOursError` for another kind of database, `DamagedError`, and sqlite3's errors.
        """
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if not {"alembic_version", *self.tables} <= tables:
            raise NotOursError(f"{path} is a database, but no {self.title}: name another file. Nothing was changed")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            raise damaged(path, "it does not say its version")
        return str(row[0])
