"""Every page on both screens in both languages: all text fits, a glove hits every target, axe finds nothing serious.

The pictures are kept in `out/screens`, to be looked at.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.system.touchscreen.conftest import SIZES
from tests.system.touchscreen.small_station import SmallStation

Open = Callable[..., Any]
PAGES = ("run", "trays", "trays/1", "lots", "lots/+", "lots/A-1", "lots/A-1/report", "alarms", "more", "reports",
         "settings", "maintenance")  # fmt: skip
LEAST_PX = {"7in": 100, "10in": 88}
"""15 mm."""
LOOKING = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
AXE = ROOT / "station_ui" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "out" / "screens"
WAIT = {"en": "One moment", "zh": "请稍候"}
"""What a page says until it has its answers."""
BAD = {"serious", "critical"}


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
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = {}
    for page in PAGES:
        opened.evaluate(f"location.hash = '{page}'")
        opened.wait_for_selector(f"[data-page='{page.partition('/')[0]}']:not(:has-text('{WAIT[language]}'))")
        opened.screenshot(path=PICTURES / f"{page.replace('/', '-')}-{size}-{language}.png")
        found[page] = opened.evaluate(LOOKING, LEAST_PX[size]) + accessible(opened)
    assert {page: faults for page, faults in found.items() if faults} == {}


def accessible(page: Any) -> list[str]:  # noqa: ANN401 - Playwright's
    """What axe-core calls serious or critical."""
    session = page.context.new_cdp_session(page)
    # Over the debugger: the page's own policy lets no script in.
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    session.detach()
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary'][:200]}"
        for one in told["violations"]
        if one["impact"] in BAD
    ]
