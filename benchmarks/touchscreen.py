"""How heavy the touchscreen's page is, and how soon something is on the screen.

    .venv/bin/python benchmarks/touchscreen.py [--loads 20]

Debian's Chromium, 1280 x 800, each time with nothing kept from before; the real web process before a small station.
"""

import argparse
import gzip
import os
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import provenance, publish
from benchmarks.table import Goal, Row, goals_table
from grader.api.door import ask
from grader.api.page import built_in
from grader.api.settings import read_station
from tests.system.station_process import ServeProcess
from tests.system.touchscreen.conftest import CHROMIUM, FLAGS
from tests.system.touchscreen.small_station import SmallStation

KB = 1000
PAINTED = """new Promise((resolve) => new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) resolve(entry.startTime);
}).observe({type: "paint", buffered: true}))"""
NOW = "performance.now()"


def main() -> None:
    """Load it again and again, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--loads", type=int, default=20)
    loads = parser.parse_args().loads
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in built_in().rglob("*") if path.is_file()}
    with tempfile.TemporaryDirectory() as name:
        station = SmallStation(Path(name) / "station")
        served = ServeProcess(station.file, 0)
        served.start()
        try:
            with sync_playwright() as player:
                browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                times = [_load(browser, station, served) for _ in range(loads)]
                browser.close()
        finally:
            served.kill()
            station.close()
    paints, knows = (sorted(one) for one in zip(*times, strict=True))
    rows = [
        Row("whole bundle, gzip", "kB", 1, len(sizes), sum(sizes.values()) / KB, None, Goal(high=150)),
        Row("first paint: median", "ms", 0, loads, median(paints), None, Goal(high=1000)),
        Row("first paint: longest", "ms", 0, loads, paints[-1]),
        Row("the machine's state is on the screen: median", "ms", 0, loads, median(knows)),
        Row("the machine's state is on the screen: longest", "ms", 0, loads, knows[-1]),
    ]
    title = "The touchscreen's page"
    print(f"{title}\n\n{goals_table(rows)}")
    about = {
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end, shared with other work",
        **provenance(("strawberry-grader", "fastapi", "uvicorn")),
    }
    publish(
        "touchscreen", about, title, goals_table(rows), {"gzip_bytes": sizes, "rows": [row.record() for row in rows]}
    )


def _load(browser: Browser, station: SmallStation, served: ServeProcess) -> tuple[float, float]:
    """When it was first painted, and when it said how the machine stands, ms from the beginning of the load."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    token = ask(read_station(station.file).books, "give_token")["token"]
    page.goto(f"{served.address}/?token={token}")
    page.wait_for_selector(".state .word:has-text('Execute')")
    knows_ms, paint_ms = float(page.evaluate(NOW)), float(page.evaluate(PAINTED))
    context.close()
    return paint_ms, knows_ms


if __name__ == "__main__":
    main()
