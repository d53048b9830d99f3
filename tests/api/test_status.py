"""The page without scripts: open on this computer, true about its age, and it stops the belt."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.line.commands import AlarmReport, Reaction
from tests.api.small_window import SmallWindow
from tests.api.station_api import StationApi
from tests.api.waiting import eventually

HOSTILE = '<script>alert("1")</script>'


@pytest.fixture
def line(api: StationApi, tmp_path: Path) -> Iterator[SmallWindow]:
    alarm = AlarmReport(
        code="tray_full", subject="super", priority=2, reaction=Reaction.CLOSE_OUTLET, cause=f"It is full {HOSTILE}.",
        action="Change it.", count=1, raised_at_unix_s=100.0, last_raised_at_unix_s=100.0,
    )  # fmt: skip
    window = SmallWindow(tmp_path / "run", alarms=(alarm,), why=HOSTILE)
    eventually(lambda: api.ask("/api/v1/state").json["line"] is not None)
    yield window
    window.close()


def page(api: StationApi, **headers: str) -> str:
    answer = api.ask("/status", None, headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer.body.decode()


def test_it_says_state_alarms_trays_and_counts_in_both_languages_without_a_script(
    api: StationApi, line: SmallWindow
) -> None:
    text = page(api)
    for said in ("运行中 · Execute", "出口「特级」的托盘已满。", "Change it.", "9.5", "无 · none", "Tray"):
        assert said in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert line.shown


def test_every_figure_says_how_old_it_is(api: StationApi, line: SmallWindow) -> None:
    text = page(api)
    age = re.search(r"as of ([\d.]+) s ago", text)
    assert age is not None
    assert float(age[1]) < 2
    assert re.search(r"This page is of <b>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d</b>", text)
    assert "last fruit in the books: 1970-01-01 08:00:00" in text
    line.close()
    eventually(lambda: "No line runs, or it does not answer · " in page(api))
    text = page(api)
    assert "Not known while no line answers" in text
    assert "Execute" not in text


def test_a_stale_cookie_is_in_nobodys_way(api: StationApi) -> None:
    assert "No line runs" in page(api, Cookie="grader_session=gs_over")


def press_stop(api: StationApi, **headers: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
    connection.request("POST", "/status/stop", b"", headers)
    response = connection.getresponse()
    told = response.status, response.getheader("Location", ""), response.read().decode()
    connection.close()
    return told


def test_its_button_stops_the_belt_and_another_sites_page_does_not(api: StationApi, line: SmallWindow) -> None:
    for stranger in ("http://evil.example", "null", "http://["):
        assert press_stop(api, Origin=stranger)[0] == 403
    assert line.heard == []
    assert press_stop(api, Origin=f"http://127.0.0.1:{api.port}")[:2] == (303, "/status")
    assert [one.command.kind for one in line.heard] == ["stop"]


def test_a_stop_that_nobody_hears_says_so(api: StationApi) -> None:
    status, _, text = press_stop(api)
    assert (status, "Not stopped" in text) == (409, True)
