"""The systemd units: systemd knows every key (it only warns of one that it does not), and they say what they must."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))


def read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # systemd's keys have capitals
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_knows_every_key(path: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    there = tmp_path / path.name
    text = path.read_text()
    for program in ("bin/settings", ".venv/bin/grader"):  # it looks whether they are there
        text = text.replace(f"/opt/strawberry-grader/current/{program}", "/bin/true")
    there.write_text(text)
    command = [shutil.which("systemd-analyze") or "", "verify", str(there)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    about = [line for line in done.stderr.splitlines() if there.name in line and "User" not in line]
    assert about == []


def test_the_station_restarts_without_limit_and_is_watched() -> None:
    unit = read(next(path for path in UNITS if path.name == "strawberry-grader.service"))
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    service = unit["Service"]
    assert (service["Type"], service["Restart"], service["WatchdogSec"]) == ("notify", "always", "10")
    assert service["Environment"].startswith("PYTHONDONTWRITEBYTECODE=1")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_no_unit_runs_as_root_or_writes_elsewhere(path: Path) -> None:
    service = read(path)["Service"]
    assert service["User"] == "grader"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == "/var/lib/strawberry-grader"
    assert service["CapabilityBoundingSet"] == ""
