"""The highest rate that the running line sustains: raised, at one belt speed, until the first late fruit.

    .venv/bin/python benchmarks/line_throughput.py

Twice: with the journal on the disk, which is what a station does, and with the journal in memory, which shows what the
processors sustain where the disk is what limits it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.disk import MEMORY, DiskAlone
from benchmarks.figures import FOLDER, provenance, publish
from benchmarks.table import markdown
from grader.cli.canvas import BLACK, GREEN, RED, Panel, blank

GRADER = Path(sys.executable).with_name("grader")
RATES = (10, 20, 30, 40, 50, 64, 80, 100, 128)
FEW_DROPPED = 0.01
"""A computer that does not keep up drops frames by the dozen; a single one is a hiccup of the host."""
FIGURE = FOLDER / "line-throughput.png"
SIZE_PX = (760, 420)

Run = dict[str, Any]


def main() -> None:
    """Run, print, draw, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=20, help="of running belt at each rate")
    parser.add_argument("--speed-m-s", type=float, default=1.0)
    arguments = parser.parse_args()
    sweeps = {"disk": _sweep(arguments, None)}
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        sweeps["memory"] = _sweep(arguments, Path(folder))
    headings = (
        "journal on", "fruit/s asked", "recorded", "late", "frames dropped", "p50 ms", "p99 ms", "p99.9 ms",
        "disk alone, longest ms", "diameter p95 mm", "wrong tray",
    )  # fmt: skip
    rows = [[where, *_row(run)] for where, runs in sweeps.items() for run in runs]
    best = {where: _best(runs) for where, runs in sweeps.items()}
    said = [
        f"Journal on {where}: {best[where]:.0f} fruit/s sustained. {_limit(runs[-1])}" for where, runs in sweeps.items()
    ]
    table = "\n\n".join([markdown(headings, rows), *said])
    print(table)
    _draw(sweeps["memory"], arguments.speed_m_s)
    about = {
        **provenance(),
        "pictures": f"simulated, rendered on the same cores while the line runs, {arguments.speed_m_s} m/s",
        "seconds at each rate": arguments.seconds,
        "chart": "with the journal in memory",
    }
    record = {"runs": sweeps, "sustained": best["disk"], "sustained_in_memory": best["memory"]}
    publish("line-throughput", about, "Throughput of the running line", table, record)


def _sweep(arguments: argparse.Namespace, journals: Path | None) -> list[Run]:
    """Runs at rising rates up to the first that is not sustained; their journals in the folder `journals`."""
    runs: list[Run] = []
    for rate in RATES:
        with DiskAlone() as disk:
            run = _run(rate, arguments.speed_m_s, arguments.seconds, journals)
        runs.append({**run, "disk_longest_ms": float(disk.waited_ms.max())})
        print(_row(runs[-1]), flush=True)
        if not _sustained(runs[-1]):
            break
    return runs


def _best(runs: list[Run]) -> float:
    return max((run["fruit_per_s"] for run in runs if _sustained(run)), default=0.0)


def _run(rate: float, speed_m_s: float, seconds: float, journals: Path | None) -> Run:
    command = [str(GRADER), "demo", "--headless", "--no-page", "--json", "--seconds", str(seconds)]
    command += ["--speed-m-s", str(speed_m_s), "--fruit-per-s", str(rate)]
    if journals is not None:
        command += ["--journal", str(journals / f"{rate}.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    run: Run = json.loads(done.stdout.splitlines()[-1])
    return {"asked": rate, **run}


def _sustained(run: Run) -> bool:
    frames = run["frames"]
    return not (run["late"] or run["wrong_delivery"]) and frames["dropped"] <= FEW_DROPPED * frames["seen"]


def _limit(run: Run) -> str:
    """What the last run says of the bottleneck."""
    if _sustained(run):
        return "No rate tried was too high: the lanes hold no more fruit."
    if not run["late"]:
        return "What limits it: frames are dropped, since making and measuring them takes all of the two cores."
    return (
        "What limits it: a decision came too late for the first ejector. In these seconds the disk alone took up to "
        f"{run['disk_longest_ms']:.0f} ms for a record."
    )


def _row(run: Run) -> list[str]:
    latency = run["latency_ms"]
    return [
        f"{run['asked']:g}",
        f"{run['fruit']} ({run['fruit_per_s']:.1f}/s)",
        str(run["late"]),
        f"{run['frames']['dropped']} of {run['frames']['seen'] + run['frames']['dropped']}",
        *(f"{latency[name]:.0f}" for name in ("p50", "p99", "p999")),
        f"{run['disk_longest_ms']:.0f}",
        f"{run['diameter_error_mm']['p95']:.2f}",
        str(run["wrong_delivery"]),
    ]


def _draw(runs: list[Run], speed_m_s: float) -> None:
    rates = np.array([run["fruit_per_s"] for run in runs])
    picture = blank(*SIZE_PX)
    panel = Panel(picture, (0, 0, *SIZE_PX))
    curves = {name: np.array([run["latency_ms"][name] for run in runs]) for name in ("p50", "p99", "p999")}
    panel.axes((0.0, float(rates.max()) * 1.1), (0.0, float(max(curve.max() for curve in curves.values())) * 1.1))
    panel.label(f"exposure to durable record, ms, against fruit/s at {speed_m_s:g} m/s; median, 99 %, 99.9 %")
    for curve, colour in zip(curves.values(), (GREEN, BLACK, RED), strict=True):
        panel.curve(rates, curve, colour)
        panel.points(rates, curve, colour)
    cv2.imwrite(str(FIGURE), picture)


if __name__ == "__main__":
    main()
