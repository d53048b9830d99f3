"""The books of `grader demo`: people, two growers and their lots, so that there is something to label and to sell."""

import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from grader.api.acts import give_pin
from grader.api.clerk import Clerk
from grader.api.settings import StationOfApi
from grader.store.books.lots import grower_of
from grader.trace.desk import Desk, feeding, growers, holds, lots
from grader.trace.errors import AgainstRulesError
from grader.trace.identity import DEMO_PREFIX, Gtin
from grader.trace.settings import TraceSettings

OUTLETS = ("super", "I", "II", "processing")
GROWERS = (("G1", "王芳 Wang Fang", "A-1", "7"), ("G2", "张伟 Zhang Wei", "B-1", "12"))
PIN = "2468"
PEOPLE: tuple[tuple[str, Literal["operator", "manager"]], ...] = (("Zhao", "manager"), ("Li", "operator"))
AGAIN_S = 0.1
PATIENCE_S = 15.0


def trace_settings() -> TraceSettings:
    """Made-up numbers, for labels that nobody takes for true ones."""
    gtin = {outlet: Gtin.of_company(DEMO_PREFIX, place).text for place, outlet in enumerate(OUTLETS, 1)}
    return TraceSettings(
        gtin=gtin, packer="演示合作社 Demo cooperative", packer_address="安徽省合肥市长丰县", origin_zh="中国安徽",
        origin_en="Anhui, China",
    )  # fmt: skip


def enter(clerk: Clerk) -> None:
    """A shift begins and two growers have brought a lot each; books that know them are left as they are."""
    desk, now = clerk.desk, clerk.now()
    with desk.asking() as books:
        if grower_of(books, GROWERS[0][0]) is not None:
            return
    for name, role in PEOPLE:
        holds.enter_operator(desk, name, role, "Zhao")
        give_pin(clerk, name=name, pin=PIN, who="Zhao")
    feeding.begin_shift(desk, now.astimezone(desk.settings.zone).date(), 1, "Zhao", ("Li",))
    for code, name, lot, plot in GROWERS:
        growers.enter_grower(desk, code, name, None, "Li")
        growers.enter_report(
            desk, code, "County laboratory", f"4711-{code}", now - timedelta(days=1), "Li", passed=True
        )
        delivery = lots.Delivery(
            code=lot, grower=code, variety="Hongyan", plot=plot, harvested_at=now - timedelta(hours=3),
            precooled_at=now - timedelta(hours=2, minutes=20), precooled_c=Decimal("5.1"), received_at=now,
            received_kg=Decimal("7.000"), accountable="Zhao", retained_sample=f"S-{lot}",
        )  # fmt: skip
        lots.receive(desk, delivery, "Li")


def feed_first_lot(desk: Desk, journal: Path) -> None:
    """Somebody says, before the belt moves, whose fruit come: as soon as the line has begun its run.

    A line that cannot begin has its page all the same, after a while: that is where its operator looks.
    """
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        try:
            feeding.feed(desk, journal, GROWERS[0][2], "Li")
        except AgainstRulesError:
            time.sleep(AGAIN_S)
        else:
            return


def station_of(journal: Path, sockets: Path) -> StationOfApi:
    """What the web process of a demonstration knows of its station; its books lie beside the journal."""
    books = journal.with_name(f"{journal.stem}-books.db")
    return StationOfApi(journal=journal, books=books, sockets=sockets, trace=trace_settings())
