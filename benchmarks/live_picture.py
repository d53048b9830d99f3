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
import threading
import time
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.disk import MEMORY
from benchmarks.figures import provenance, publish
from benchmarks.line_computing import SPEED_MM_S, belt
from benchmarks.table import Goal, Row, goals_table
from grader.line.gallery import Gallery
from grader.line.processes.showing import picture_shown
from grader.line.profile import StationProfile
from grader.line.sightings import on_belt
from grader.line.views import NAME
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.kept import kept_calibration
from grader.twin.simulation import SimulationSettings, frame_maker, pictured
from grader.vision import measure
from tests.system.station_process import ServeProcess, grader

GRADER = Path(sys.executable).with_name("grader")
SPEED_M_S = 1.0
FRUIT_PER_S = 40.0
STARTS_S = 120.0
PROFILE = StationProfile()
FRAMES = 60


def main() -> None:
    """Run, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0, help="of running belt, with and without a viewer")
    parser.add_argument("--speed-m-s", type=float, default=SPEED_M_S)
    parser.add_argument("--fruit-per-s", type=float, default=FRUIT_PER_S)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    computing = computing_rows(arguments.fruit_per_s)
    alone, looked = (_run(arguments, look=look) for look in (False, True))
    rows = _rows(alone, looked) + computing
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


def computing_rows(fruit_per_s: float) -> list[Row]:
    """CPU time of the threads, which other work on the machine does not change: a picture of every frame."""
    settings = SimulationSettings(
        conveyor=ConveyorSettings(speed_mm_s=SPEED_MM_S), feed=FeedSettings(fruit_per_s=fruit_per_s)
    )
    catalogue = pictured(PROFILE, settings)
    calibration, maker = kept_calibration(catalogue), frame_maker(PROFILE, settings, catalogue)
    alone, looked = Gallery(PROFILE.encoder.mm_per_count), Gallery(PROFILE.encoder.mm_per_count, count().__next__)
    measuring, keeping, showing = list[float](), list[float](), list[float]()
    visitor = Visitor(looked)
    visitor.start()
    for counts, placed in belt(FRAMES, settings, catalogue.draw):
        frame = maker.frame(placed, counts)
        marks = [time.thread_time()]
        seen = measure(frame, calibration, None, doubt=False)
        sightings = on_belt(seen, calibration, PROFILE.window, counts, 0.0)
        marks.append(time.thread_time())
        alone.offer(frame, seen.outline_px, seen.bbox_px, sightings, judged=False)
        marks.append(time.thread_time())
        looked.offer(frame, seen.outline_px, seen.bbox_px, sightings, judged=False)
        marks.append(time.thread_time())
        for spent, begin, end in zip((measuring, keeping, showing), marks, marks[1:], strict=False):
            spent.append(1000 * (end - begin))
    visitor.ends.set()
    visitor.join()
    return [
        Row("CPU of a frame, measuring thread: measuring it", "ms", 1, FRAMES, float(np.median(measuring))),
        Row("the same: keeping crops, nobody looks", "ms", 2, FRAMES, float(np.median(keeping))),
        Row("the same: keeping crops, a picture of each frame", "ms", 2, FRAMES, float(np.median(showing))),
        Row(
            "CPU of a picture, its viewer's thread", "ms", 1, len(visitor.spent_ms), float(np.median(visitor.spent_ms))
        ),
        Row("size of a picture", "kB", 0, len(visitor.sizes), float(np.median(visitor.sizes)) / 1000),
    ]


class Visitor(threading.Thread):
    """Takes every picture that it can."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__()
        self.ends = threading.Event()
        self.spent_ms: list[float] = []
        self.sizes: list[int] = []
        self._gallery = gallery

    def run(self) -> None:
        """Thread's."""
        seen = None
        while not self.ends.is_set():
            found = self._gallery.next_picture(seen, 1.0)
            if found is None:
                continue
            began_s, seen = time.thread_time(), found
            self.sizes.append(len(picture_shown(found)))
            self.spent_ms.append(1000 * (time.thread_time() - began_s))


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
