"""A desk with its books and a small line: what the tests of lots and trays act on."""

import json
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.grading import shipped_rule_pack
from grader.store import reading
from grader.store.books import BOOKS, Books, Follower
from grader.store.books.outbox import events_after
from grader.store.books.trays import Tray, history_of, holds_of_lot, tray_of
from grader.trace.desk import Desk, feeding, growers, holds, labelling, lots
from grader.trace.desk.desk import utc_ns
from grader.trace.desk.feeding import Fed
from grader.trace.settings import TraceSettings
from tests.store.small_line import SmallLine

CHINA = timezone(timedelta(hours=8))
MORNING = datetime(2026, 11, 25, 6, tzinfo=CHINA)
PACK = shipped_rule_pack("cooperative")
SETTINGS = TraceSettings()
DELIVERY = lots.Delivery(
    code="A", grower="G1", variety="Hongyan", plot="7", harvested_at=MORNING,
    precooled_at=MORNING + timedelta(minutes=40), precooled_c=Decimal("5.2"), received_at=MORNING + timedelta(hours=1),
    received_kg=Decimal("500.000"), accountable="Zhao", retained_sample="S-1",
)  # fmt: skip


@dataclass
class Clock:
    """Time that passes when the test says so."""

    at: datetime = MORNING + timedelta(hours=2)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Counter:
    """The desk, the line beside it, and the clock above."""

    desk: Desk
    line: SmallLine
    clock: Clock

    def follow(self) -> int:
        return Follower(self.desk.books, self.line.path, lambda: utc_ns(self.clock())).follow()

    def feed(self, lot: str, *, mixed: bool = False, pass_number: int = 1) -> Fed:
        return feeding.feed(self.desk, self.line.path, lot, "Li", mixed=mixed, pass_number=pass_number)

    def receive(self, code: str, grower: str = "G1", **facts: Any) -> list[str]:  # noqa: ANN401 - any fact
        found = lots.receive(self.desk, replace(DELIVERY, code=code, grower=grower, **facts), "Li")
        return [finding.code for finding in found]

    def report(self, number: str, *, grower: str = "G1", passed: bool = True, days_ago: float = 1) -> None:
        sampled = self.clock() - timedelta(days=days_ago)
        growers.enter_report(self.desk, grower, "Lab", number, sampled, "Li", passed=passed)

    def tray(self, number: int) -> Tray:
        with reading(self.desk.books.path, BOOKS) as books:
            found = tray_of(books, number)
        assert found is not None
        return found

    def history(self, number: int) -> list[str]:
        with reading(self.desk.books.path, BOOKS) as books:
            return [step["what"] for step in history_of(books, number)]

    def open_holds(self, lot: str) -> list[tuple[int, str]]:
        with reading(self.desk.books.path, BOOKS) as books:
            return [(hold.hold, hold.code) for hold in holds_of_lot(books, lot)]

    def label(self, tray: int, *, mixed: bool = False) -> labelling.Labelled:
        return labelling.label(self.desk, tray, PACK, "Li", mixed=mixed)

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        with reading(self.desk.books.path, BOOKS) as books:
            return [(event["kind"], json.loads(event["canonical"])) for event in events_after(books, 0)]


def open_counter(folder: Path) -> Counter:
    """With a manager, a shift, two growers with valid reports, and a line that stands."""
    clock = Clock()
    numbers = iter(range(1, 10**6))
    books = Books(folder / "station.db")
    desk = Desk(books, SETTINGS, clock, lambda count: next(numbers).to_bytes(count, "big"))
    line = SmallLine(folder / "journal.db", PACK.hash).start()
    counter = Counter(desk, line, clock)
    holds.enter_operator(desk, "Zhao", "manager", "Zhao")
    holds.enter_operator(desk, "Li", "operator", "Zhao")
    feeding.begin_shift(desk, date(2026, 11, 25), 2, "Zhao", ("Li",))
    for grower, name in (("G1", "王芳"), ("G2", "Zhang Wei")):
        growers.enter_grower(desk, grower, name, None, "Li")
        counter.report(f"{grower}-1", grower=grower)
    counter.follow()
    return counter


def close_counter(counter: Counter) -> None:
    assert isinstance(counter.desk.books, Books)
    with closing(counter.desk.books):
        counter.line.close()
