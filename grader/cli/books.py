"""What the commands of lots and trays share: the station's books, times as people type them, and how they answer."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from grader.api.door import door_of
from grader.api.through_the_door import BooksThroughDoor
from grader.cli.columns import columns
from grader.cli.station_file import StationFile, read_station_file
from grader.store import LockedError, reading
from grader.store.books import BOOKS, Books, BooksToWrite
from grader.trace.desk import Desk
from grader.trace.desk.desk import at_utc
from grader.trace.errors import NoSuchThingError

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path)
G_PER_KG = 1000.0


def station_option(command: F) -> F:
    """The station whose books are meant."""
    option = click.option("--station", type=FILE, required=True, help="The station.toml of the station.")
    return option(command)


def json_option(command: F) -> F:
    """Answers for programs."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")(command)


def who_option(command: F) -> F:
    """Who does it."""
    return click.option("--who", required=True, help="Who does it; it is kept.")(command)


def why_option(command: F) -> F:
    """The reason."""
    return click.option("--why", required=True, help="The reason; it is kept.")(command)


@contextmanager
def at_the_desk(station: Path) -> Iterator[tuple[Desk, StationFile]]:
    """The books of the station to write to, through the door of a web process that has them open.

    `LockedError` while another process does that lets nobody in, such as `grader trace follow --keep`.
    """
    file = read_station_file(station)
    if not file.books.exists():
        # Whoever has lost the books, or typed a wrong name, should not believe that these are they.
        click.echo(f"There were no books: new ones are begun in {file.books}", err=True)
    with ExitStack() as stack:
        books: BooksToWrite
        try:
            # Looking for damage reads the whole file: the process that stays open does it, not each of these commands.
            books = stack.enter_context(Books(file.books, checked=False))
        except LockedError:
            if not door_of(file.books).exists():
                raise
            books = BooksThroughDoor(file.books)
        yield Desk(books, file.trace, lambda: datetime.now(UTC), os.urandom), file


@contextmanager
def looking(station: Path) -> Iterator[tuple[Any, StationFile]]:
    """The books of the station, to read."""
    file = read_station_file(station)
    if not file.books.is_file():
        raise NoSuchThingError(f"there are no books {file.books} yet: enter a grower, or follow the journal")
    with reading(file.books, BOOKS) as connection:
        yield connection, file


def when(text: str, file: StationFile) -> datetime:
    """A time as people type it, `2026-11-25 06:10`; without a zone it is the station's."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no time: write it like 2026-11-25 06:10") from error
    return time if time.utcoffset() is not None else time.replace(tzinfo=file.trace.zone)


def shown(utc_ns: int | None, file: StationFile) -> str:
    """A time as the clock on the wall showed it."""
    return "-" if utc_ns is None else f"{at_utc(utc_ns).astimezone(file.trace.zone):%Y-%m-%d %H:%M}"


def answer(words: str, value: Mapping[str, object], *, as_json: bool) -> None:
    """Say it, or print it for a program; bytes become hexadecimal."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain) if as_json else words)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under their heading; `nothing` where there are none."""
    if not rows:
        return "  nothing"
    return columns([head, *([_cell(cell) for cell in row] for row in rows)])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else str(value)
