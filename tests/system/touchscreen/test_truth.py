"""The page never says anything that is not so: what is old is grey and says its age, and it comes back by itself."""

from collections.abc import Callable
from typing import Any

from tests.system.station_process import ServeProcess
from tests.system.touchscreen.small_station import SmallStation
from tests.system.touchscreen.test_tasks import said

Open = Callable[..., Any]


def test_a_killed_station_is_grey_says_since_when_comes_back_and_loses_nothing_typed(
    screen: Open, served: ServeProcess
) -> None:
    page = screen("lots/+")
    said(page, ".state", "Execute")
    page.fill("label:has-text('Lot') input", "typed-before")
    served.kill()
    said(page, ".news", "No connection to the station")
    said(page, ".news", "Nothing new since")
    assert "grayscale" in page.eval_on_selector(".content", "one => getComputedStyle(one).filter")
    assert page.inner_text(".state").strip() == "Not known"
    assert page.is_disabled("aside button:has-text('Hold')")
    page.fill("label:has-text('Plot') input", "typed-while-away")
    served.start()
    page.wait_for_selector(".news", state="detached")
    said(page, ".state", "Execute")
    assert page.input_value("label:has-text('Lot') input") == "typed-before"
    assert page.input_value("label:has-text('Plot') input") == "typed-while-away"
    page.reload()
    page.wait_for_selector(".frame")
    assert page.input_value("label:has-text('Lot') input") == "typed-before"


def test_stop_says_that_nobody_heard_it_where_the_station_is_gone(screen: Open, served: ServeProcess) -> None:
    page = screen()
    served.kill()
    page.tap("button.stop")
    said(page, ".answer.refused", "The station did not answer.")


def test_a_silent_line_is_told_from_a_lost_station(screen: Open, station: SmallStation) -> None:
    page = screen()
    said(page, ".state", "Execute")
    station.window.change(lambda: setattr(station.window, "silent", True))
    said(page, ".news", "The line says nothing")
    station.window.change(lambda: setattr(station.window, "silent", False))
    page.wait_for_selector(".news", state="detached")


def test_the_token_leaves_the_address_and_no_other_script_runs(screen: Open, served: ServeProcess) -> None:
    page = screen()
    assert "token" not in page.url
    answer = page.request.get(served.address)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""")
    assert page.evaluate("window.ran") is None
    assert page.request.get(f"{served.address}/assets/..%2F..%2Fpackage.json").status == 404


def test_languages_change_in_place(screen: Open) -> None:
    page = screen("alarms")
    page.tap("nav button:last-child")
    said(page, "nav", "报警")
    assert page.get_attribute("html", "lang") == "zh-CN"
    page.tap("nav button:last-child")
    said(page, "nav", "Alarms")


def test_one_page_looks_at_pictures_once_however_often_it_is_left_and_opened(screen: Open) -> None:
    page = screen("run")
    sockets: list[Any] = []
    closed: list[Any] = []

    def opened(socket: Any) -> None:  # noqa: ANN401 - Playwright's
        sockets.append(socket)
        socket.on("close", lambda _: closed.append(socket))

    page.on("websocket", opened)
    for _ in range(6):
        page.evaluate("location.hash = 'more'")
        page.wait_for_selector("canvas", state="detached")
        page.evaluate("location.hash = 'run'")
        page.wait_for_selector("canvas", state="attached")
    page.wait_for_timeout(2500)  # longer than it waits before it opens one again
    assert len(sockets) >= 6
    assert len(sockets) - len(closed) == 1


def test_counts_that_nobody_has_told_yet_are_not_shown_as_none(screen: Open) -> None:
    page = screen("run")
    page.wait_for_selector(".figures td.number:has-text('41')")
    page.route("**/api/v1/counts?*", lambda route: route.abort())
    page.reload()
    page.wait_for_selector(".figures tbody tr")
    assert set(page.locator(".figures tbody td").all_inner_texts()) == {"\u2013"}
