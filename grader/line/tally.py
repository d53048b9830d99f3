"""Where the recorded fruit are: the figures behind the balance."""

from collections import Counter
from dataclasses import dataclass, field

from grader.grading import Outlet
from grader.line.records import DeliveryRecord, Fortune, FruitRecord


@dataclass(slots=True)
class Tally:
    """Counts since the run began."""

    recorded: int = 0
    decided: dict[Outlet, int] = field(default_factory=lambda: dict.fromkeys(Outlet, 0))
    """By the outlet that the line chose."""
    delivered: dict[Outlet, int] = field(default_factory=lambda: dict.fromkeys(Outlet, 0))
    recheck: int = 0
    unconfirmed: int = 0
    late: int = 0
    """Of the recheck: their window had passed."""
    in_flight: int = 0
    """On the belt, decided, their fate open."""
    refused: int = 0
    """Not recorded: the journal could not take them. They run to recheck."""
    diverted: dict[str, int] = field(default_factory=dict)
    """Fruit sent to recheck instead of the outlet of their grade, by reason."""
    fates: Counter[tuple[Outlet, Fortune]] = field(default_factory=Counter)
    """By the outlet that the line chose, and what became of them."""

    def record(self, fruit: FruitRecord) -> None:
        """A fruit was decided."""
        self.recorded += 1
        self.in_flight += 1
        self.decided[fruit.outlet] += 1
        if fruit.diverted:
            self.diverted[fruit.diverted] = self.diverted.get(fruit.diverted, 0) + 1

    def refuse(self, fruit: FruitRecord) -> None:
        """Its record failed: it never was."""
        self.recorded -= 1
        self.in_flight -= 1
        self.decided[fruit.outlet] -= 1
        self.refused += 1

    def deliver(self, delivery: DeliveryRecord, meant: Outlet) -> None:
        """A fruit left the belt, for which the line had chosen the outlet `meant`."""
        self.in_flight -= 1
        self.fates[meant, delivery.fortune] += 1
        match delivery.fortune:
            case Fortune.DELIVERED if delivery.outlet is not None:
                self.delivered[delivery.outlet] += 1
            case Fortune.RECHECK:
                self.recheck += 1
                self.late += delivery.cause == "late"
            case _:
                self.unconfirmed += 1

    @property
    def balanced(self) -> bool:
        """Recorded fruit = delivered + recheck + unconfirmed + in flight."""
        return self.recorded == sum(self.delivered.values()) + self.recheck + self.unconfirmed + self.in_flight
