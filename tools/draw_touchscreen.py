"""Take the documentation's picture of the touchscreen, from `grader demo` as it runs: `make screens`."""

import re
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.system.touchscreen.conftest import CHROMIUM, FLAGS, SIZES

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "touchscreen-run.png"
GRADER = Path(sys.executable).with_name("grader")
WAITS_MS = 120_000
ENOUGH = 25
"""Fruit on the day's count, so that there is something to see."""
SLOWLY = ("--fruit-per-s", "3", "--speed-m-s", "0.1")
"""So that a busy machine renders the frames in time."""


def main() -> None:
    """Run the demonstration until enough fruit have passed, and take the picture."""
    command = [str(GRADER), "demo", "--seconds", "600", *SLOWLY]
    demo = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        address = _address(demo)
        width, height = SIZES["7in"]
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
            page.set_default_timeout(WAITS_MS)
            page.goto(address)
            page.wait_for_selector(".age")
            delivered = page.locator("tbody tr:nth-child(-n+5) td:nth-child(2)")
            while sum(int(text.replace(",", "")) for text in delivered.all_inner_texts()) < ENOUGH:
                page.wait_for_timeout(500)
            page.screenshot(path=PICTURE)
            browser.close()
    finally:
        demo.terminate()
        demo.wait()


def _address(demo: subprocess.Popen[str]) -> str:
    for line in demo.stderr or ():
        if found := re.search(r"http://\S+", line):
            threading.Thread(target=demo.communicate, daemon=True).start()  # what it says further is nobody's
            return found[0]
    raise SystemExit("the demonstration has printed no address")


if __name__ == "__main__":
    main()
