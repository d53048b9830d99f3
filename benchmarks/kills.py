"""Processes of the running station are killed (-9) at random times; afterwards the books must be right.

.venv/bin/python benchmarks/kills.py --times 200
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown

GRADER = Path(sys.executable).with_name("grader")
VICTIMS = ("ejection", "line", "vision", "camera", "supervisor")
IN_ONE_RUN = 5
"""The supervisor gives a process up that dies more often within a minute."""
LATEST_S = 1.5
MOST_LINES = 60
"""The demonstration says how it stands every other second: it has so long to run again."""

Summary = dict[str, Any]


def killed_run(
    folder: Path,
    seed: int,
    times: int = IN_ONE_RUN,
    victims: tuple[str, ...] = VICTIMS,
    options: tuple[str, ...] = (),
) -> Summary:
    """A demonstration in pixels, with more `options`, during which so many processes are killed while the belt runs."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    command = [
        str(GRADER),
        "demo",
        "--no-page",
        "--json",
        "--seed",
        str(seed),
        "--journal",
        str(folder / "journal.db"),
        *options,
    ]
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    demo = subprocess.Popen(
        [*command, "--seconds", "600"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    killed: Counter[str] = Counter()
    try:
        while killed.total() < times:
            _until_it_runs(demo)
            time.sleep(chance.uniform(0, LATEST_S))
            name = chance.choice(victims)
            if pid := _pid(demo.pid, name):
                os.kill(pid, signal.SIGKILL)
                killed[name] += 1
        _until_it_runs(demo)
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=120)
        if demo.returncode:
            raise RuntimeError(err)
    finally:
        demo.kill()
        demo.wait()
    return {**json.loads(out), "killed": killed}


def books_are_right(summary: Summary) -> bool:
    """Balance, nothing in a tray without a record or in a wrong one, delivered <= truth <= delivered + unconfirmed."""
    unconfirmed = summary["unconfirmed"]
    sure = all(
        counts["delivered"] <= counts["found"] <= counts["delivered"] + unconfirmed
        for counts in summary["per_outlet"].values()
    )
    return bool(sure and summary["balance"] and not summary["lost"] and not summary["wrong_delivery"])


def _until_it_runs(demo: "subprocess.Popen[str]") -> None:
    seen: deque[str] = deque(maxlen=MOST_LINES)
    states = 0
    for line in demo.stderr or ():
        seen.append(line)
        states += "in the trays" in line
        if "in the trays" in line and " execute " in line:
            return
        if states == MOST_LINES:
            break
    raise RuntimeError("".join(seen))


def _pid(demo: int, name: str) -> int | None:
    """The living process of that name among the descendants of the demonstration."""
    parents = {demo}
    for entry in sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            parent = int(Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[1])
            title = Path(f"/proc/{entry}/comm").read_text().strip()
        except (OSError, IndexError):
            continue
        if parent in parents:
            parents.add(entry)
            if title == f"grader-{name}"[:15]:
                return entry
    return None


def main() -> None:
    """Kill, judge, print, publish; exit code 1 where the books were ever wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    killed: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for nth in range(-(-arguments.times // IN_ONE_RUN)):
        with tempfile.TemporaryDirectory() as folder:
            said = killed_run(Path(folder), arguments.seed + nth)
        killed.update(said["killed"])
        totals.update({name: said[name] for name in ("fruit", "wrong_delivery", "lost", "unconfirmed", "late")})
        totals.update(runs=1, wrong_books=not books_are_right(said))
        print(dict(killed), dict(totals), flush=True)
    rows = [
        ("killed", ", ".join(f"{name} {number}" for name, number in sorted(killed.items()))),
        ("runs, of which with wrong books", f"{totals['runs']}, {totals['wrong_books']}"),
        ("fruit recorded", str(totals["fruit"])),
        ("in a wrong tray, or in one without a record", str(totals["wrong_delivery"])),
        ("lost", str(totals["lost"])),
        ("unconfirmed", str(totals["unconfirmed"])),
    ]
    table = markdown(("quantity", "value"), rows)
    print(table)
    about = {**provenance(), "simulated": "pixels, 0.3 m/s, 10 fruit/s, real time"}
    publish("kills", about, "Processes killed at random times", table, {"killed": dict(killed), **totals})
    if totals["wrong_books"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
