"""How the books are asked: rows as dictionaries, and several statements at one moment."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]


def rows(connection: Connection, statement: str, **values: object) -> list[Row]:
    """All that `statement` finds, `:name` in it standing for the values."""
    found = connection.execute(text(statement), values)
    names = tuple(found.keys())
    # Not by `mappings`, which looks each name up in each row: thousands of rows took twice as long.
    return [dict(zip(names, one, strict=True)) for one in found]


def row(connection: Connection, statement: str, **values: object) -> Row | None:
    """The first that it finds; None: nothing."""
    found = connection.execute(text(statement), values).mappings().first()
    return None if found is None else dict(found)


@contextmanager
def one_moment(connection: Connection) -> Generator[None]:
    """What is asked in here sees one moment of the books, however many statements it takes."""
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK")
