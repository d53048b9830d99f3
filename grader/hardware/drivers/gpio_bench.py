"""The bench of a station whose devices hang on GPIO lines."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from grader.hardware.bench import Bench, Devices
from grader.hardware.drivers.gpio_inputs import GpioInputs
from grader.hardware.drivers.gpio_switches import GpioDrive, GpioLampTower, GpioValves, GpioWatchdog
from grader.hardware.encoder import Encoder
from grader.hardware.odometer import Odometer
from grader.hardware.wiring import Wiring


def open_bench(
    wiring: Wiring, mm_per_count: float, odometer: Path, full_mm_s: float, open_encoder: Callable[[], Encoder]
) -> Bench:
    """All of it, or an error and none of it.

    `odometer`: file of the count. `full_mm_s`: below it the belt is jogged.
    """
    with ExitStack() as stack:
        drive = GpioDrive(wiring)
        stack.callback(drive.close)
        valves = GpioValves(wiring)
        stack.callback(valves.close)
        lamps = GpioLampTower(wiring)
        stack.callback(lamps.close)
        watchdog = GpioWatchdog(wiring)
        stack.callback(watchdog.close)
        inputs = GpioInputs(wiring)
        stack.callback(inputs.close)
        encoder = open_encoder()
        stack.pop_all()
    return Bench(
        Devices(encoder=encoder, inputs=inputs, valves=valves, drive=drive, lamps=lamps, watchdog=watchdog),
        mm_per_count,
        Odometer(odometer),
        full_mm_s,
    )
