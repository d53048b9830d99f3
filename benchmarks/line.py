"""The running line in real time, in pixels: whether fruit are delivered as decided, how soon, how right.

    .venv/bin/python benchmarks/line.py [--seconds 510]

`grader demo` with the processes of a real station, against the simulated machine, at the pace of a strawberry line.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.disk import MEMORY, DiskAlone
from benchmarks.figures import provenance, publish
from benchmarks.intervals import wilson
from benchmarks.table import Goal, Row, goals_table

GRADER = Path(sys.executable).with_name("grader")

Summary = dict[str, Any]


def main() -> None:
    """Run, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=510, help="of running belt; in 510 s 5,000 fruit pass")
    parser.add_argument("--speed-m-s", type=float, default=0.3)
    parser.add_argument("--fruit-per-s", type=float, default=10.0)
    arguments = parser.parse_args()
    command = [str(GRADER), "demo", "--headless", "--no-page", "--json", "--seconds", f"{arguments.seconds:g}"]
    command += ["--speed-m-s", f"{arguments.speed_m_s:g}", "--fruit-per-s", f"{arguments.fruit_per_s:g}"]
    with DiskAlone() as disk:
        said = _run(command)
    rows = line_rows(said) + disk_rows(disk.waited_ms)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        without_disk = _run([*command, "--journal", str(Path(folder) / "journal.db")])
    rows += memory_rows(without_disk)
    title = "The running line in real time"
    print(f"{title}\n\n{goals_table(rows)}")
    about = {
        "simulated": f"pixels, {arguments.speed_m_s:g} m/s, {arguments.fruit_per_s:g} fruit/s asked; frames are "
        "rendered on the same cores",
        "disk": "its rows were measured in the same minutes, those of the journal in memory in a second run",
        **provenance(),
    }
    record = {"rows": [row.record() for row in rows], "run": said, "run_in_memory": without_disk}
    publish("line", about, title, goals_table(rows), record)


def _run(command: list[str]) -> Summary:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said: Summary = json.loads(done.stdout.splitlines()[-1])
    return said


def line_rows(said: Summary) -> list[Row]:
    """The table, from the demonstration's JSON."""
    counts = said["per_outlet"].values()
    decided, delivered = (sum(count[name] for count in counts) for name in ("decided", "delivered"))
    fruit, latency = said["fruit"], said["latency_ms"]
    low, high = wilson(delivered, decided)
    return [
        Row("fruit a second", "", 1, fruit, said["fruit_per_s"]),
        Row(
            "sent to an outlet: delivered there", "%", 2, decided, 100 * delivered / decided, (100 * low, 100 * high),
            Goal(99.9), Goal(99.9),
        ),
        Row("in a wrong tray, or in one without a record", "", 0, fruit, said["wrong_delivery"], None, Goal(0, 0)),
        Row("lost", "", 0, fruit, said["lost"], None, Goal(0, 0)),
        Row("late", "", 0, fruit, said["late"], None, Goal(0, 0)),
        Row("unconfirmed", "", 0, fruit, said["unconfirmed"]),
        Row("frames dropped", "", 0, said["frames"]["seen"], said["frames"]["dropped"]),
        Row(
            "fused diameter: 95th percentile of the error", "mm", 2, fruit, said["diameter_error_mm"]["p95"], None,
            Goal(high=0.6), Goal(high=0.3),
        ),
        Row("size grade right", "%", 1, fruit, 100 * said["size_grade_agreement"], None, Goal(95), Goal(98)),
        Row("whole grade right", "%", 1, fruit, 100 * said["whole_grade_agreement"]),
        Row("exposure to durable record: median", "ms", 0, fruit, latency["p50"]),
        Row("the same: 99 %", "ms", 0, fruit, latency["p99"], None, Goal(high=60), Goal(high=30)),
        Row("the same: 99.9 %", "ms", 0, fruit, latency["p999"], None, Goal(high=100)),
    ]  # fmt: skip


def disk_rows(waited_ms: NDArray[np.float64]) -> list[Row]:
    """What the disk alone takes for a record."""
    n = waited_ms.size
    half, p99, p999 = np.percentile(waited_ms, [50, 99, 99.9]).tolist()
    return [
        Row("the disk alone, 8 kB overwritten and synced: median", "ms", 1, n, half),
        Row("the same: 99 %", "ms", 1, n, p99),
        Row("the same: 99.9 %", "ms", 0, n, p999),
    ]


def memory_rows(said: Summary) -> list[Row]:
    """The same line with its journal in memory: all of the latency but the disk's part."""
    fruit, latency = said["fruit"], said["latency_ms"]
    return [
        Row("exposure to record with the journal in memory: median", "ms", 0, fruit, latency["p50"]),
        Row("the same: 99 %", "ms", 0, fruit, latency["p99"]),
        Row("the same: 99.9 %", "ms", 0, fruit, latency["p999"]),
    ]


if __name__ == "__main__":
    main()
