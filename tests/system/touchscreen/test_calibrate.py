"""A technician calibrates at the touchscreen: the real page, web process and calibration, with the bundled pictures.

The pictures of the screen are kept in `out/screens`, to be looked at.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from grader.calibration.files import read_document
from tests.line.test_wizard import BELT_VIEW, VIEWS, demo, last_good
from tests.system.touchscreen.small_station import SmallStation
from tests.system.touchscreen.test_looks import LEAST_PX, LOOKING, PICTURES, accessible
from tests.system.touchscreen.test_tasks import said, sign_in

Open = Callable[..., Any]
PERIOD_S = 0.1
VIEWS_TAKEN = {"en": "Views {} of 12", "zh": "视图 {}/12"}


@contextmanager
def camera(station: SmallStation) -> Iterator[None]:
    """It takes whatever lies under it, ten times a second, as long as this goes on."""
    over = threading.Event()

    def take() -> None:
        while not over.wait(PERIOD_S):
            station.vision.see("1-1", time.monotonic())

    thread = threading.Thread(target=take)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def lay(station: SmallStation, name: str) -> None:
    """Somebody puts the thing of that bundled picture under the camera."""
    station.vision.frame_bgr = demo(name)


def begin(page: Any) -> None:  # noqa: ANN401 - Playwright's
    """A manager, Stopped, Manual: what the page asks for."""
    sign_in(page, "Zhao")
    page.evaluate("location.hash = 'more'")
    page.tap(".entries button:nth-child(4)")
    page.wait_for_selector(".needs button:disabled")
    page.tap("button.stop")
    page.tap(".needs button:not(:disabled)")
    page.wait_for_selector(".work")


def look(page: Any, step: str, size: str, language: str) -> None:  # noqa: ANN401
    """Fits, is hit with gloves, is accessible."""
    page.wait_for_selector(".answer", state="detached")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"calibrate-{step}-{size}-{language}.png")
    assert page.evaluate(LOOKING, LEAST_PX[size]) + accessible(page) == []


@pytest.mark.parametrize(("size", "language"), [("7in", "en"), ("10in", "zh")])
def test_camera_and_belt_are_calibrated_by_what_is_shown_and_two_saves(
    screen: Open, station: SmallStation, size: str, language: str
) -> None:
    own = station.window.calibration.own
    page = screen("run", size, language) if language == "en" else screen("run", size)
    lay(station, "empty_blue.jpg")
    with camera(station):
        begin(page)
        said(page, ".advice", "Lay the board flat")
        lay(station, BELT_VIEW)
        said(page, ".advice", "Sharp and well exposed")
        if language == "zh":
            page.tap("nav button:last-child")
        look(page, "focus", size, language)
        lay(station, "empty_blue.jpg")
        page.wait_for_selector("dl:not(:has(div:nth-child(2)))")  # the board is no longer measured
        page.tap(".tabs button:nth-child(2)")
        for taken, name in enumerate(VIEWS[:12], 1):
            lay(station, name)
            said(page, "section .number", VIEWS_TAKEN[language].format(taken))
            if taken == 5:
                look(page, "camera", size, language)
        page.wait_for_selector(".buttons button.chosen:not(:disabled)")
        look(page, "camera-passed", size, language)
        page.tap(".buttons button.chosen")
        lay(station, BELT_VIEW)
        page.wait_for_selector(".buttons button.chosen:not(:disabled)")
        look(page, "belt-plane", size, language)
        assert not own.exists()
        page.tap(".buttons button.chosen")
        page.wait_for_selector(".tabs button:nth-child(3) svg")
        assert read_document(own).belt.height_mm == pytest.approx(450, abs=0.3)
        assert read_document(own).belt_colour == last_good().belt_colour
        page.tap(".tabs button:nth-child(4)")
        page.wait_for_selector(".advice.refused")
        look(page, "belt-refused", size, language)
        lay(station, "empty_black.jpg")
        page.wait_for_selector(".buttons button.chosen:not(:disabled)")
        page.tap(".buttons button.chosen")
        page.wait_for_selector(".tabs button:nth-child(4) svg")
        look(page, "belt-colour", size, language)
        assert read_document(own).belt_colour != last_good().belt_colour
        page.tap(".buttons button:nth-child(1)")
        page.wait_for_selector(".form")
        look(page, "board", size, language)
        page.tap(".form .buttons button:nth-child(1)")
        page.tap(".tabs button:nth-child(6)")
        look(page, "spheres", size, language)


def test_what_was_begun_and_not_saved_is_gone_when_the_machine_goes_back_to_work(
    screen: Open, station: SmallStation
) -> None:
    page = screen()
    lay(station, "empty_black.jpg")
    with camera(station):
        begin(page)
        page.tap(".tabs button:nth-child(4)")
        page.wait_for_selector(".buttons button.chosen:not(:disabled)")
        page.tap(".tabs button:nth-child(6)")
        page.tap(".spheres .buttons button.chosen")
        page.wait_for_selector(".spheres .buttons button:disabled")
        page.tap(".tabs button:nth-child(4)")
        page.wait_for_selector(".needs")
    assert not station.window.calibration.own.exists()
    assert station.window.calibration.report is None
