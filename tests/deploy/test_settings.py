"""Settings: a mistake changes nothing, a broken file is put aside, the last good one starts the station."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GRADER = Path(sys.executable).with_name("grader")
GOOD, BETTER, BAD = 'rules = "cooperative"\n', 'rules = "same-day"\n', "rules = 3\n"


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(GOOD)
    return path


def settings(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deploy" / "settings"), *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"GRADER": str(GRADER)}
    )


def beside(station: Path, suffix: str) -> Path:
    return station.with_name(station.name + suffix)


def test_a_good_change_is_made_and_what_was_there_is_kept(station: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    new.write_text(BETTER)
    assert settings("put", station, new).returncode == 0
    assert station.read_text() == BETTER
    assert beside(station, ".good").read_text() == GOOD


def test_a_mistake_changes_nothing_and_is_said(station: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    new.write_text(BAD)
    done = settings("put", station, new)
    assert done.returncode == 1
    assert "rules" in done.stderr
    assert station.read_text() == GOOD
    assert not beside(station, ".tried").exists()


def test_a_file_that_was_broken_by_hand_is_put_aside_and_the_last_good_one_starts(station: Path) -> None:
    assert settings("check", station).returncode == 0
    station.write_text(BAD)
    done = settings("check", station)
    assert done.returncode == 0
    assert "last good one is used" in done.stderr
    assert (station.read_text(), beside(station, ".bad").read_text()) == (GOOD, BAD)


def test_without_a_good_one_it_says_so(station: Path) -> None:
    station.write_text(BAD)
    assert settings("check", station).returncode == 1


def test_a_file_that_is_the_last_good_one_is_not_read_once_more(station: Path) -> None:
    """Each start would wait for it."""
    assert settings("check", station).returncode == 0
    command = [sys.executable, str(ROOT / "deploy" / "settings"), "check", str(station)]
    assert subprocess.run(command, check=False, env=os.environ | {"GRADER": "/bin/false"}).returncode == 0
