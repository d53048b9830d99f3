"""Killed, full, damaged, taken: what the journal says, and that nothing is lost."""

import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import (
    DamagedError,
    Journal,
    LockedError,
    NotOursError,
    UnwritableError,
    VersionError,
    balance,
    reading,
    set_aside,
    trays,
)

from .conftest import DELIVERY, FRUIT, RUN, TRAY

WRITE_FOR_EVER = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import DELIVERY, FRUIT, RUN, TRAY
from grader.store import Journal
journal = Journal(Path(sys.argv[1]))
run, tray = journal.next_run, journal.next_tray
journal.submit(replace(RUN, run=run)).result()
journal.submit(replace(TRAY, run=run, tray=tray)).result()
print("ready", flush=True)
number = 0
while True:
    number += 1
    journal.submit(replace(FRUIT, run=run, fruit=number, tray=tray)).result()
    print(number, flush=True)
    if number % 3:
        journal.submit(replace(DELIVERY, run=run, fruit=number, tray=tray)).result()
"""


def writer_process(path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(path), str(Path(__file__).parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("records", [1, 7, 23, 58])
def test_kill_9_loses_nothing_that_was_promised_and_delivers_nothing_by_itself(path: Path, records: int) -> None:
    process = writer_process(path)
    assert process.stdout is not None
    promised = 0
    for _ in range(records):
        promised = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    promised = max([promised, *map(int, rest.split())])
    with Journal(path) as journal:
        (recovered,) = journal.recovered
        assert recovered.run == 1
    with reading(path) as connection:
        found = balance(connection, 1)
        (tray,) = trays(connection)
    assert found.recorded >= promised
    assert found.balanced
    assert found.in_flight == 0
    assert found.unconfirmed >= promised // 3
    assert tray.needs_recount == bool(found.unconfirmed)  # the first may just have been delivered
    assert tray.delivered == found.delivered.get("super", 0)


def test_a_second_writer_is_told_who_writes(path: Path) -> None:
    process = writer_process(path)
    try:
        with pytest.raises(LockedError, match=str(process.pid)):
            Journal(path)
    finally:
        process.kill()
        process.communicate()
    Journal(path).close()


@pytest.fixture
def written(path: Path) -> Path:
    """A journal with some hundred fruit, closed."""
    with Journal(path) as journal:
        journal.submit(RUN).result()
        journal.submit(TRAY).result()
        for number in range(1, 300):
            journal.submit(replace(FRUIT, fruit=number))
        for number in range(1, 300):
            journal.submit(replace(DELIVERY, fruit=number))
    return path


def test_a_damaged_file_is_refused_and_left_as_it_is(written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[8192:12288] = bytes(4096)
    written.write_bytes(content)
    with pytest.raises(DamagedError):
        Journal(written)
    assert written.read_bytes() == content


def test_a_file_that_was_cut_off_is_refused(written: Path) -> None:
    content = written.read_bytes()
    written.write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedError):
        Journal(written)


def test_a_damaged_journal_can_be_set_aside_and_a_new_one_begun(written: Path) -> None:
    written.write_bytes(b"SQLite format 3\0" + bytes(9000))
    aside = set_aside(written, "damaged.db")
    assert aside.exists()
    with Journal(written) as journal:
        assert journal.next_run == 1


def test_another_programs_database_is_not_touched(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotOursError):
        Journal(path)
    assert path.read_bytes() == before


def test_a_journal_of_a_later_version_is_not_touched(written: Path) -> None:
    connection = sqlite3.connect(written)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(VersionError):
        Journal(written)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match="Make the folder"):
        Journal(tmp_path / "nowhere" / "journal.db")
