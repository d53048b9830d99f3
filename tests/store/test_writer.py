"""One thread writes for all: in groups, durably, and without making anybody wait."""

import sqlite3
import threading
from pathlib import Path

import pytest

from grader.store import ClosedError, DiskFullError, Journal, QueueFullError, RefusedError, Writer, balance, reading

from .conftest import DELIVERY, FRUIT, Numbered


class Gate:
    """A disk that answers when it is told to."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()
        self.written: list[int] = []

    def write(self, connection: sqlite3.Connection, record: int) -> None:
        self.reached.set()
        assert self.open.wait(20)
        connection.execute("INSERT INTO kept VALUES (?)", (record,))
        self.written.append(record)


@pytest.fixture
def gate() -> Gate:
    return Gate()


def writer_on(path: Path, gate: Gate, capacity: int = 10) -> Writer[int]:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY)")
    return Writer(connection, gate.write, path, capacity=capacity)


def test_a_disk_that_stalls_makes_nobody_wait_and_nothing_is_promised(path: Path, gate: Gate) -> None:
    with writer_on(path, gate) as writer:
        first = writer.submit(1)
        assert gate.reached.wait(20)
        later = [writer.submit(number) for number in (2, 3)]
        assert not any(future.done() for future in (first, *later))
        gate.open.set()
        for future in (first, *later):
            assert future.result(20) is None
    assert gate.written == [1, 2, 3]


def test_what_waits_is_bounded_and_refused_at_once(path: Path, gate: Gate) -> None:
    with writer_on(path, gate, capacity=2) as writer:
        writer.submit(1)
        assert gate.reached.wait(20)
        waiting = [writer.submit(number) for number in (2, 3)]
        refused = writer.submit(4)
        assert isinstance(refused.exception(0), QueueFullError)
        gate.open.set()
        assert [future.result(20) for future in waiting] == [None, None]
    assert gate.written == [1, 2, 3]


def test_a_bad_record_spoils_no_other_of_its_group(path: Path, gate: Gate) -> None:
    with writer_on(path, gate) as writer:
        first = writer.submit(1)
        assert gate.reached.wait(20)
        good, bad, good_too = writer.submit(2), writer.submit(1), writer.submit(3)
        gate.open.set()
        assert isinstance(bad.exception(20), RefusedError)
        assert [future.result(20) for future in (first, good, good_too)] == [None] * 3


def test_a_full_disk_refuses_and_takes_again_when_there_is_room(path: Path) -> None:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, text TEXT)")
    connection.execute("PRAGMA max_page_count = 20")

    def write(into: sqlite3.Connection, number: int) -> None:
        into.execute("INSERT INTO kept VALUES (?, ?)", (number, "x" * 30_000))

    with Writer(connection, write, path) as writer:
        assert writer.submit(1).result(20) is None
        with pytest.raises(DiskFullError):
            writer.submit(2, 3, 4).result(20)
        connection.execute("PRAGMA max_page_count = 1000")
        assert writer.submit(2, 3, 4).result(20) is None
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (4,)


def test_closing_writes_all_that_waits_and_takes_no_more(path: Path, gate: Gate) -> None:
    writer = writer_on(path, gate)
    futures = [writer.submit(number) for number in range(5)]
    gate.open.set()
    writer.close()
    assert all(future.done() and future.exception() is None for future in futures)
    assert isinstance(writer.submit(9).exception(0), ClosedError)


def test_what_gathers_during_a_commit_is_one_commit(path: Path, gate: Gate) -> None:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY)")
    commits = []
    connection.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    with Writer(connection, gate.write, path, capacity=100) as writer:
        futures = [writer.submit(0)]
        assert gate.reached.wait(20)
        futures += [writer.submit(number) for number in range(1, 51)]
        gate.open.set()
        for future in futures:
            future.result(20)
    assert len(gate.written) == 51
    assert len(commits) == 2


def test_an_entry_of_several_records_is_kept_whole_or_not_at_all(journal: Journal, path: Path, fruit: Numbered) -> None:
    journal.submit(FRUIT).result()
    with pytest.raises(RefusedError):
        journal.submit(fruit(2), FRUIT).result()
    with reading(path) as connection:
        assert balance(connection, 1).recorded == 1


def test_done_means_that_another_process_can_read_it(journal: Journal, path: Path, fruit: Numbered) -> None:
    for number in range(1, 30):
        journal.submit(fruit(number)).result()
        with reading(path) as connection:
            assert balance(connection, 1).recorded == number


def test_a_delivery_right_behind_its_fruit_finds_it(journal: Journal) -> None:
    journal.submit(FRUIT)
    assert journal.submit(DELIVERY).result(20) is None


def test_what_may_wait_is_written_with_what_may_not(path: Path, gate: Gate) -> None:
    gate.open.set()
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY)")
    commits = []
    connection.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    with Writer(connection, gate.write, path) as writer:
        patient = [writer.submit(number, may_wait=True) for number in (1, 2)]
        writer.submit(3).result(20)
        assert all(future.done() for future in patient)
    assert gate.written == [1, 2, 3]
    assert len(commits) == 1


def test_what_may_wait_is_written_although_nothing_follows(path: Path, gate: Gate) -> None:
    gate.open.set()
    with writer_on(path, gate) as writer:
        assert writer.submit(1, may_wait=True).result(20) is None


def test_closing_does_not_wait_for_what_may_wait(path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.store.writer.LINGER_S", 3600.0)
    gate.open.set()
    writer = writer_on(path, gate)
    future = writer.submit(1, may_wait=True)
    writer.close()
    assert future.done()
