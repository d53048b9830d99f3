"""`grader run` and `grader tell`: a station that stands until somebody starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from grader.store import balance, events_after, last_run, reading, run_of

GRADER = str(Path(sys.executable).with_name("grader"))
STATION = '[hardware]\nkind = "twin"\npeople = false\ndepth = "sightings"\n'

MOST_LINES = 60
STARTS = 4

Tell = Callable[..., tuple[int, str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(STATION)
    return path


@pytest.fixture
def station(file: Path) -> Iterator["subprocess.Popen[str]"]:
    running = subprocess.Popen([GRADER, "run", "--station", str(file)], stderr=subprocess.PIPE, text=True)
    until(running, "stopped")
    yield running
    if running.poll() is None:
        running.kill()
    running.communicate()


def until(running: "subprocess.Popen[str]", wanted: str) -> str:
    """The first line that matches; a line is said every other second, so that this ends."""
    assert running.stderr is not None
    seen = []
    for line in islice(running.stderr, MOST_LINES):
        seen.append(line)
        if re.search(wanted, line):
            return line
    raise AssertionError("".join(seen))


@pytest.fixture
def tell(file: Path) -> Tell:
    def say(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [GRADER, "tell", *words, "--station", str(file)], capture_output=True, text=True, check=False, timeout=30
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    return say


def start(station: "subprocess.Popen[str]", tell: Tell) -> str:
    """Press Reset and Start; what Start says. A machine that starves aborts, as it should, and is started again."""
    for _ in range(STARTS):
        assert tell("reset")[0] == 0
        until(station, "idle")
        code, said = tell("start")
        assert code == 0
        if "execute" in until(station, "execute|abort"):
            return said
        until(station, "aborted")
        assert tell("clear")[0] == 0
        until(station, "stopped")
    raise AssertionError("it aborts however often it is started")


@pytest.mark.usefixtures("station")
def test_the_line_hears_which_lot_is_fed(file: Path) -> None:
    def trace(*words: str) -> str:
        done = subprocess.run(
            [GRADER, "trace", *words, "--station", str(file)], capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    trace("operator", "add", "Zhao", "--role", "manager", "--who", "Zhao")
    trace("grower", "add", "G1", "Wang Fang", "--who", "Zhao")
    facts = ["--grower", "G1", "--variety", "Hongyan", "--plot", "7", "--harvested", "2026-11-25 06:10", "--kg", "500"]
    trace("lot", "add", "A-1", *facts, "--accountable", "Zhao", "--who", "Zhao")
    trace("lot", "feed", "A-1", "--pass", "2", "--who", "Zhao")
    with reading(file.with_name("journal.db")) as journal:
        events = {event.kind: event.payload for event in events_after(journal, 0)}
    assert events["lot_fed"] == {"lot": "A-1", "pass_number": 2, "mixed": False, "who": "Zhao"}


def test_it_stands_until_somebody_starts_it_and_ends_with_an_empty_belt(
    station: "subprocess.Popen[str]", tell: Tell, file: Path
) -> None:
    code, said = tell("start")
    assert (code, "Press Reset" in said) == (1, True)
    assert tell("lay-spheres")[0] == 0
    assert "no class" in start(station, tell)
    until(station, "super [1-9]")  # fruit get a class: the spheres have passed
    code, said = tell("close-outlet", "--outlet", "II")
    assert (code, "go to recheck" in said) == (0, True)
    station.send_signal(signal.SIGTERM)
    assert station.wait(timeout=60) == 0
    with reading(file.with_name("journal.db")) as connection:
        books = balance(connection, last_run(connection))
        events = [event.kind for event in events_after(connection, 0)]
    assert books.balanced
    assert books.in_flight == 0
    assert books.recorded > 0
    assert "sphere_check" in events


def test_a_station_runs_once(station: "subprocess.Popen[str]", file: Path) -> None:  # noqa: ARG001 - it runs
    second = subprocess.run(
        [GRADER, "run", "--station", str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert second.returncode == 2
    assert "runs in" in second.stderr
    assert "already" in second.stderr


def refused(file: Path) -> str:
    """What a station that does not start says, in one go and without a stack trace."""
    done = subprocess.run(
        [GRADER, "run", "--station", str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_journal_that_cannot_be_written_is_said_before_anything_moves(file: Path) -> None:
    file.write_text('journal = "nowhere/journal.db"\n' + STATION)
    assert "Make the folder" in refused(file)


def test_a_damaged_journal_is_refused_and_left_as_it_is(file: Path) -> None:
    journal = file.with_name("journal.db")
    journal.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    before = journal.read_bytes()
    refused(file)
    assert journal.read_bytes() == before


def test_two_stations_do_not_share_a_journal(station: "subprocess.Popen[str]", file: Path) -> None:
    other = file.with_name("other.toml")
    other.write_text('sockets = "elsewhere"\n' + STATION)
    assert "another process writes to" in refused(other)
    assert station.poll() is None


def test_sigterm_to_all_its_processes_ends_it_as_sigterm_to_itself(file: Path) -> None:
    running = subprocess.Popen(
        [GRADER, "run", "--station", str(file)], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until(running, "stopped")
    os.killpg(running.pid, signal.SIGTERM)
    said = running.communicate(timeout=60)[1]
    assert running.returncode == 0, said
    with reading(file.with_name("journal.db")) as connection:
        run = run_of(connection, 1)
    assert run is not None
    assert run["ended_why"] == "complete"


def test_where_no_station_runs_nobody_is_told_anything(tell: Tell) -> None:
    code, said = tell("stop")
    assert code == 2
    assert "start it with grader run" in said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rules = 3\n", "rules"),
        ("speed = 3\n", "speed"),
        ("belt_speed_mm_s = 3000\n", "belt_speed_mm_s"),
        ("[profile.window]\nto_mm = -500\n", "must lie beyond"),
        ("[profile]\nname = \n", "no TOML"),
        ("", "says nothing about a station"),
        ("[profile.lanes]\ncentres_mm = [82.5, -27.5, 27.5, 80.0]\n", "must rise"),
        ("[profile.lanes]\ncentres_mm = []\n", "at least one lane"),
        (f'sockets = "{"far/" * 40}"\n', "too long for sockets"),
    ],
)
def test_a_mistake_in_the_stations_file_is_a_sentence(file: Path, text: str, wanted: str) -> None:
    file.write_text(text)
    done = subprocess.run([GRADER, "run", "--station", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert wanted in done.stderr
    assert "Traceback" not in done.stderr
