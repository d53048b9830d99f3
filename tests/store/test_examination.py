"""Damage is looked for beside whoever writes, and nobody has to wait for it."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import DamagedError, Journal
from grader.store.connections import Examination

from .conftest import FRUIT, RUN, TRAY

PAGE = 4096


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    with Journal(path) as journal:
        journal.submit(RUN, TRAY, *(replace(FRUIT, fruit=number) for number in range(1, 2000))).result()
    return path


def test_a_sound_file_passes_while_somebody_writes(filled: Path) -> None:
    with Journal(filled) as journal:
        examination = Examination(filled)
        written = journal.submit(replace(RUN, run=2))
        examination.look()
        written.result()


def test_a_damaged_file_is_found(filled: Path) -> None:
    with filled.open("r+b") as file:
        file.seek(9 * PAGE)
        file.write(bytes(range(256)) * 16)
    with pytest.raises(DamagedError, match="Keep it"):
        Examination(filled).look()


def test_who_gives_up_does_not_wait_for_its_end(filled: Path) -> None:
    examination = Examination(filled)
    thread = threading.Thread(target=examination.look)
    thread.start()
    examination.give_up()
    thread.join(10)
    assert not thread.is_alive()
    examination.give_up()
