"""The log beside the journal is copied into it while records go on being written, and stays small."""

import re
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from grader.store import Journal, checkpoints
from grader.store.checkpoints import Checkpoints

from .conftest import RUN, TRAY, Numbered


class SlowDisk:
    """A connection on which copying waits until it is let; it says how many `pages` the log has, the last for ever."""

    def __init__(self, pages: Sequence[int] = (0,)) -> None:
        self.copying = threading.Event()
        self.go_on = threading.Event()
        self.said: list[str] = []
        self._pages = list(pages)
        self._copied = threading.Condition()

    def execute(self, statement: str) -> sqlite3.Cursor:
        self.copying.set()
        assert self.go_on.wait(20)
        pages = self._pages.pop(0) if len(self._pages) > 1 else self._pages[0]
        with self._copied:
            self.said.append(statement)
            self._copied.notify_all()
        return sqlite3.connect(":memory:").execute("SELECT 0, ?, 0", (pages,))

    def until(self, copies: int) -> None:
        with self._copied:
            assert self._copied.wait_for(lambda: len(self.said) >= copies, 20)

    def close(self) -> None:
        pass


def test_who_writes_does_not_wait_for_the_copy() -> None:
    disk = SlowDisk()
    copies = Checkpoints(disk)  # type: ignore[arg-type]
    copies.written(checkpoints.ROWS)
    assert disk.copying.wait(20)
    for _ in range(1000):
        copies.written(1)
    assert not disk.said
    disk.go_on.set()
    copies.close()
    assert disk.said


def test_few_rows_are_not_copied() -> None:
    disk = SlowDisk()
    disk.go_on.set()
    copies = Checkpoints(disk)  # type: ignore[arg-type]
    copies.written(checkpoints.ROWS - 1)
    copies.close()
    copies.close()
    assert not disk.said


def test_where_nobody_pauses_the_writer_waits_once_so_that_the_log_stays_small() -> None:
    disk = SlowDisk(pages=[10, checkpoints.LARGE_PAGES, 10, 10])
    disk.go_on.set()
    copies = Checkpoints(disk)  # type: ignore[arg-type]
    for nth in range(1, 5):
        copies.written(checkpoints.ROWS)
        disk.until(nth)
    copies.close()
    assert [re.search(r"\((\w+)\)", said)[1] for said in disk.said] == ["PASSIVE", "PASSIVE", "FULL", "PASSIVE"]  # type: ignore[index]


def test_all_is_in_the_file_when_the_journal_is_closed(path: Path, fruit: Numbered) -> None:
    with Journal(path) as journal:
        journal.submit(RUN, TRAY, *(fruit(number) for number in range(1, 2 * checkpoints.ROWS))).result()
    assert not path.with_name("journal.db-wal").exists()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM fruit").fetchone() == (2 * checkpoints.ROWS - 1,)
    connection.close()
