"""A damaged journal is refused in a sentence, kept as it is to the byte, and can be set aside whole."""

import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import DamagedError, Journal, LockedError, UnwritableError, balance, reading, set_aside

from .conftest import FRUIT, RUN, TRAY

PAGE = 4096
COMPANIONS = ("", "-wal", "-shm")


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """A journal as a crash leaves it: most of it in the file, the last fruit, number 200, in the log alone."""
    alive, path = tmp_path / "alive" / "journal.db", tmp_path / "journal.db"
    alive.parent.mkdir()
    with Journal(alive) as journal:
        journal.submit(RUN, TRAY, *(replace(FRUIT, fruit=number) for number in range(1, 200))).result()
    with Journal(alive) as journal:
        journal.submit(replace(RUN, run=2), replace(FRUIT, run=2, fruit=200)).result()
        for companion in COMPANIONS:
            shutil.copy(f"{alive}{companion}", f"{path}{companion}")
    return path


def contents(path: Path) -> dict[str, bytes]:
    # The index of the log is rebuilt by whoever opens it; there is nothing in it that is not in the log.
    return {companion: Path(f"{path}{companion}").read_bytes() for companion in ("", "-wal")}


def overwrite(path: Path, begin: int, with_bytes: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(with_bytes)


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // PAGE // 2 * PAGE)


DAMAGE = {
    "a page of zeros": lambda path: overwrite(path, 9 * PAGE, bytes(PAGE)),
    "a page of noise": lambda path: overwrite(path, 9 * PAGE, bytes(range(256)) * 16),
    "cut off": half,
    "cut off within a page": lambda path: os.truncate(path, 5 * PAGE + 77),
    "a letter to grandmother": lambda path: path.write_text("Dear grandmother,\n" * 500),
}


@pytest.mark.parametrize("how", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_refused_in_a_sentence_and_stays_as_it_is(crashed: Path, how: object) -> None:
    assert callable(how)
    how(crashed)
    before = contents(crashed)
    with pytest.raises(DamagedError, match=r"journal\.db is damaged .* Nothing was changed\. Keep it"):
        Journal(crashed)
    assert contents(crashed) == before


def test_a_damaged_page_that_a_reader_comes_across_is_said_in_our_words(crashed: Path) -> None:
    with sqlite3.connect(crashed) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'delivery'").fetchone()
    connection.close()
    overwrite(crashed, (page - 1) * PAGE, bytes(PAGE))
    with pytest.raises(DamagedError), reading(crashed) as connection_of_ours:
        balance(connection_of_ours, 1)


def test_a_journal_that_does_not_say_its_version_is_damaged(crashed: Path) -> None:
    with sqlite3.connect(crashed) as connection:
        connection.execute("DELETE FROM alembic_version")
    connection.close()
    with pytest.raises(DamagedError, match="does not say its version"):
        Journal(crashed)


def test_a_journal_that_is_set_aside_takes_its_log_with_it(crashed: Path) -> None:
    before = contents(crashed)
    aside = set_aside(crashed, "aside.db")
    assert contents(aside) == before
    assert [path.name for path in crashed.parent.glob("journal.db*")] == ["journal.db.lock"]
    with Journal(crashed) as journal:
        assert journal.next_run == 1
    with Journal(aside) as journal:
        assert journal.next_run == 3


@pytest.mark.parametrize("taken", ["aside.db", "aside.db-wal"])
def test_nothing_is_overwritten_by_what_is_set_aside(crashed: Path, taken: str) -> None:
    (crashed.parent / taken).write_text("other")
    before = contents(crashed)
    with pytest.raises(DamagedError, match="name another file"):
        set_aside(crashed, "aside.db")
    assert contents(crashed) == before
    assert (crashed.parent / taken).read_text() == "other"


def test_a_journal_in_use_is_not_set_aside(journal: Journal, path: Path) -> None:
    with pytest.raises(LockedError):
        set_aside(path, "aside.db")
    journal.submit(FRUIT).result()


def test_where_there_is_no_journal_there_is_nothing_to_set_aside(path: Path) -> None:
    with pytest.raises(UnwritableError, match="no such file"):
        set_aside(path, "aside.db")


@pytest.mark.parametrize("step", range(6))
def test_power_that_fails_while_a_journal_is_set_aside_parts_no_file_from_its_log(
    crashed: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    steps = iter(range(6))

    def or_fail(call: object) -> object:
        def instead(*arguments: object, **options: object) -> object:
            if next(steps) == step:
                raise KeyboardInterrupt
            assert callable(call)
            return call(*arguments, **options)

        return instead

    before = contents(crashed)
    with monkeypatch.context() as patched:
        for name in ("link", "rename", "unlink"):
            patched.setattr(os, name, or_fail(getattr(os, name)))
        with pytest.raises(KeyboardInterrupt):
            set_aside(crashed, "aside.db")
    whole = [path for path in (crashed, crashed.with_name("aside.db")) if path.exists() and _whole(path, before)]
    assert whole
    # What a new start finds under the old name is the whole old journal, or none at all.
    with Journal(crashed) as journal:
        assert journal.next_run == (3 if crashed in whole else 1)


def _whole(path: Path, before: dict[str, bytes]) -> bool:
    return Path(f"{path}-wal").exists() and contents(path) == before
