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
from tests.calibration.test_chart import picture as chart_picture
from tests.line.test_wizard import BELT_VIEW, VIEWS, demo, last_good
from tests.system.touchscreen.looking import looks_right
from tests.system.touchscreen.small_station import SmallStation
from tests.system.touchscreen.test_tasks import said, sign_in

Open = Callable[..., Any]
PERIOD_S = 0.1
SAVED = {"en": "saved", "zh": "已保存"}
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
    looks_right(page, f"calibrate-{step}", size, language)


GO_ON = ".buttons button.chosen:not(:disabled)"
"""Save, or Next: only what has passed leads on."""


class Visit:
    """A technician before one screen."""

    def __init__(self, page: Any, station: SmallStation, size: str, language: str) -> None:  # noqa: ANN401
        self.page, self.station, self.size, self.language = page, station, size, language
        self.own = station.window.calibration.own

    def look(self, step: str) -> None:
        look(self.page, step, self.size, self.language)

    def tab(self, nth: int) -> None:
        self.page.tap(f".tabs button:nth-child({nth})")

    def passes(self, step: str) -> None:
        self.page.wait_for_selector(GO_ON)
        self.look(step)

    def saves(self, nth: int) -> None:
        """What the step of that tab has found."""
        self.page.tap(GO_ON)
        self.page.wait_for_selector(f".tabs button:nth-child({nth}):has-text('{SAVED[self.language]}')")

    def focus(self) -> None:
        said(self.page, ".advice", "Lay the board flat")
        lay(self.station, BELT_VIEW)
        said(self.page, ".advice", "Sharp and well exposed")
        if self.language == "zh":
            self.page.tap("nav button:last-child")
        self.look("focus")
        lay(self.station, "empty_blue.jpg")
        self.page.wait_for_selector("dl:not(:has(div:nth-child(2)))")  # the board is no longer measured

    def camera(self) -> None:
        self.tab(2)
        for taken, name in enumerate(VIEWS[:12], 1):
            lay(self.station, name)
            said(self.page, "section .number", VIEWS_TAKEN[self.language].format(taken))
            if taken == 5:
                self.look("camera")
        self.passes("camera-passed")
        self.page.tap(GO_ON)

    def belt_plane(self) -> None:
        lay(self.station, BELT_VIEW)
        self.passes("belt-plane")
        assert not self.own.exists()
        self.saves(3)
        assert read_document(self.own).belt.height_mm == pytest.approx(450, abs=0.3)
        assert read_document(self.own).belt_colour == last_good().belt_colour

    def belt_colour(self) -> None:
        self.tab(4)
        self.page.wait_for_selector(".advice.refused")
        self.look("belt-refused")
        lay(self.station, "empty_black.jpg")
        self.passes("belt-colour")
        self.saves(4)
        assert read_document(self.own).belt_colour != last_good().belt_colour

    def colours(self) -> None:
        self.tab(5)
        self.page.wait_for_selector(".advice.refused")
        self.station.vision.frame_bgr = chart_picture()
        self.passes("colours")
        self.saves(5)
        assert read_document(self.own).colour is not None


@pytest.mark.parametrize(("size", "language"), [("7in", "en"), ("10in", "zh")])
def test_camera_belt_and_colours_are_calibrated_by_what_is_shown_and_three_saves(
    screen: Open, station: SmallStation, size: str, language: str
) -> None:
    visit = Visit(screen("run", size), station, size, language)
    lay(station, "empty_blue.jpg")
    with camera(station):
        begin(visit.page)
        visit.focus()
        visit.camera()
        visit.belt_plane()
        visit.belt_colour()
        visit.colours()
        visit.page.tap(".buttons button:nth-child(1)")
        visit.page.wait_for_selector(".form")
        visit.look("board")
        visit.page.tap(".form .buttons button:nth-child(1)")
        visit.tab(6)
        visit.look("spheres")


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
