"""Damage is looked for beside whoever writes, and nobody has to wait for it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import DamagedError, Journal, connections
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


def test_who_gave_up_does_not_wait_for_its_end(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends before it comes to the damage, which lies at the file's end."""
    with filled.open("r+b") as file:
        file.seek(-PAGE, os.SEEK_END)
        file.write(bytes(range(256)) * 16)
    with pytest.raises(DamagedError):
        Examination(filled).look()
    monkeypatch.setattr(connections, "ASKED_EVERY", 1)  # the file is small
    examination = Examination(filled)
    examination.give_up()
    examination.look()
