"""How late jets fire: the ejection process as in a station, on the real clock, beside processes that load the CPU.

The encoder is the clock itself (a belt of constant speed), so that all error is the process's. Each shot's error is the
moment at which its valve was told to open, against the moment at which the belt was where it should be told.

    python benchmarks/firing.py [--shots 10000]
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from functools import partial
from multiprocessing.context import SpawnProcess
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from grader.grading import Outlet
from grader.hardware.iron import ExitPulse, IronState, Power
from grader.line.ejection import Fate, Report, Shot
from grader.line.processes import ejecting
from grader.line.processes.links import Link, connect, wait
from grader.line.processes.messages import Arm
from grader.line.profile import StationProfile

SPEED_MM_S = 300.0
SHOTS_S = 100.0
DELAY_S, PULSE_S = 0.012, 0.015
AHEAD_S = 5.0
"""Shots are armed so long before they are due: the line that does it here has no priority, and is made to wait."""
WITHIN_MM = 10.0
SOON_S = 0.2
SHARES = (50, 99, 99.9, 100)


class ClockIron:
    """A belt that runs at constant speed since `begins_s`, and valves that note when they were told to open."""

    def __init__(self, begins_s: float, opened: Any, number: Any) -> None:  # noqa: ANN401 - ctypes makes the types
        self._begins_s, self._opened, self._number = begins_s, opened, number

    def poll(self) -> tuple[IronState | None, list[ExitPulse]]:
        """The belt now, in whole counts."""
        now_s = time.monotonic()
        count = int((now_s - self._begins_s) * SPEED_MM_S / StationProfile().encoder.mm_per_count)
        return IronState(count, SPEED_MM_S, now_s), []

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float) -> None:
        """Note it."""
        assert outlet is not None  # noqa: S101 - the arguments of a valve
        assert lane + pulse_s >= 0  # noqa: S101
        self._opened[self._number.value] = time.monotonic()
        self._number.value += 1

    def power(self, power: Power) -> None:
        """Nothing has any."""

    def fileno(self) -> int:
        """Nothing to wait for."""
        return -1

    def close(self) -> None:
        """Nothing to let go of."""


def load(threads: int) -> list[SpawnProcess]:
    """So many processes that compute without a pause."""
    busy = [multiprocessing.get_context("spawn").Process(target=compute, daemon=True) for _ in range(threads)]
    for process in busy:
        process.start()
    return busy


def compute() -> None:
    """Matrices and plain Python, for ever."""
    matrix = np.random.default_rng(0).random((400, 400))
    while True:
        matrix = matrix @ matrix
        matrix /= np.abs(matrix).max()
        sum(range(20_000))


def measure(shots: int, *, punctual: bool) -> tuple[np.ndarray[Any, np.dtype[np.float64]], int]:
    """Errors in seconds, late positive, and how many shots were refused as late."""
    context = multiprocessing.get_context("spawn")
    opened, number = RawArray("d", shots + 1), RawValue("l", 0)
    begins_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="grader-firing-") as name:
        folder = Path(name)
        run = partial(ejecting.run, punctual=punctual)
        iron = partial(ClockIron, begins_s, opened, number)
        process = context.Process(target=run, args=(folder, StationProfile(), iron), daemon=True)
        process.start()
        try:
            fired, late = fire(folder, shots, begins_s)
        finally:
            process.kill()
            process.join()
    lead_mm = SPEED_MM_S * (DELAY_S + PULSE_S / 2)
    due_s = np.array([begins_s + (shot.hit_mm - lead_mm) / SPEED_MM_S for shot in fired])
    return np.array(opened[: len(fired)]) - due_s, late


def fire(folder: Path, shots: int, begins_s: float) -> tuple[list[Shot], int]:
    """Play the line: arm shots at places that fall between counts, and hear what became of them."""
    generator = np.random.default_rng(1)
    link = _link(folder)
    fired: list[Shot] = []
    late = armed = 0
    next_s = time.monotonic() + 1.0
    while len(fired) + late < shots:
        now_s = time.monotonic()
        next_s = max(next_s, now_s + SOON_S)  # a line that was made to wait has a gap in its fruit
        while armed < shots and next_s < now_s + AHEAD_S:
            hit_mm = (next_s - begins_s) * SPEED_MM_S + SPEED_MM_S * (DELAY_S + PULSE_S / 2)
            link.send(Arm(Shot(armed, Outlet.SUPER, 0, hit_mm, DELAY_S, PULSE_S)))
            armed += 1
            next_s += float(generator.uniform(0.5, 1.5)) / SHOTS_S
        link.send(Power())
        for message in link.receive():
            if isinstance(message, Report):
                fired += [message.shot] if message.fate is Fate.FIRED else []
                late += message.fate is Fate.LATE
        wait([link], 0.02)
    return fired, late


def _link(folder: Path) -> Link:
    while (link := connect(folder, "ejection", "line")) is None:
        time.sleep(0.05)
    return link


def fastest_m_s(error_s: float) -> float:
    """The belt speed at which that error is 10 mm."""
    return WITHIN_MM / 1000 / error_s


def main() -> None:
    """Measure with and without real-time priority, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=10_000)
    options = parser.parse_args()
    processors = len(os.sched_getaffinity(0))
    others = os.getloadavg()[0]
    rows, content = [], []
    for name, punctual in (("SCHED_FIFO 50", True), ("ordinary", False)):
        busy = load(processors)
        try:
            errors_s, late = measure(options.shots, punctual=punctual)
        finally:
            for process in busy:
                process.kill()
        ms = [float(np.percentile(errors_s, share)) * 1000 for share in SHARES]
        speed_m_s = fastest_m_s(ms[2] / 1000)
        refused = f"{late} of {len(errors_s) + late}"
        rows.append((name, *(f"{value:.2f} ms" for value in ms), refused, f"{speed_m_s:.1f} m/s"))
        content.append({"priority": name, "ms": ms, "late": late, "shots": len(errors_s) + late})
        print(rows[-1], flush=True)
    columns = ("priority", "median", "99 %", "99.9 %", "most", "refused as late", "± 10 mm at 99.9 % up to")
    table = markdown(columns, rows)
    print(table)
    about = {
        **provenance(),
        "measured": f"from asked encoder position to the valve's command, {SPEED_MM_S:g} mm/s, {SHOTS_S:g} shots/s, a "
        f"process of its own beside {processors} that compute without a pause on {processors} processors; load average "
        f"before that {others:.1f} (others used the machine). Wires and valve are not in it",
    }
    publish("firing", about, "How late a jet is told to open", table, {"rows": content})


if __name__ == "__main__":
    main()
