"""GPIO lines of the kernel: who holds them, what becomes of them at SIGKILL, what is said when they cannot be had."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading import Outlet
from grader.hardware.drivers.gpio_encoder import EVENTS, GpioEncoder
from grader.hardware.drivers.gpio_lines import GpioError, chip_path
from grader.hardware.drivers.gpio_switches import GpioDrive, GpioLampTower, GpioValves
from grader.hardware.lamp_tower import Buzzer, Lamp, Signal
from grader.hardware.quadrature import FORWARD
from grader.hardware.wiring import Wiring
from tests.hardware.gpio_sim import THERE, SimulatedChip
from tests.hardware.lateness import Lateness

pytestmark = pytest.mark.skipif(not THERE, reason="gpio-sim is in the kernel of make test-hardware alone")

WIRING = {
    "chip": "grader-kernel", "encoder_a": 4, "encoder_b": 5, "valves": {"super": [6]}, "exits": {"super": [11]},
    "e_stop_released": 16, "belt": 20, "infeed": 21, "watchdog": 22, "lamp_red": 23, "lamp_green": 24, "buzzer": 27,
}  # fmt: skip
HOLDER = """
import sys, time, pathlib
from grader.hardware.drivers.gpio_bench import open_bench
from grader.hardware.drivers.gpio_encoder import GpioEncoder
from grader.hardware.iron import Power
from grader.hardware.quadrature import FORWARD
from grader.hardware.wiring import Wiring
from grader.grading import Outlet
wiring = Wiring.model_validate_json(sys.argv[1])
bench = open_bench(wiring, 0.1, pathlib.Path(sys.argv[2]), 300.0, lambda: GpioEncoder(wiring))
until = time.monotonic() + 60
held = False
while time.monotonic() < until:
    bench.poll()
    bench.power(Power(belt_mm_s=300.0, valves_enabled=True))
    bench.open_valve(Outlet.SUPER, 0, 60.0)
    if not held and bench._safe:
        held = True
        print("held", flush=True)
    time.sleep(0.005)
"""


@pytest.fixture
def chip() -> Iterator[SimulatedChip]:
    chip = SimulatedChip("grader-kernel")
    yield chip
    chip.close()


@pytest.fixture
def wiring() -> Wiring:
    return Wiring.model_validate(WIRING)


def test_killed_the_kernel_takes_the_power_of_belt_and_valves_within_50_ms(
    chip: SimulatedChip, wiring: Wiring, tmp_path: Path
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, wiring.model_dump_json(), str(tmp_path / "odometer")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    time.sleep(1)
    until_s = time.monotonic() + 60
    while not (chip.value(20) and chip.value(6)) and time.monotonic() < until_s:
        try:
            chip.pull(16, up=True)  # again and again: the driver pulls it down when it begins
        finally:
            time.sleep(0.1)
    assert (chip.value(20), chip.value(6)) == (True, True)
    with Lateness() as lateness:
        holder.kill()
        killed_s = time.monotonic()
        while (chip.value(20) or chip.value(6)) and time.monotonic() - killed_s < 10:
            pass
        took_s = time.monotonic() - killed_s
    holder.communicate()
    assert (chip.value(20), chip.value(6)) == (False, False)
    assert took_s - lateness.seconds <= 0.05


def test_a_line_that_another_has_is_a_sentence(chip: SimulatedChip, wiring: Wiring) -> None:
    assert chip_path("grader-kernel") == chip.path
    drive = GpioDrive(wiring)
    with pytest.raises(GpioError, match="another program has one of them"):
        GpioDrive(wiring)
    drive.close()
    drive.close()
    GpioDrive(wiring).close()


def test_a_line_that_is_not_there_is_a_sentence(chip: SimulatedChip, wiring: Wiring) -> None:
    assert chip.path
    far = wiring.model_copy(update={"belt": wiring.belt.model_copy(update={"line": 200})})
    with pytest.raises(GpioError, match="has not all of the lines of belt"):
        GpioDrive(far)


def test_a_chip_that_is_not_there_is_named_with_those_that_are(chip: SimulatedChip) -> None:
    assert chip.path
    with pytest.raises(GpioError, match="grader-kernel"):
        chip_path("pinctrl-rp1")


def test_jogged_a_drive_without_a_slow_speed_stands(chip: SimulatedChip, wiring: Wiring) -> None:
    drive = GpioDrive(wiring)
    drive.run(belt=True, slowly=True, infeed=True)
    assert (chip.value(20), chip.value(21)) == (False, False)
    drive.run(belt=True, slowly=False, infeed=True)
    assert (chip.value(20), chip.value(21)) == (True, True)
    drive.close()
    assert (chip.value(20), chip.value(21)) == (False, False)


def test_a_colour_without_a_lamp_is_shown_by_all_that_there_are(chip: SimulatedChip, wiring: Wiring) -> None:
    tower = GpioLampTower(wiring)
    shown = {}
    for lamp in (Lamp.RED, Lamp.GREEN, Lamp.BLUE):
        tower.show(Signal(lamp, flashes=False, buzzer=Buzzer.OFF), 0.0)
        shown[lamp] = chip.value(23), chip.value(24)
    tower.show(Signal(Lamp.RED, flashes=True, buzzer=Buzzer.WARNING), 0.75)
    assert shown == {Lamp.RED: (True, False), Lamp.GREEN: (False, True), Lamp.BLUE: (True, True)}
    assert (chip.value(23), chip.value(24), chip.value(27)) == (False, False, True)
    tower.close()


def test_a_valve_is_shut_at_the_end_of_its_pulse(chip: SimulatedChip, wiring: Wiring) -> None:
    valves = GpioValves(wiring)
    valves.open(Outlet.SUPER, 0, 0.015, now_s=10.0)
    valves.step(10.014)
    assert chip.value(6)
    valves.step(10.015)
    assert not chip.value(6)
    valves.close()


def test_edges_that_the_kernel_dropped_are_noticed(chip: SimulatedChip, wiring: Wiring) -> None:
    """More edges than it keeps, while nobody reads."""
    encoder = GpioEncoder(wiring)
    for nth in range(EVENTS + 76):
        track, up = FORWARD[nth % 4]
        chip.pull((4, 5)[track], up=up)
        time.sleep(0.011)  # a tick: two edges of one line in the same are none
    reading = encoder.poll()
    encoder.close()
    assert reading.lost >= 1
    assert abs(reading.count - (EVENTS + 76)) <= 4
