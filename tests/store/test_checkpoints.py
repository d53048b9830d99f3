"""The log beside the journal is copied into it while records go on being written, and stays small."""

import sqlite3
import threading
from pathlib import Path

import pytest

from grader.store import Journal, checkpoints
from grader.store.checkpoints import Checkpoints

from .conftest import RUN, TRAY, Numbered

PAGE_BYTES = 4096


class SlowDisk:
    """A connection on which copying waits until it is let."""

    def __init__(self) -> None:
        self.copying = threading.Event()
        self.go_on = threading.Event()
        self.copies = 0

    def execute(self, _: str) -> sqlite3.Cursor:
        self.copying.set()
        assert self.go_on.wait(20)
        self.copies += 1
        return sqlite3.connect(":memory:").execute("SELECT 0, 0, 0")

    def close(self) -> None:
        pass


def test_who_writes_does_not_wait_for_the_copy() -> None:
    disk = SlowDisk()
    copies = Checkpoints(disk)  # type: ignore[arg-type]
    copies.written(checkpoints.ROWS)
    assert disk.copying.wait(20)
    for _ in range(1000):
        copies.written(1)
    assert disk.copies == 0
    disk.go_on.set()
    copies.close()
    assert disk.copies >= 1


def test_few_rows_are_not_copied() -> None:
    disk = SlowDisk()
    disk.go_on.set()
    copies = Checkpoints(disk)  # type: ignore[arg-type]
    copies.written(checkpoints.ROWS - 1)
    copies.close()
    copies.close()
    assert disk.copies == 0


def test_the_log_stays_small_although_nobody_pauses(
    path: Path, fruit: Numbered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "ROWS", 20)
    monkeypatch.setattr(checkpoints, "LARGE_PAGES", 100)
    largest = 0
    with Journal(path) as journal:
        journal.submit(RUN, TRAY)
        for number in range(1, 2001):
            waiting = journal.submit(fruit(number))
            if number % 5 == 0:
                waiting.result()
                largest = max(largest, path.with_name("journal.db-wal").stat().st_size)
    assert largest < 500 * PAGE_BYTES


def test_all_is_in_the_file_when_the_journal_is_closed(path: Path, fruit: Numbered) -> None:
    with Journal(path) as journal:
        journal.submit(RUN, TRAY, *(fruit(number) for number in range(1, 2 * checkpoints.ROWS))).result()
    assert not path.with_name("journal.db-wal").exists()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM fruit").fetchone() == (2 * checkpoints.ROWS - 1,)
    connection.close()
