"""How the books are asked: rows as dictionaries, and several statements at one moment."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]


def rows(connection: Connection, statement: str, **values: object) -> list[Row]:
    """All that `statement` finds, `:name` in it standing for the values."""
    return [dict(row) for row in connection.execute(text(statement), values).mappings()]


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
