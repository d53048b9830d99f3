"""What an operator does at the touchscreen, each in at most three taps from Run, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest

from grader.cli.demo_books import PIN
from tests.system.touchscreen.looking import looks_right
from tests.system.touchscreen.small_station import Camera, SmallStation

Open = Callable[..., Any]
LANGUAGES = ("en", "zh")


class Taps:
    """What is tapped on the page from now on, as the browser counts it."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - Playwright's
        self.page = page
        page.evaluate("""() => {
            window.tapped = 0;
            addEventListener("click", (event) => (window.tapped += event.isTrusted), true);
        }""")

    def on(self, selector: str) -> None:
        self.page.tap(selector)

    @property
    def count(self) -> int:
        return int(self.page.evaluate("window.tapped"))


def said(page: Any, selector: str, words: str) -> None:  # noqa: ANN401
    """Wait until it says so."""
    page.wait_for_selector(f"{selector}:has-text('{words}')")


@pytest.mark.parametrize(
    ("language", "accepted", "state"),
    [("en", "The belt stops now.", "Stopped"), ("zh", "皮带立即停止。", "已停止")],
)
def test_stop_is_one_tap_and_shows_the_machines_own_answer(
    screen: Open, language: str, accepted: str, state: str
) -> None:
    taps = Taps(screen(language=language))
    taps.on("button.stop")
    said(taps.page, ".answer", accepted)
    said(taps.page, ".state", state)
    assert taps.count == 1


def test_it_starts_again_only_over_reset_and_start_and_says_what_each_will_do(screen: Open) -> None:
    page = screen()
    page.tap("button.stop")
    said(page, ".state", "Stopped")
    page.tap("aside button:has-text('Reset')")
    said(page, ".answer", "Nothing moves before Start.")
    said(page, ".state", "Idle")
    assert "3 s of buzzer" in page.inner_text("aside button:has-text('Start')")
    page.tap("aside button:has-text('Start')")
    said(page, ".answer", "The buzzer sounds for 3 s")
    said(page, ".state", "Execute")


def test_a_refusal_is_shown_as_one(screen: Open) -> None:
    page = screen(language="zh")
    page.tap("button.stop")
    said(page, ".state", "已停止")
    page.tap("button.stop")
    said(page, ".answer.refused", "“已停止”状态下不能停止。")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Press the emergency stop before reaching in."), ("zh", "先按下急停按钮。")],
)
def test_a_jam_alarm_is_seen_helped_with_and_acknowledged(
    screen: Open, station: SmallStation, language: str, words: str
) -> None:
    taps = Taps(screen(language=language))
    station.window.alarm("outlet_missing_pulses", "II")
    taps.page.wait_for_selector("header.alarm")
    taps.on("nav button:nth-child(4)")
    taps.on(".buttons .wide")
    taps.page.wait_for_selector("header:not(.alarm) .cause")
    assert station.window.alarms.active[0].acknowledged_by is not None
    taps.on(".buttons button:nth-child(3)")
    said(taps.page, ".page", words)
    assert taps.count == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tap_on_a_fruit_freezes_it_and_says_why(screen: Open, station: SmallStation, language: str) -> None:
    taps = Taps(screen(language=language))
    camera = Camera(station)
    taps.page.wait_for_selector(".age")
    camera.stall()
    box = taps.page.locator("canvas").bounding_box()
    taps.page.touchscreen.tap(box["x"] + box["width"] * 650 / 1456, box["y"] + box["height"] * 540 / 1088)
    said(taps.page, "section h2", "Super" if language == "en" else "特级")
    said(taps.page, "section dl", "37.0")
    taps.page.wait_for_selector("section img")
    said(taps.page, ".age", "Frozen" if language == "en" else "定格")
    assert taps.count == 1
    taps.on("section .buttons button:last-child")
    taps.page.wait_for_selector(".figures")


def test_an_outlet_is_closed_and_its_tray_swapped(screen: Open) -> None:
    taps = Taps(screen())
    taps.on(".trays button:nth-child(1)")
    taps.on(".buttons button:nth-child(1)")
    said(taps.page, ".answer", "Tray 9 stands at outlet super.")
    taps.on(".buttons button:nth-child(2)")
    said(taps.page, ".trays", "Closed")
    assert taps.count == 3


def test_a_lot_is_received_and_found_by_a_scanner(screen: Open) -> None:
    page = screen("lots")
    page.tap("button:has-text('Receive a lot')")
    for name, value in {
        "lot": "C-7",
        "grower": "G2",
        "variety": "Hongyan",
        "plot": "12",
        "accountable": "Zhao",
    }.items():
        page.fill(f"label:has-text('{LABELS[name]}') input", value)
    page.fill("label:has-text('Harvested') input", "2026-11-30T06:10")
    page.fill("label:has-text('Net weight') input", "7.250")
    page.tap("button:has-text('Receive the lot')")
    said(page, "h2", "C-7")
    page.tap("button:has-text('Back')")
    page.fill("form input", "c-7")
    page.wait_for_selector(".list button:only-child")
    page.press("form input", "Enter")
    said(page, "h2", "C-7")


def sign_in(page: Any, name: str) -> None:  # noqa: ANN401 - Playwright's
    page.evaluate("location.hash = 'settings'")
    page.tap(".buttons button:has-text('Sign in')")
    page.tap(f".people button:has-text('{name}')")
    enter_pin(page, PIN)
    page.tap("form button.chosen:has-text('Sign in')")
    said(page, ".who", name)
    page.tap("nav button:nth-child(1)")


