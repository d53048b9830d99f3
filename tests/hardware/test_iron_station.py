"""A whole station on lines of the kernel: all of its processes start. That kernel is too slow to run its belt."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.line.processes.supervising import HUNG_S
from tests.hardware.gpio_sim import THERE, SimulatedChip

NEEDS_CHIP = pytest.mark.skipif(
    not THERE or "GRADER_WHOLE_STATION" not in os.environ,
    reason="GRADER_WHOLE_STATION=1 make test-hardware tries it: that kernel has one processor and a tick of 10 ms, and "
    "on a computer that others use the supervisor ended the line as one that hangs",
)

ROOT = Path(__file__).parents[2]
GRADER = [sys.executable, "-c", "import sys; from grader.cli.main import main; sys.exit(main())"]
DEMO = ROOT / "examples" / "demo"
E_STOP, LAMP = 16, 23
OUTPUTS = (6, 20, 21, 22, LAMP, 27)
LOOK_S = 0.05
"""A lamp that flashes is lit for 500 ms, a watchdog that is fed for every other 50: of some looks one sees it."""
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
lamp_red = 23
buzzer = 27
[profile.lanes]
centres_mm = [0.0]
[[profile.ejectors]]
outlet = "super"
at_mm = 400.0
delay_ms = [12.0]
"""


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


@pytest.fixture(scope="module")
def loads_in_time() -> None:
    """Skips where nothing of a whole station can be told: all of its processes share that kernel's one processor."""
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-c", "import grader.line.processes.deciding"], check=True, cwd=ROOT)
    took_s = time.monotonic() - began_s
    if took_s > HUNG_S / 2:
        pytest.skip(
            f"to load one process takes {took_s:.0f} s on this computer now, and the supervisor ends one that says "
            f"nothing for {HUNG_S:g} s"
        )


@pytest.fixture
def chip() -> Iterator[SimulatedChip]:
    chip = SimulatedChip("grader-station")
    yield chip
    chip.close()


@NEEDS_CHIP
@pytest.mark.usefixtures("loads_in_time")
def test_a_dry_run_starts_all_of_it_and_switches_nothing(station: Path, chip: SimulatedChip) -> None:
    run = subprocess.Popen(
        [*GRADER, "run", "--station", str(station), "--dry", "--no-network"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
    )  # fmt: skip
    switched: set[int] = set()
    while run.poll() is None:
        chip.pull(E_STOP, up=True)
        switched |= {line for line in OUTPUTS if chip.value(line)}
        time.sleep(LOOK_S)
    said, _ = run.communicate()
    assert "nothing was switched" in said, said
    assert switched == set()
    assert run.returncode == int("see above" in said), said


@NEEDS_CHIP
@pytest.mark.usefixtures("loads_in_time")
def test_a_run_that_is_not_dry_is_seen_to_switch(station: Path, chip: SimulatedChip, tmp_path: Path) -> None:
    """So that the test above would see it."""
    switched: set[int] = set()
    with (tmp_path / "said").open("w+") as said:
        run = subprocess.Popen([*GRADER, "run", "--station", str(station), "--no-network"], stderr=said, cwd=ROOT)
        try:
            while run.poll() is None and LAMP not in switched:
                chip.pull(E_STOP, up=True)
                switched |= {line for line in OUTPUTS if chip.value(line)}
                time.sleep(LOOK_S)
        finally:
            run.kill()
            run.wait()
        said.seek(0)
        assert LAMP in switched, said.read()


def test_a_dry_run_of_a_machine_that_is_not_there_says_so_and_ends_with_1(station: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "station.toml"
    text = station.read_text().replace("grader-station", "grader-nowhere")
    elsewhere.write_text(text.replace('"calibration.json"', f'"{station.parent / "calibration.json"}"'))
    run = subprocess.run(
        [*GRADER, "run", "--station", str(elsewhere), "--dry", "--no-network"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert "there is no GPIO chip 'grader-nowhere'" in run.stdout
    assert "not all processes have started" in run.stdout
    assert run.returncode == 1
