"""`/status` in a real browser: the page for the day when the touchscreen's own is broken."""

from typing import Any

from grader.line.states import State
from tests.system.station_process import ServeProcess
from tests.system.touchscreen.small_station import SmallStation


def test_its_button_stops_the_machine(browser: Any, station: SmallStation, served: ServeProcess) -> None:  # noqa: ANN401 - Playwright's
    page = browser.new_page()
    try:
        page.goto(f"{served.address}/status")
        page.get_by_role("button").click()
        page.wait_for_url("**/status")
        assert page.locator("text=Not stopped").count() == 0
    finally:
        page.close()
    assert station.window.machine.state in {State.STOPPING, State.STOPPED}
