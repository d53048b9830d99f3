"""A backup is one moment of the books, whoever writes meanwhile; a bad one is refused, a good one is put back whole."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from grader.store import BackupError, DamagedError, LockedError, NotOursError, back_up, reading, restore
from grader.store.books import BOOKS, Books
from grader.store.books.asking import rows
from grader.store.books.records import EventWritten
from grader.trace.desk.logbook import check_log


def event(number: int) -> EventWritten:
    return EventWritten(kind="held", canonical=b'{"n":%d}' % number, utc_ns=1)


def count(path: Path) -> int:
    with reading(path, BOOKS) as books:
        return int(rows(books, "SELECT count(*) AS n FROM event")[0]["n"])


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Books with ten events, closed."""
    path = tmp_path / "station.db"
    with Books(path) as books:
        books.submit(*(event(number) for number in range(10))).result()
    return path


def test_a_backup_is_one_moment_while_somebody_writes(tmp_path: Path) -> None:
    path, ended = tmp_path / "station.db", threading.Event()
    with Books(path) as books:
        books.submit(event(0)).result()

        def write() -> None:
            number = 1
            while not ended.is_set():
                books.submit(event(number), event(number + 1)).result()
                number += 2

        writer = threading.Thread(target=write)
        writer.start()
        copies = [tmp_path / "backups" / f"{number}.db" for number in range(5)]
        for copy in copies:
            back_up(path, BOOKS, copy)
        ended.set()
        writer.join()
    sizes = []
    for copy in copies:
        with reading(copy, BOOKS) as asked:
            sizes.append(check_log(asked).size)
    assert sizes == sorted(sizes)
    assert all(size % 2 == 1 for size in sizes)  # two events are one transaction
    assert {path.name for path in copies[0].parent.iterdir()} == {copy.name for copy in copies}


def test_what_is_there_already_is_not_overwritten(written: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        back_up(written, BOOKS, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_backup_that_cannot_be_written_leaves_nothing(written: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="cannot write the backup"):
        back_up(written, BOOKS, tmp_path / "file" / "copy.db")


def test_damaged_books_are_put_aside_and_the_backup_takes_their_place(written: Path, tmp_path: Path) -> None:
    back_up(written, BOOKS, tmp_path / "copy.db")
    with Books(written) as books:
        books.submit(event(10)).result()
    damaged = written.read_bytes()[:5000]
    written.write_bytes(damaged)
    with pytest.raises(DamagedError):
        Books(written)
    kept = restore(tmp_path / "copy.db", BOOKS, written, "station.db.before")
    assert kept is not None
    assert kept.read_bytes() == damaged
    assert count(written) == 10
    with Books(written) as books:
        books.submit(event(11)).result()
    assert count(written) == 11


def test_books_that_are_gone_are_restored_too(written: Path, tmp_path: Path) -> None:
    back_up(written, BOOKS, tmp_path / "copy.db")
    shutil.rmtree(tmp_path / "elsewhere", ignore_errors=True)
    assert restore(tmp_path / "copy.db", BOOKS, tmp_path / "elsewhere" / "station.db", "aside") is None
    assert count(tmp_path / "elsewhere" / "station.db") == 10


def test_a_log_that_lost_its_database_is_not_taken_for_the_backups_own(written: Path, tmp_path: Path) -> None:
    back_up(written, BOOKS, tmp_path / "copy.db")
    written.unlink()
    stray = written.with_name("station.db-wal")
    stray.write_bytes(b"a log of another life")
    assert restore(tmp_path / "copy.db", BOOKS, written, "aside") is None
    assert count(written) == 10
    assert (tmp_path / "aside-wal").read_bytes() == b"a log of another life"


def test_nothing_is_restored_under_a_running_station(written: Path, tmp_path: Path) -> None:
    back_up(written, BOOKS, tmp_path / "copy.db")
    with Books(written), pytest.raises(LockedError):
        restore(tmp_path / "copy.db", BOOKS, written, "aside")
    assert count(written) == 10


def test_a_backup_that_is_no_good_changes_nothing(written: Path, tmp_path: Path) -> None:
    back_up(written, BOOKS, tmp_path / "copy.db")
    torn = bytearray((tmp_path / "copy.db").read_bytes())
    torn[4096:16384] = bytes(12288)
    (tmp_path / "torn.db").write_bytes(torn)
    (tmp_path / "empty.db").touch()
    sqlite3.connect(tmp_path / "other.db").executescript("CREATE TABLE t (a)").connection.close()
    for name, error in (
        ("torn", DamagedError),
        ("empty", NotOursError),
        ("other", NotOursError),
        ("gone", BackupError),
    ):
        with pytest.raises(error):
            restore(tmp_path / f"{name}.db", BOOKS, written, "aside")
    assert count(written) == 10
    assert not (tmp_path / "aside").exists()
