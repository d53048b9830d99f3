"""The live picture at 40 fruit/s: how old it is when a viewer has it, and whether the line loses frames for it.

    .venv/bin/python benchmarks/live_picture.py [--seconds 60]

`grader demo` in pixels, with its journal in memory, and the web process beside it; first nobody looks, then one viewer
does who acknowledges at once. Frames are rendered on the same cores.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.disk import MEMORY
from benchmarks.figures import provenance, publish
from benchmarks.table import Goal, Row, goals_table
from grader.line.views import NAME
from tests.system.station_process import ServeProcess, grader

GRADER = Path(sys.executable).with_name("grader")
SPEED_M_S = 1.0
FRUIT_PER_S = 40.0
STARTS_S = 120.0


def main() -> None:
    """Run, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0, help="of running belt, with and without a viewer")
    parser.add_argument("--speed-m-s", type=float, default=SPEED_M_S)
    parser.add_argument("--fruit-per-s", type=float, default=FRUIT_PER_S)
    arguments = parser.parse_args()
    alone, looked = (_run(arguments, look=look) for look in (False, True))
    rows = _rows(alone, looked)
    title = "The live picture"
    print(f"{title}\n\n{goals_table(rows)}")
    about = {
        "simulated": f"pixels, {arguments.speed_m_s:g} m/s, {arguments.fruit_per_s:g} fruit/s asked, "
        f"{arguments.seconds:g} s each; frames are rendered on the same cores",
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end, shared with other work",
        **provenance(("strawberry-grader", "fastapi", "uvicorn", "websockets")),
    }
    publish("live-picture", about, title, goals_table(rows), {"alone": alone, "looked": looked})


def _run(arguments: argparse.Namespace, *, look: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        command = [str(GRADER), "demo", "--headless", "--no-page", "--json", "--seconds", f"{arguments.seconds:g}"]
        command += ["--speed-m-s", f"{arguments.speed_m_s:g}", "--fruit-per-s", f"{arguments.fruit_per_s:g}"]
        command += ["--journal", str(folder / "journal.db")]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": name})
        station = folder / "station.toml"
        station.write_text(f'sockets = "{_doors(folder, running).name}"\n')
        key = grader("api", "key", "create", "--scope", "read", "--station", str(station))
        served = ServeProcess(station, 0)
        served.start()
        seen = _look(served, key, running) if look else {}
        said = json.loads(running.communicate()[0].splitlines()[-1])
        served.end()
    return {**{name: said[name] for name in ("frames", "fruit", "fruit_per_s", "late", "latency_ms")}, **seen}


def _doors(folder: Path, running: "subprocess.Popen[str]") -> Path:
    """The folder of the station's sockets, once its vision process has opened its own."""
    until_s = time.monotonic() + STARTS_S
    while running.poll() is None and time.monotonic() < until_s:
        for door in folder.glob(f"grader-*/{NAME}"):
            return door.parent
        time.sleep(0.05)
    raise SystemExit("the station does not start")


def _look(served: ServeProcess, key: str, running: "subprocess.Popen[str]") -> dict[str, Any]:
    """Look until the run is over; the ages of the pictures, ms, and how many of their fruit had a grade."""
    ages: list[float] = []
    outlines = graded = 0
    began_s = time.monotonic()
    address = served.address.replace("http", "ws", 1) + "/api/v1/pictures"
    headers = {"Authorization": f"Bearer {key}"}
    with connect(address, additional_headers=headers, compression=None, max_size=None) as viewer:
        while running.poll() is None:
            try:
                data = viewer.recv(timeout=1.0)
            except TimeoutError:
                continue
            except ConnectionClosed:
                break
            now_ns = time.time_ns()
            assert isinstance(data, bytes)  # noqa: S101 - by the interface
            length = int.from_bytes(data[:4], "big")
            header = json.loads(data[4 : 4 + length])
            captured_ns = _utc_ns(header["captured_at"])
            ages.append((now_ns - captured_ns) / 1e6)
            outlines += len(header["fruit"])
            graded += sum(one["fruit"] is not None for one in header["fruit"])
            viewer.send(json.dumps({"ack": header["sequence"]}))
    ages.sort()
    return {
        "pictures": len(ages),
        "pictures_per_s": len(ages) / (time.monotonic() - began_s),
        "age_ms": {"p50": ages[len(ages) // 2], "p99": ages[math.ceil(0.99 * len(ages)) - 1], "longest": ages[-1]},
        "outlines": outlines,
        "graded": graded,
    }


def _utc_ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1e9)


def _rows(alone: dict[str, Any], looked: dict[str, Any]) -> list[Row]:
    age, pictures = looked["age_ms"], looked["pictures"]
    return [
        Row("pictures a second", "", 1, pictures, looked["pictures_per_s"]),
        Row("age when the viewer has it: median", "ms", 0, pictures, age["p50"]),
        Row("the same: 99 %", "ms", 0, pictures, age["p99"], None, Goal(high=250)),
        Row("the same: longest", "ms", 0, pictures, age["longest"]),
        Row("outlines with a grade", "%", 0, looked["outlines"], 100 * looked["graded"] / max(looked["outlines"], 1)),
        *(row for name, said in (("nobody looks", alone), ("one looks", looked)) for row in _line_rows(name, said)),
    ]


def _line_rows(name: str, said: dict[str, Any]) -> list[Row]:
    frames, fruit, latency = said["frames"], said["fruit"], said["latency_ms"]
    return [
        Row(f"{name}: fruit a second", "", 1, fruit, said["fruit_per_s"]),
        Row(f"{name}: frames dropped", "", 0, frames["seen"], frames["dropped"]),
        Row(f"{name}: late fruit", "", 0, fruit, said["late"]),
        Row(f"{name}: exposure to record, median", "ms", 0, fruit, latency["p50"]),
        Row(f"{name}: the same, 99 %", "ms", 0, fruit, latency["p99"]),
    ]


if __name__ == "__main__":
    main()
