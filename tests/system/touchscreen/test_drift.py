"""Drift in the reports: nothing is made up where nothing is on record, and a figure beyond its limit says so."""

import math
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.line.figures import figure
from grader.store.records import EventHappened
from tests.system.touchscreen.conftest import SIZES
from tests.system.touchscreen.looking import looks_right
from tests.system.touchscreen.small_station import SmallStation
from tests.system.touchscreen.test_tasks import said

Open = Callable[..., Any]
HOUR_NS = 3600 * 10**9
HOURS = 240


def write_down(station: SmallStation) -> None:
    """Ten days of a lamp that grows dim, and of an ejector that grows slow."""
    now_ns = time.time_ns()
    for hour in range(HOURS):
        old = hour / HOURS
        figures = [
            figure("lamp_brightness", None, 1.0 - 0.25 * old, 0.8, 1.25),
            figure("arrival", "super", 0.1 + 0.2 * old + 0.03 * math.sin(hour), -0.2, 0.4),
            figure("missing", "super", 0.05, None, 0.15),
        ]
        event = EventHappened(
            kind="drift", payload={"figures": figures}, utc_ns=now_ns - (HOURS - hour) * HOUR_NS, monotonic_ns=0, run=1
        )
        written = station.line.journal.submit(event)
    written.result()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("language", "none", "dim"),
    [("en", "let the reference spheres", "! Brightness"), ("zh", "请让标准球", "! 亮度")],
)
def test_what_drifts_is_drawn_with_its_limits_and_what_is_not_on_record_is_said(
    screen: Open, station: SmallStation, size: str, language: str, none: str, dim: str
) -> None:
    write_down(station)
    page = screen("reports", size, language)
    page.tap(".buttons button:nth-child(4)")
    said(page, ".report", none)
    said(page, ".report figcaption", dim)
    assert page.locator("figure canvas").count() == 3
    looks_right(page, "drift", size, language)
