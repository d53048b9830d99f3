"""A whole station is calibrated: camera, vision, line and the process that is there only while somebody calibrates.

Its machine is simulated, and so is whoever holds the board under the camera.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.api.clerk import Clerk
from grader.api.settings import read_station
from grader.calibration.files import read_document
from grader.cli.demo_books import PIN, enter
from grader.cli.station_file import OWN_CALIBRATION, read_station_file
from grader.store.books import Books
from tests.system.station_process import GRADER, WAITS_S, ServeProcess, grader
from tests.system.test_api_line import STATION, screen_of
from tests.system.test_station import until


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(STATION.replace("sightings", "pixels"))
    read = read_station(path)
    with Books(read.books) as books:
        enter(Clerk(read, books, time.time_ns))
    return path


@pytest.fixture
def running(station: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [GRADER, "run", "--station", str(station), "--no-network"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until(process, "execute")
    yield process
    process.kill()
    process.communicate()


class Technician:
    """A manager at the touchscreen."""

    def __init__(self, served: ServeProcess, station: Path) -> None:
        self._served = served
        self._token = screen_of(served, station)
        served.ask("/api/v1/sessions/operator", self._token, {"name": "Zhao", "pin": PIN})

    def give(self, **command: object) -> dict[str, Any]:
        said: dict[str, Any] = self._served.ask("/api/v1/commands", self._token, {"command": command})
        return said

    def until(self, so: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The line, once it is so."""
        end_s = time.monotonic() + 2 * WAITS_S
        line: dict[str, Any] = {}
        while time.monotonic() < end_s:
            line = self._served.ask("/api/v1/state", self._token)["line"] or {}
            if line and so(line):
                return line
        raise AssertionError(json.dumps(line.get("calibration")))

    def passed(self, step: str) -> dict[str, Any]:
        """Open a step and wait until it has passed."""
        self.give(kind="open_calibration", step=step)
        line = self.until(lambda one: calibrates(one, step) and one["calibration"]["standing"] == "passed")
        found: dict[str, Any] = line["calibration"]
        return found


def calibrates(line: dict[str, Any], step: str) -> bool:
    return line["calibration"] is not None and line["calibration"]["step"] == step


@pytest.mark.usefixtures("running")
def test_a_standing_station_is_calibrated_step_by_step_and_takes_it_up_at_its_next_start(
    station: Path, served: ServeProcess
) -> None:
    technician = Technician(served, station)
    technician.give(kind="stop")
    technician.until(lambda line: line["state"] == 2)
    technician.give(kind="set_mode", mode=3)
    assert technician.passed("focus")["advice"] == "fix_lens"
    assert technician.passed("camera")["views"] == 12
    own = station.with_name(OWN_CALIBRATION)
    found = technician.passed("belt_plane")
    assert not own.exists()
    technician.give(kind="save_calibration", step="belt_plane", result=found["result"])
    technician.until(lambda line: "belt_plane" in line["calibration"]["saved"])
    found = technician.passed("belt_colour")
    technician.give(kind="save_calibration", step="belt_colour", result=found["result"])
    line = technician.until(lambda line: "belt_colour" in line["calibration"]["saved"])
    document = read_document(own)
    assert document.belt.height_mm == pytest.approx(450, abs=0.5)
    assert (line["calibration"]["last"]["hash"], line["calibration"]["last"]["in_use"]) == (
        document.content_hash(),
        False,
    )
    assert read_station_file(station).calibration == own
    technician.give(kind="set_mode", mode=1)
    technician.until(lambda line: line["calibration"] is None)
    listed = served.ask(
        "/api/v1/audit?limit=100", grader("api", "key", "create", "--scope", "read", "--station", str(station))
    )
    saved = [one for one in listed["items"] if one["what"] == "command.save_calibration"]
    assert [one["who"] for one in saved] == ["Zhao", "Zhao"]
