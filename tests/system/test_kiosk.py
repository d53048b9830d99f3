"""The kiosk: its unit comes back whatever happens; its browser gets a token that nobody else sees."""

import os
import re
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.system.station_process import GRADER, WAITS_S, ServeProcess

UNIT = Path("config/systemd/user/grader-kiosk.service")


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "the 100 % station.toml"
    path.write_text("[api]\n")
    return path


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def kiosk(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command, for a user whose home and programs are below `home`."""
    programs = f"{home / 'bin'}:/usr/bin:/bin"
    places = {"XDG_CONFIG_HOME": home / "config", "XDG_DATA_HOME": home / "data", "PATH": programs}
    environment = os.environ | {name: str(place) for name, place in places.items()}
    return subprocess.run(
        [GRADER, "kiosk", *words], capture_output=True, text=True, check=False, timeout=WAITS_S, env=environment
    )


def test_dry_run_prints_the_unit_and_changes_nothing(station: Path, tmp_path: Path) -> None:
    said = kiosk(tmp_path, "install", "--station", str(station), "--dry-run")
    assert (said.returncode, said.stderr) == (0, "")
    first, text = said.stdout.split("\n", 1)
    assert first == f"# {tmp_path / UNIT}"
    unit = ConfigParser(interpolation=None, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    unit.read_string(text)
    service = unit["Service"]
    assert (service["Restart"], service["RestartSec"], unit["Unit"]["StartLimitIntervalSec"]) == ("always", "2", "0")
    assert f'"{str(station).replace("%", "%%")}"' in service["ExecStart"]
    assert not (tmp_path / "config").exists()


def test_install_writes_the_unit_and_enables_it(station: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "chromium", "exit 0")
    program(tmp_path / "bin", "systemctl", f'echo "$@" >> {tmp_path}/asked')
    dry = kiosk(tmp_path, "install", "--station", str(station), "--dry-run").stdout.split("\n", 1)[1]
    for _ in range(2):
        said = kiosk(tmp_path, "install", "--station", str(station))
        assert said.returncode == 0, said.stderr
        assert (tmp_path / UNIT).read_text() == dry
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[:2] == ["--user daemon-reload", "--user enable grader-kiosk.service"]


def test_what_systemd_refuses_is_a_sentence(station: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "chromium", "exit 0")
    program(tmp_path / "bin", "systemctl", "echo no bus >&2; exit 1")
    said = kiosk(tmp_path, "install", "--station", str(station))
    assert (said.returncode, "no bus" in said.stderr) == (2, True)


def test_the_browser_is_led_to_the_page_by_a_file_that_only_its_user_reads(
    station: Path, served: ServeProcess, tmp_path: Path
) -> None:
    program(tmp_path / "bin", "chromium", f'printf "%s\\n" "$@" > {tmp_path}/words')
    said = kiosk(tmp_path, "run", "--station", str(station), "--port", str(served.port))
    assert said.returncode == 0, said.stderr
    words = (tmp_path / "words").read_text().splitlines()
    page = tmp_path / "data" / "grader" / "kiosk" / "begin.html"
    assert ("--kiosk" in words, words[-1]) == (True, page.as_uri())
    assert page.stat().st_mode & 0o777 == 0o600
    found = re.search(rf"url=http://127\.0\.0\.1:{served.port}/\?token=([^\"]+)", page.read_text())
    assert found is not None
    assert not any(found[1] in word for word in words)
    assert served.ask("/api/v1/sessions/screen", "", {"token": found[1]})["at_the_machine"] is True


def test_without_a_web_process_it_fails_so_that_systemd_tries_again(station: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "chromium", "exit 0")
    said = kiosk(tmp_path, "run", "--station", str(station))
    assert (said.returncode, "error:" in said.stderr) == (2, True)
