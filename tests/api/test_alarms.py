"""Alarms in both languages; what was, with who acknowledged it and how long it stood."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.line.alarm_words import ZH, in_chinese
from grader.line.catalogue import CATALOGUE
from grader.line.commands import AlarmReport, Reaction
from grader.store.records import EventHappened
from grader.trace.desk import Desk
from tests.api.small_window import SmallWindow
from tests.api.station_api import StationApi
from tests.api.waiting import eventually
from tests.store.small_line import SmallLine

NS = 10**9
SUBJECT = re.compile(r"\{subject\}")
AIR = AlarmReport(
    code="air_pressure_low", subject=None, priority=3, reaction=Reaction.HOLD, cause="c", action="a", count=2,
    raised_at_unix_s=100.0, last_raised_at_unix_s=160.0, acknowledged_by="Li", acknowledged_at_unix_s=130.0,
)  # fmt: skip


def test_every_alarm_of_the_catalogue_has_chinese_words_about_the_same_subject() -> None:
    assert ZH.keys() == CATALOGUE.keys()
    for code, (cause, action) in ZH.items():
        kind = CATALOGUE[code]
        assert bool(SUBJECT.search(cause + action)) == bool(SUBJECT.search(kind.cause + kind.action)), code
        assert in_chinese(code, "super") == (cause.format(subject="特级"), action.format(subject="特级"))


@pytest.fixture
def line(desk: Desk) -> Iterator[SmallLine]:
    line = SmallLine(desk.books.path.with_name("journal.db"))
    yield line
    line.close()


def happen(
    line: SmallLine, at_s: int, change: str, code: str, subject: str | None = None, who: str | None = None
) -> None:
    line.journal.submit(
        EventHappened(
            kind="alarm", payload={"change": change, "code": code, "subject": subject, "who": who}, utc_ns=at_s * NS,
            monotonic_ns=at_s * NS, run=None,
        )
    ).result()  # fmt: skip


def test_the_history_puts_together_who_acknowledged_an_alarm_and_how_long_it_stood(
    api: StationApi, line: SmallLine
) -> None:
    happen(line, 100, "raised", "tray_full", "super")
    happen(line, 110, "raised", "tray_full", "I")
    happen(line, 120, "acknowledged", "tray_full", "super", "Li")
    happen(line, 130, "cleared", "tray_full", "super", "Li")
    items = api.ask("/api/v1/alarms/history").json["items"]
    assert [(one["code"], one["subject"], one["acknowledged_by"], one["lasted_s"]) for one in items] == [
        ("tray_full", "I", None, None),
        ("tray_full", "super", "Li", 30.0),
    ]
    assert items[1]["cause_zh"] == "出口「特级」的托盘已满。"
    assert items[1]["raised_at"] == "1970-01-01T08:01:40+08:00"


def test_a_long_history_is_leafed_through_and_none_is_empty(api: StationApi, line: SmallLine) -> None:
    assert api.ask("/api/v1/alarms/history").json == {"items": [], "next_before": None}
    for at_s in range(10):
        happen(line, at_s, "raised", "lamp_drift", str(at_s))
    first = api.ask("/api/v1/alarms/history?limit=2").json
    second = api.ask(f"/api/v1/alarms/history?limit=2&before={first['next_before']}").json
    assert [one["subject"] for one in first["items"] + second["items"]] == [str(n) for n in range(9, -1, -1)][:12]


def test_an_alarm_of_the_history_stands_only_while_the_line_itself_says_so(
    api: StationApi, line: SmallLine, tmp_path: Path
) -> None:
    """Runs that were killed have raised what nobody cleared."""
    happen(line, 100, "raised", "tray_full", "super")
    happen(line, 110, "raised", "air_pressure_low")
    happen(line, 500, "raised", "air_pressure_low")

    def standing() -> list[tuple[str, str]]:
        items = api.ask("/api/v1/alarms/history").json["items"]
        return [(one["code"], one["raised_at"][14:19]) for one in items if one["stands"]]

    assert standing() == []
    window = SmallWindow(tmp_path / "run", alarms=(AIR.model_copy(update={"last_raised_at_unix_s": 500.2}),))
    try:
        eventually(lambda: bool(api.ask("/api/v1/alarms").json["items"]))
        assert standing() == [("air_pressure_low", "08:20")]
    finally:
        window.close()
    eventually(lambda: not api.ask("/api/v1/alarms").json["items"])
    assert standing() == []


def test_an_alarm_that_stands_says_since_when_in_both_languages_and_who_has_seen_it(
    api: StationApi, tmp_path: Path
) -> None:
    window = SmallWindow(tmp_path / "run", alarms=(AIR,))
    try:
        eventually(lambda: bool(api.ask("/api/v1/alarms").json["items"]))
        (shown,) = api.ask("/api/v1/alarms").json["items"]
    finally:
        window.close()
    assert (shown["cause"], shown["cause_zh"], shown["count"]) == ("c", "气压过低，阀门无法工作。", 2)  # noqa: RUF001
    assert (shown["acknowledged_by"], shown["acknowledged_at"]) == ("Li", "1970-01-01T08:02:10+08:00")
    assert shown["last_raised_at"] == "1970-01-01T08:02:40+08:00"
