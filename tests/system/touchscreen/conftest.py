"""The touchscreen's page in Debian's Chromium, before a small station and the real web process."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.api.door import ask
from grader.api.settings import read_station
from tests.system.station_process import ServeProcess
from tests.system.touchscreen.small_station import SmallStation

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
SIZES = {"7in": (1024, 600), "10in": (1280, 800)}
WAITS_MS = 120_000
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for a file of tests. Its event loop runs until it is closed, and other tests need that place."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright for Python")
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    with playwright.sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where the station keeps its files."""
    return tmp_path


@pytest.fixture
def station(disk: Path) -> Iterator[SmallStation]:
    """A line that runs well."""
    found = SmallStation(disk / "station")
    yield found
    found.close()


@pytest.fixture
def served(station: SmallStation) -> Iterator[ServeProcess]:
    """The web process; it can be killed and comes back at the same address."""
    process = ServeProcess(station.file, 0)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def screen(browser: Any, station: SmallStation, served: ServeProcess) -> Iterator[Open]:  # noqa: ANN401 - Playwright's
    """Open the page as the kiosk does, with its one-time token; a page error fails the test."""
    contexts, errors = [], []

    def open_page(page: str = "run", size: str = "7in", language: str = "en") -> Any:  # noqa: ANN401
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, locale="en-GB")
        contexts.append(context)
        context.add_init_script(f"localStorage.getItem('language') || localStorage.setItem('language', '{language}')")
        opened = context.new_page()
        opened.set_default_timeout(WAITS_MS)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        token = ask(read_station(station.file).books, "give_token")["token"]
        opened.goto(f"{served.address}/?token={token}#{page}")
        opened.wait_for_selector(".frame")
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