def test_who_has_signed_in_starts_a_lot_in_three_taps(screen: Open) -> None:
    page = screen()
    sign_in(page, "Li")
    taps = Taps(page)
    taps.on("nav button:nth-child(3)")
    taps.on(".list button:has-text('B-1')")
    taps.on(".buttons button:has-text('Start this lot')")
    said(taps.page, ".buttons", "Feed its recheck crate")
    assert taps.count == 3


def test_a_full_tray_is_swapped_and_labelled_in_three_taps_and_its_label_is_shown(
    screen: Open, station: SmallStation
) -> None:
    page = screen()
    sign_in(page, "Li")
    taps = Taps(page)
    taps.on(".trays button:nth-child(1)")
    taps.on(".buttons button:has-text('Swap tray')")
    station.line.swap("super", "count")
    taps.on(".buttons button:has-text('Label tray 1')")
    said(taps.page, "h2", "labelled")
    taps.page.wait_for_selector("section img")
    assert taps.count == 3


def test_without_a_name_nothing_goes_on_record_and_a_void_asks_why(screen: Open) -> None:
    page = screen("trays/1")
    page.tap(".buttons button:has-text('Void tray 1')")
    page.tap(".people button:has-text('Zhao')")
    enter_pin(page, PIN)
    page.tap("form button.chosen:has-text('Sign in')")
    assert page.is_disabled(".ask .buttons button.chosen")
    page.tap(".ask .reasons button:has-text('It was dropped')")
    page.tap(".ask .buttons button.chosen")
    said(page, "h2", "voided")


def test_a_valve_fires_for_a_manager_in_manual_mode_and_idle_alone(screen: Open) -> None:
    page = screen()
    sign_in(page, "Zhao")
    page.evaluate("location.hash = 'maintenance'")
    fire = ".row button:has-text('Fire'):has-text('Class II')"
    page.wait_for_selector(f"{fire}:disabled")
    page.tap("button.stop")
    said(page, ".state", "Stopped")
    page.tap(".row button:has-text('Manual')")
    page.tap("aside button:has-text('Reset')")
    said(page, ".state", "Idle")
    page.tap(fire)
    said(page, ".answer", "Fire: accepted")


def test_a_limit_is_changed_only_after_its_effect_was_shown_and_asked_once(screen: Open, station: SmallStation) -> None:
    page = screen()
    sign_in(page, "Zhao")
    page.evaluate("location.hash = 'settings'")
    page.tap(".tiles button:has-text('35.0 mm')")
    for digit in "36":
        page.tap(f".keypad button:has-text('{digit}')")
    page.tap("button:has-text('What would change?')")
    said(page, ".does", "of the last hour")
    said(page, ".does", "next start on")
    assert not station.file.with_name("station.rules.toml").exists()
    page.tap(".reasons button:has-text('The buyer asks for it')")
    page.tap(".ask .buttons button.chosen")
    page.wait_for_selector(".tiles button:has-text('36.0 mm')")
    assert station.file.with_name("station.rules.toml").exists()


@pytest.mark.parametrize("size", ["7in", "10in"])
def test_a_manager_adds_somebody_changes_the_pin_and_takes_them_away_each_asked_once(screen: Open, size: str) -> None:
    page = screen("run", size)
    sign_in(page, "Zhao")
    page.evaluate("location.hash = 'settings'")
    page.tap(".buttons button:has-text('Users')")
    page.tap("button:has-text('Add somebody')")
    page.fill("label:has-text('Name') input", "Wu")
    enter_pin(page, "1357")
    looks_right(page, "users-add", size, "en")
    page.tap(".left button:has-text('Add somebody')")
    said(page, ".does", "Wu can sign in with this PIN")
    looks_right(page, "users-ask", size, "en")
    page.tap(".ask .buttons button.chosen")
    page.tap(".tiles button:has-text('Wu')")
    looks_right(page, "users", size, "en")
    page.tap("button:has-text('New PIN for Wu')")
    enter_pin(page, "8642")
    page.tap("button:has-text('Change the PIN')")
    page.tap(".ask .buttons button.chosen")
    page.tap("button:has-text('Take Wu away')")
    page.tap(".ask .buttons button:not(.chosen)")
    assert page.locator(".tiles button:has-text('Wu')").count() == 1
    page.tap("button:has-text('Take Wu away')")
    page.tap(".ask .buttons button.chosen")
    page.wait_for_selector(".tiles button:has-text('Wu')", state="detached")
    entries = page.evaluate("fetch('/api/v1/audit?order=newest&limit=20').then((answer) => answer.json())")["items"]
    told = [(one["what"], one["who"], one["detail"].get("role")) for one in entries if one["subject"] == "Wu"]
    assert sorted(told, key=str) == [
        ("operator.enter", "Zhao", "left"), ("operator.enter", "Zhao", "operator"), ("pin.set", "Zhao", None),
        ("pin.set", "Zhao", None),
    ]  # fmt: skip


def enter_pin(page: Any, pin: str) -> None:  # noqa: ANN401 - Playwright's
    for digit in pin:
        page.tap(f".keypad button:has-text('{digit}')")


LABELS = {"lot": "Lot", "grower": "Grower", "variety": "Variety", "plot": "Plot", "accountable": "Who answers"}
