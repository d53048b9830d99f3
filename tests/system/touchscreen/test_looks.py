"""Every page on both screens in both languages: all text fits, a glove hits every target, axe finds nothing serious.

The pictures are kept in `out/screens`, to be looked at.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.system.touchscreen.conftest import SIZES
from tests.system.touchscreen.looking import faults_of, keep
from tests.system.touchscreen.small_station import SmallStation

Open = Callable[..., Any]
PAGES = ("run", "trays", "trays/1", "lots", "lots/+", "lots/A-1", "lots/A-1/report", "alarms", "more", "reports",
         "settings", "maintenance")  # fmt: skip
WAIT = {"en": "One moment", "zh": "请稍候"}
"""What a page says until it has its answers."""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_is_hit_with_gloves_and_is_accessible(
    screen: Open, station: SmallStation, size: str, language: str
) -> None:
    station.window.alarm("outlet_missing_pulses", "II")
    station.window.alarm("spheres_due")
    station.window.alarm("tray_full", "super")
    opened = screen("run", size, language)
    opened.wait_for_selector("header .cause")
    found = {}
    for page in PAGES:
        opened.evaluate(f"location.hash = '{page}'")
        opened.wait_for_selector(f"[data-page='{page.partition('/')[0]}']:not(:has-text('{WAIT[language]}'))")
        keep(opened, page.replace("/", "-"), size, language)
        found[page] = faults_of(opened, size)
    assert {page: faults for page, faults in found.items() if faults} == {}
