"""Real stations: their processes, found and watched from outside."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.system.station_process import ServeProcess

GRADER = Path(sys.executable).with_name("grader")
MOST_LINES = 60


class RunningDemo:
    """`grader demo` as a process of its own, against the simulated machine, without optics."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.journal = folder / "journal.db"
        self._folder = folder
        command = [str(GRADER), "demo", "--depth", "sightings", "--json", "--no-page", "--journal"]
        command += [str(self.journal), *words]
        environment = {"TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def until(self, wanted: str) -> str:
        """The first line on stderr that holds `wanted`; a line is said every other second, so that this ends."""
        assert self.process.stderr is not None
        seen = []
        for line in islice(self.process.stderr, MOST_LINES):
            seen.append(line)
            if wanted in line:
                return line
        raise AssertionError("".join(seen))

    def pids(self) -> dict[str, int]:
        """The station's processes that live, by name."""
        lines = [line.split() for path in self._folder.glob("grader-*/pids") for line in path.read_text().splitlines()]
        return {name: int(pid) for name, pid in lines if pid != "None"}

    def summary(self) -> dict[str, Any]:
        """What it ends with."""
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    def children(self) -> list[str]:
        """Living processes that it has started itself."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                stat = (entry / "stat").read_text() if entry.name.isdigit() else ""
            except OSError:
                continue
            if stat and int(stat.rsplit(")", 1)[1].split()[1]) == self.process.pid:
                found.append(stat)
        return found


@pytest.fixture
def served(station: Path) -> Iterator[ServeProcess]:
    """`grader api serve` for the station of the file `station`."""
    process = ServeProcess(station, 0)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Any]:
    """Start demonstrations; what still runs at the end is killed."""
    begun: list[RunningDemo] = []

    def start(*words: str) -> RunningDemo:
        begun.append(RunningDemo(tmp_path, *words))
        return begun[-1]

    yield start
    for demo in begun:
        if demo.process.poll() is None:
            demo.process.kill()
        demo.process.communicate()
