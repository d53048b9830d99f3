"""The highest rate that the running line sustains: raised, at one belt speed, until the first late fruit.

.venv/bin/python benchmarks/line_throughput.py
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from grader.cli.canvas import BLACK, GREEN, RED, Panel, blank
from benchmarks.figures import FOLDER, provenance, publish
from benchmarks.table import markdown

GRADER = Path(sys.executable).with_name("grader")
RATES = (10, 20, 30, 40, 50, 64, 80, 100, 128)
FIGURE = FOLDER / "line-throughput.png"
SIZE_PX = (760, 420)

Run = dict[str, Any]


def main() -> None:
    """Run, print, draw, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=20, help="of running belt at each rate")
    parser.add_argument("--speed-m-s", type=float, default=1.0)
    arguments = parser.parse_args()
    runs: list[Run] = []
    for rate in RATES:
        runs.append(_run(rate, arguments.speed_m_s, arguments.seconds))
        print(_row(runs[-1]), flush=True)
        if not _sustained(runs[-1]):
            break
    headings = (
        "fruit/s asked", "recorded", "late", "frames dropped", "p50 ms", "p99 ms", "p99.9 ms", "diameter p95 mm",
        "wrong tray",
    )  # fmt: skip
    best = max((run["fruit_per_s"] for run in runs if _sustained(run)), default=0.0)
    table = markdown(headings, [_row(run) for run in runs]) + f"\n\nSustained: {best:.0f} fruit/s. {_limit(runs[-1])}"
    print(table)
    _draw(runs, arguments.speed_m_s)
    about = {
        **provenance(),
        "pictures": f"simulated, rendered on the same cores while the line runs, {arguments.speed_m_s} m/s",
        "seconds at each rate": arguments.seconds,
    }
    publish("line-throughput", about, "Throughput of the running line", table, {"runs": runs, "sustained": best})


def _run(rate: float, speed_m_s: float, seconds: float) -> Run:
    command = [str(GRADER), "demo", "--headless", "--json", "--seconds", str(seconds)]
    command += ["--speed-m-s", str(speed_m_s), "--fruit-per-s", str(rate)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    run: Run = json.loads(done.stdout.splitlines()[-1])
    return {"asked": rate, **run}


def _sustained(run: Run) -> bool:
    return not (run["late"] or run["frames"]["dropped"] or run["wrong_delivery"])


def _limit(run: Run) -> str:
    """What the last run says of the bottleneck."""
    if _sustained(run):
        return "No rate tried was too high: the lanes hold no more fruit."
    if run["frames"]["dropped"]:
        return "What limits it: frames are dropped, since making and measuring them takes all of the two cores."
    return "What limits it: decisions come too late for the first ejector; see the latency."


def _row(run: Run) -> list[str]:
    latency = run["latency_ms"]
    return [
        f"{run['asked']:g}",
        f"{run['fruit']} ({run['fruit_per_s']:.1f}/s)",
        str(run["late"]),
        f"{run['frames']['dropped']} of {run['frames']['seen'] + run['frames']['dropped']}",
        *(f"{latency[name]:.0f}" for name in ("p50", "p99", "p999")),
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
