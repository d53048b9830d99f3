"""`grader bench station`: what a computer does of a station's work, for somebody who has one that we have not."""

import json
import os
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import numpy as np

from grader.cli.disk_timing import seconds_until_safe
from grader.hardware.quadrature import FORWARD, Quadrature
from grader.line.processes.realtime import be_punctual

EDGES = 300_000
EDGES_S = 3000
WAKES = 3000
WAKE_S = 0.002
SYNCS = 200
WHERE = "send these lines with /proc/cpuinfo as an issue of the project"


@click.command()
@click.option(
    "--folder", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(), help="Of a journal."
)
@click.option("--json", "as_json", is_flag=True, help="One line for programs.")
def station(folder: Path, *, as_json: bool) -> None:
    """Time what a station's processes do besides vision (grader bench vision does that): edges, waking up, the disk."""
    figures = {
        "machine": _machine(),
        "encoder_share_of_a_core": round(_edges_share(), 4),
        **_in_a_child(_wakes_ms),
        **_syncs_ms(folder),
    }
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name:<28} {value}")
    click.echo(WHERE)


def _edges_share() -> float:
    """Of one core, for counting 3,000 edges a second (without the kernel's part)."""
    counter = Quadrature(a=False, b=False)
    began_s = time.process_time()
    for number in range(1, EDGES + 1):
        track, rises = FORWARD[(number - 1) % 4]
        counter.edge(track, rises=rises, at_ns=number * 333_333, number=number)
    return (time.process_time() - began_s) / EDGES * EDGES_S


def _wakes_ms() -> dict[str, object]:
    """How late a process wakes from a sleep to a moment: what a jet's lateness is made of."""
    punctual = be_punctual()
    late_ms = []
    due_s = time.monotonic()
    for _ in range(WAKES):
        due_s = max(due_s + WAKE_S, time.monotonic())
        time.sleep(max(due_s - time.monotonic(), 0))
        late_ms.append((time.monotonic() - due_s) * 1000)
    return {"real_time_priority": punctual, **_quantiles("wakes_late_ms", late_ms)}


def _syncs_ms(folder: Path) -> dict[str, object]:
    """How long 8 kB take to be safe."""
    return _quantiles("safe_after_ms", [took_s * 1000 for took_s in seconds_until_safe(folder, SYNCS)])


def _quantiles(name: str, values: list[float]) -> dict[str, object]:
    return {f"{name}_p{share:g}": round(float(np.percentile(values, share)), 3) for share in (50, 99, 99.9)}


def _in_a_child(measure: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Priority and the collector's rest end with the process that asked for them."""
    from multiprocessing import get_context  # noqa: PLC0415 - no other command of this group has children

    context = get_context("spawn")
    near, far = context.Pipe()
    child = context.Process(target=partial(_say, far, measure))
    child.start()
    said: dict[str, object] = near.recv()
    child.join()
    return said


def _say(pipe, measure: Callable[[], dict[str, object]]) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - a pipe
    pipe.send(measure())


def _machine() -> str:
    model = Path("/proc/device-tree/model")
    name = model.read_text().strip("\0\n") if model.exists() else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
