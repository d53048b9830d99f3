"""`grader trace backup` and `restore`: a copy of books and journal while the station runs, and the books back again."""

from datetime import UTC, datetime
from pathlib import Path

import click

from grader.cli.books import FILE, answer, json_option, station_option
from grader.cli.log_heads import must_reach
from grader.cli.station_file import StationFile, read_station_file
from grader.store import BackupError, back_up, reading, restore
from grader.store.books import BOOKS, Books
from grader.store.schema import JOURNAL
from grader.trace.desk.logbook import check_log
from grader.trace.errors import NoSuchThingError

FOLDER = click.Path(file_okay=False, path_type=Path)
STAMP = "%Y%m%dT%H%M%SZ"
ENDING = ".db"


@click.command("backup")
@click.argument("folder", type=FOLDER)
@click.option("--keep", type=click.IntRange(min=1), help="Keep so many backups and remove older ones; left out: all.")
@json_option
@station_option
def backup_command(*, folder: Path, keep: int | None, station: Path, as_json: bool) -> None:
    """Copy books and journal into FOLDER, best on another disk; nobody has to stop for it. Keys are not copied."""
    written = back_up_into(folder, read_station_file(station), keep)
    names = " and ".join(path.name for path in written)
    answer(f"{names} are in {folder}.", {"files": [str(path) for path in written]}, as_json=as_json)


@click.command("restore")
@click.argument("backup", type=FILE)
@click.option("--head", "head_file", type=FILE, help="checkpoint.txt of the published site: the log must reach it.")
@click.option("--never-published", is_flag=True, help="No head of the log ever left this house.")
@station_option
def restore_command(backup: Path, head_file: Path | None, station: Path, *, never_published: bool) -> None:
    """Put the BACKUP in the place of the station's books. What is there is kept under another name."""
    if (head_file is None) is not never_published:
        raise click.UsageError(
            "name the head that was published last with --head (checkpoint.txt of the site), or say --never-published: "
            "books that lack what was published must never sign again"
        )
    file = read_station_file(station)
    if not backup.is_file():
        raise BackupError(f"there is no backup {backup}: name the file that is meant")
    if head_file is not None:
        with reading(backup, BOOKS) as books:
            check_log(books)
            must_reach(books, head_file, str(backup))
    kept = restore(backup, BOOKS, file.books, f"{file.books.name}.before-{datetime.now(UTC):{STAMP}}")
    Books(file.books).close()  # which upgrades a backup of older software
    with reading(file.books, BOOKS) as books:
        found = check_log(books)
    aside = "" if kept is None else f" What was there is {kept.name}."
    click.echo(
        f"The books are those of {backup.name}: {found.size} entries in the log.{aside} Now: grader trace follow"
    )


def back_up_into(folder: Path, file: StationFile, keep: int | None = None) -> list[Path]:
    """Copy the books, then the journal, which is then never older than what the books have read of it."""
    stamp = f"{datetime.now(UTC):{STAMP}}"
    sources = [(file.books, BOOKS), (file.journal, JOURNAL)]
    if not file.books.is_file():
        raise NoSuchThingError(f"there are no books {file.books} yet: nothing to copy")
    written = []
    for path, kind in sources:
        if path.is_file():
            copy = folder / f"{path.stem}-{stamp}{ENDING}"
            back_up(path, kind, copy)
            written.append(copy)
            if keep is not None:
                _thin(folder, path.stem, keep)
    return written


def _thin(folder: Path, stem: str, keep: int) -> None:
    for old in sorted(folder.glob(f"{stem}-[0-9]*T[0-9]*Z{ENDING}"))[:-keep]:
        old.unlink()
