"""Records a second that one journal puts on the disk, each durable by itself, while a line runs on the same computer.

    .venv/bin/python benchmarks/journal_writes.py [--per-s 600] [--seconds 30]

Whoever submits stands for the belt: it keeps its pace whether the disk has taken the last record or not.
"""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from grader.store import Journal
from tests.store.conftest import FRUIT, RUN, TRAY

GRADER = Path(sys.executable).with_name("grader")
STARTS = "execute"
MOST_LINES = 60
BURST = 20_000
AHEAD = 1000
"""So many of a burst are under way: as many as a journal lets wait."""

Times = NDArray[np.float64]


def main() -> None:
    """Pace, then a burst; print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--per-s", type=float, default=600.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    arguments = parser.parse_args()
    demo = [str(GRADER), "demo", "--no-page", "--json", "--seconds", "600"]
    with tempfile.TemporaryDirectory() as folder:
        line = subprocess.Popen(demo, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            _until_it_runs(line)
            path = Path(folder) / "journal.db"
            with Journal(path) as journal:
                journal.submit(RUN, TRAY).result()
                called, durable = _paced(journal, arguments.per_s, round(arguments.per_s * arguments.seconds))
                rate = _burst(journal, len(durable))
            kept = sqlite3.connect(path).execute("SELECT count(*) FROM fruit").fetchone()[0]
        finally:
            line.kill()
            line.communicate()
    if kept != len(durable) + BURST:
        raise SystemExit(f"{len(durable) + BURST} records were acknowledged, and {kept} are in the file")
    rows = [
        ("asked, each with its own acknowledgement", f"{arguments.per_s:g} records a second"),
        ("acknowledged and found in the file", f"{len(durable)} of {len(durable)}"),
        ("the call of `submit`, median, 99 %, most", _of(1000 * called, "µs")),
        ("from the call to durable, median, 99 %, most", _of(durable, "ms")),
        ("without a pace: records a second", f"{rate:.0f}"),
    ]
    table = markdown(("quantity", "value"), rows)
    print(table)
    about = {
        **provenance(),
        "beside it": "grader demo in pixels, 10 fruit/s, with a journal of its own on the same disk",
    }
    publish("journal-writes", about, "Records a journal puts on the disk while the line runs", table, {"rows": rows})


def _until_it_runs(line: "subprocess.Popen[str]") -> None:
    for _, said in zip(range(MOST_LINES), line.stderr or (), strict=False):
        if f" {STARTS} " in said:
            return
    raise RuntimeError("the line does not run")


def _paced(journal: Journal, per_s: float, count: int) -> tuple[Times, Times]:
    """How long each call took, and how long until its record was durable, ms."""
    called, durable = np.zeros(count), np.zeros(count)

    def note(number: int, began_s: float) -> Callable[[Future[None]], None]:
        def done(future: Future[None]) -> None:
            future.result()
            durable[number] = 1000 * (time.perf_counter() - began_s)

        return done

    first_s = time.perf_counter()
    last: Future[None] | None = None
    for number in range(count):
        while (left_s := first_s + number / per_s - time.perf_counter()) > 0:
            time.sleep(left_s)
        began_s = time.perf_counter()
        last = journal.submit(replace(FRUIT, fruit=number + 1))
        called[number] = 1000 * (time.perf_counter() - began_s)
        last.add_done_callback(note(number, began_s))
    if last is not None:
        last.result()
    return called, durable


def _burst(journal: Journal, before: int) -> float:
    """Records a second where the disk alone sets the pace."""
    began_s = time.perf_counter()
    under_way: list[Future[None]] = []
    for number in range(BURST):
        under_way.append(journal.submit(replace(FRUIT, fruit=before + number + 1)))
        if len(under_way) == AHEAD:
            for future in under_way:
                future.result()
            under_way.clear()
    for future in under_way:
        future.result()
    return BURST / (time.perf_counter() - began_s)


def _of(times: Times, unit: str) -> str:
    median, high, most = np.percentile(times, [50, 99, 100])
    return f"{median:.2f}, {high:.2f}, {most:.1f} {unit}"


if __name__ == "__main__":
    main()
