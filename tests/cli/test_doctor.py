"""`grader doctor`: each check is a line that says what to do, and one that fails is exit code 1."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.cli.doctor import computer
from grader.cli.doctor.finding import AilmentError, examine
from grader.cli.main import main

IRON = """
[hardware]
kind = "iron"
[hardware.camera]
kind = "folder"
path = "nothing"
[hardware.gpio]
chip = "no-such-chip"
encoder_a = 4
encoder_b = 5
valves.super = [6]
exits.super = [11]
e_stop_released = 16
belt = 20
watchdog = 22
buzzer = { line = 27, active_low = true }
"""


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(IRON)
    return path


def test_each_line_of_json_is_a_check_with_what_to_do(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--station", str(station), "--json", "--conformance"])
    findings = {line["check"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert code == 1
    assert all(set(finding) == {"check", "ok", "what_to_do"} for finding in findings.values())
    assert not findings["camera"]["ok"]
    assert "name a folder or a file" in findings["camera"]["what_to_do"]
    assert "no-such-chip" in findings["gpio"]["what_to_do"]
    assert "grader calibrate" in findings["calibration"]["what_to_do"]
    assert findings["model"]["ok"]
    assert not findings["camera gives_frames"]["ok"]
    assert {"clock", "disk", "memory", "priority", "journal", "printer", "network"} <= set(findings)


def test_the_wiring_is_drawn_from_the_profile(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--station", str(station), "--wiring"]) == 0
    said = capsys.readouterr().out
    assert "e_stop_released" in said
    assert "buzzer (inverted)" in said


def test_the_header_is_drawn_pin_by_pin(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    station.write_text(IRON.replace('chip = "no-such-chip"\n', ""))
    assert main(["doctor", "--station", str(station), "--wiring"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.strip().startswith("encoder_a -> GPIO4  7 o o 8") for line in lines)
    assert any(line.endswith("38 GPIO20 -> belt") for line in lines)


def test_a_simulated_station_has_no_wires(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "station.toml"
    path.write_text('rules = "cooperative"\n')
    assert main(["doctor", "--station", str(path), "--wiring"]) == 2
    assert 'kind = "iron"' in capsys.readouterr().err


def test_what_lies_in_memory_is_not_kept() -> None:
    with pytest.raises(AilmentError, match="lies in memory"):
        computer.disk(Path("/dev/shm"))  # noqa: S108 - memory, on purpose


def test_a_disk_that_answers_at_once_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)
    with pytest.raises(AilmentError, match="which no medium can"):
        computer.disk(tmp_path)


def test_a_clock_of_long_ago_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "OLDEST", datetime(2999, 1, 1, tzinfo=UTC))
    assert "set it" in examine("clock", computer.clock).what_to_do


def test_what_the_kernel_refuses_is_a_finding() -> None:
    finding = examine("x", lambda: Path("/no/such/file").read_text())
    assert not finding.ok
    assert "/no/such/file" in finding.what_to_do
