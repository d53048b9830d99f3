"""Take the documentation's picture of the touchscreen: `make screens`.

The page, the web process, and what is outlined on the bundled frame are real; counts and machine are the tests' small
station.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import sync_playwright

from grader.api.door import ask
from grader.api.settings import read_station
from grader.line.processes.messages import FrameJudged, Judged
from tests.line.conftest import make_frame
from tests.system.station_process import ServeProcess
from tests.system.touchscreen.conftest import CHROMIUM, FLAGS, SIZES
from tests.system.touchscreen.small_station import SmallStation

ROOT = Path(__file__).parents[1]
FRAME = ROOT / "examples" / "demo" / "blue-belt" / "frame_001.jpg"
PICTURE = ROOT / "docs" / "pictures" / "touchscreen-run.png"
GRADER = Path(sys.executable).with_name("grader")
BY = ("--mm-per-px", "0.21", "--rules", "same-day", "--no-network")
RAYS = 64
AGAIN_MS = 60


def main() -> None:
    """Grade the frame, show it, take the picture."""
    with tempfile.TemporaryDirectory() as name:
        rows, outlines = _graded(Path(name))
        station = SmallStation(Path(name) / "station")
        station.vision.frame_bgr = np.asarray(cv2.imread(str(FRAME)), np.uint8)
        served = ServeProcess(station.file, 0)
        served.start()
        try:
            _take(station, served, rows, outlines)
        finally:
            served.kill()
            station.close()


def _graded(folder: Path) -> tuple[list[dict[str, Any]], Any]:
    """What `grader grade` says of the fruit, and where their flesh ends."""
    out = folder / "rows.jsonl"
    command = [str(GRADER), "grade", str(FRAME), *BY, "--masks", str(folder), "-o", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    mask = np.asarray(cv2.imread(str(folder / f"{FRAME.stem}.png"), cv2.IMREAD_UNCHANGED))
    outlines = []
    for row in rows:
        contours, _ = cv2.findContours(
            (mask == row["fruit"]).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        longest = max(contours, key=len)[:, 0]
        outlines.append(longest[np.linspace(0, len(longest) - 1, RAYS).astype(int)])
    return rows, np.asarray(outlines, np.float64)


def _take(station: SmallStation, served: ServeProcess, rows: list[dict[str, Any]], outlines: Any) -> None:  # noqa: ANN401
    width, height = SIZES["7in"]
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
        token = ask(read_station(station.file).books, "give_token")["token"]
        page.goto(f"{served.address}/?token={token}")
        shown = page.locator(".age")
        turn = 0
        while not (shown.count() and page.locator("tbody tr:first-child td:has-text('41')").count()):
            turn += 1
            _show(station, turn, rows, outlines)
            page.wait_for_timeout(AGAIN_MS)
        page.screenshot(path=PICTURE)
        browser.close()


def _show(station: SmallStation, turn: int, rows: list[dict[str, Any]], outlines: Any) -> None:  # noqa: ANN401
    """A frame with all of it, decided at once."""
    travel_mm, gallery = 50.0 * turn, station.vision.gallery
    places = [(10.0 * at, 30.0 * at) for at in range(len(rows))]
    belt = make_frame(travel_mm, places)
    belt = type(belt)(**{name: getattr(belt, name) for name in belt.__slots__} | {"exposed_s": time.monotonic()})
    boxes = np.concatenate([outlines.min(1), outlines.max(1)], 1).astype(np.int32)
    gallery.offer(station.vision.frame_bgr, outlines, boxes, belt, judged=True)
    judged = [
        Judged(
            key=f"1-{at + 1}", grade=row["grade"], outlet=row["outlet"], criterion=row["criterion"],
            rides_mm=along - travel_mm, across_mm=across, best_count=belt.count, best_row=at,
        )
        for at, (row, (along, across)) in enumerate(zip(rows, places, strict=True))
    ]  # fmt: skip
    gallery.judge(FrameJudged(belt.count, tuple(judged)))


if __name__ == "__main__":
    main()
