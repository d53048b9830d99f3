"""A whole station on lines of the kernel: started by hand, emergency stop, a killed ejection process."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.gpio_sim import THERE, SimulatedChip

pytestmark = pytest.mark.skipif(not THERE, reason="gpio-sim is in the kernel of make test-hardware alone")

ROOT = Path(__file__).parents[2]
GRADER = [sys.executable, "-c", "import sys; from grader.cli.main import main; sys.exit(main())"]
DEMO = ROOT / "examples" / "demo"
E_STOP, BELT, BUZZER, WATCHDOG = 16, 20, 27, 22
STATION = """
calibration = "calibration.json"
[hardware]
kind = "iron"
[hardware.camera]
kind = "folder"
path = "{pictures}"
size_px = [1456, 1088]
frames_per_s = 2.0
[hardware.gpio]
chip = "grader-station"
encoder_a = 4
encoder_b = 5
valves.super = [6]
exits.super = [11]
e_stop_released = 16
belt = 20
infeed = 21
watchdog = 22
buzzer = 27
[profile.lanes]
centres_mm = [0.0]
[[profile.ejectors]]
outlet = "super"
at_mm = 400.0
delay_ms = [12.0]
"""
SLOW_S = 240.0
"""That kernel has one processor, at a tenth of the host's speed."""


def grader(*words: object) -> str:
    done = subprocess.run([*GRADER, *map(str, words)], capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file, with a calibration of its own."""
    folder = tmp_path_factory.mktemp("station")
    calibration = folder / "calibration.json"
    boards = sorted((DEMO / "boards").glob("board_0*.jpg"))
    board = ("--board", "9x7", "--square-mm", 25, "--marker-mm", 18, "--dictionary", "DICT_5X5_100")
    grader("calibrate", "camera", *boards, *board, "--belt-view", DEMO / "boards" / "board_belt.jpg", "-o", calibration)
    grader("calibrate", "belt", DEMO / "empty_black.jpg", "--calibration", calibration)
    path = folder / "station.toml"
    path.write_text(STATION.format(pictures=DEMO / "black-belt"))
    return path


@pytest.fixture
def chip() -> Iterator[SimulatedChip]:
    chip = SimulatedChip("grader-station")
    yield chip
    chip.close()


def until(chip: SimulatedChip, station: Path, state: str, run: "subprocess.Popen[str]") -> str:
    """Wait until `tell` finds the machine in that state; the emergency stop's contact is held closed meanwhile."""
    said, until_s = "", time.monotonic() + SLOW_S
    while time.monotonic() < until_s:
        assert run.poll() is None, run.communicate()[0]
        chip.pull(E_STOP, up=True)
        said = grader("tell", "acknowledge", "--alarm", "none", "--station", station)
        if f"({state})" in said:
            return said
        time.sleep(1)
    raise AssertionError(f"{said} is not {state}")


def test_a_dry_run_starts_all_of_it_and_switches_nothing(station: Path, chip: SimulatedChip) -> None:
    run = subprocess.Popen(
        [*GRADER, "run", "--station", str(station), "--dry", "--no-network"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
    )  # fmt: skip
    edges = 0
    while run.poll() is None:
        chip.pull(E_STOP, up=True)
        edges += chip.value(BELT) or chip.value(WATCHDOG) or chip.value(BUZZER)
        time.sleep(0.2)
    said, _ = run.communicate()
    assert "nothing was switched" in said, said
    assert edges == 0


def test_it_is_started_by_hand_stopped_by_the_emergency_stop_and_survives_its_ejection_process(
    station: Path, chip: SimulatedChip
) -> None:
    run = subprocess.Popen(
        [*GRADER, "run", "--station", str(station), "--no-network"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        until(chip, station, "Aborted", run)  # the line was pulled down until the contact closed
        for word, state in (("clear", "Stopped"), ("reset", "Idle")):
            grader("tell", word, "--station", station)
            until(chip, station, state, run)
        assert not chip.value(BELT)
        grader("tell", "start", "--station", station)
        wait_for(lambda: chip.value(BELT), "the belt runs after the warning")
        chip.pull(E_STOP, up=False)
        wait_for(lambda: not chip.value(BELT), "the belt has no power")
        pids = dict(re.findall(r"(\w+) (\d+)", (station.parent / "run" / "pids").read_text()))
        os.kill(int(pids["ejection"]), signal.SIGKILL)
        wait_for(lambda: fed(chip), "a new ejection process feeds the watchdog")
        assert not chip.value(BELT)
    finally:
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=SLOW_S)
    assert run.returncode == 0, said


def fed(chip: SimulatedChip) -> bool:
    """Whether the watchdog's line changes."""
    levels = set()
    for _ in range(30):
        levels.add(chip.value(WATCHDOG))
        time.sleep(0.02)
    return len(levels) > 1


def wait_for(seen, what: str) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - a question
    until_s = time.monotonic() + SLOW_S
    while not seen():
        assert time.monotonic() < until_s, what
        time.sleep(0.005)
