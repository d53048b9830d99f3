"""What a page looks like on the screen: kept as a picture, and judged."""

from pathlib import Path
from typing import Any

from tests.conftest import ROOT

LEAST_PX = {"7in": 100, "10in": 88}
"""15 mm."""
LOOKING = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
AXE = ROOT / "station_ui" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "out" / "screens"
BAD = {"serious", "critical"}


def looks_right(page: Any, name: str, size: str, language: str) -> None:  # noqa: ANN401 - Playwright's
    """All of it fits, is hit with gloves and is accessible; the picture is kept."""
    keep(page, name, size, language)
    faults = faults_of(page, size)
    assert faults == [], faults


def keep(page: Any, name: str, size: str, language: str) -> None:  # noqa: ANN401
    """To be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{size}-{language}.png")


def faults_of(page: Any, size: str) -> list[str]:  # noqa: ANN401
    """What does not fit, is too small for a glove, or is not accessible."""
    return list(page.evaluate(LOOKING, LEAST_PX[size])) + accessible(page)


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
