"""What the books add up to: a lot's balance, a grower's settlement, a lot's off-size fruit. Nothing is written."""

from dataclasses import dataclass
from typing import Any

from grader.grading import RulePack
from grader.store.books import one_moment
from grader.store.books.lots import feeds_of
from grader.store.books.sums import hand_graded_of_lot, settlement_of, sizes_of_lot, weights_of_lot
from grader.trace.desk.desk import G_PER_KG, find_lot
from grader.trace.desk.labelling import off_size
from grader.trace.rules.classes import tolerance_of
from grader.trace.rules.tolerance import OffSize
from grader.trace.rules.weighing import ByHand, Portion, WeightBalance, weigh
from grader.trace.settings import TraceSettings


def balance_of(books: Any, code: str, settings: TraceSettings) -> WeightBalance:  # noqa: ANN401 - SQL's types stay in store
    """What came in of a lot against what became of it.

    Recheck counts once: of passes before the last one it was fed again, and what was weighed by hand was the crate.
    """
    with one_moment(books):
        lot = find_lot(books, code)
        passes = max((int(fed["pass_number"]) for fed in feeds_of(books, code)), default=1)
        by_hand = [ByHand(entry["outlet"], entry["weight_g"]) for entry in hand_graded_of_lot(books, code)]
        portions = [
            Portion(
                row["outlet"] or "unconfirmed", row["fruit"], row["weighed"], row["weight_g"], row["weight_g2"],
                row["variance_g2"],
            )
            for row in weights_of_lot(books, code)
            if row["outcome"] != "recheck" or (row["pass_number"] >= passes and not by_hand)
        ]  # fmt: skip
    return weigh(lot.received_g / G_PER_KG, portions, by_hand, settings)


def settlement(books: Any, grower: str, begin_utc_ns: int, end_utc_ns: int) -> dict[str, Any]:  # noqa: ANN401
    """A grower's lots of a period and what they were delivered as: counts, and estimated kg with their uncertainty.

    `u_kg` is of the fruit by themselves; what all share (`weight_common_u`) shifts all grades alike and cancels where
    kg received are divided in this proportion.
    """
    with one_moment(books):
        found = settlement_of(books, grower, begin_utc_ns, end_utc_ns)
    return {
        "grower": grower,
        "lots": [{"lot": lot["code"], "received_kg": lot["received_g"] / G_PER_KG} for lot in found["lots"]],
        "delivered": [
            {
                "outlet": row["outlet"],
                "grade": row["grade"],
                "fruit": row["fruit"],
                "estimated_kg": row["weight_g"] / G_PER_KG,
                "u_kg": row["variance_g2"] ** 0.5 / G_PER_KG,
                "without_weight": row["fruit"] - row["weighed"],
            }
            for row in found["delivered"]
        ],
        "hand_graded": [{"outlet": row["outlet"], "kg": row["weight_g"] / G_PER_KG} for row in found["hand_graded"]],
    }


@dataclass(frozen=True, slots=True)
class Judged:
    """A lot's fruit of one grade against the tolerance of their size."""

    grade: str
    off_size: OffSize
    tolerance: float

    @property
    def within(self) -> bool:
        """Whether, with 95 % probability, no more miss the class than may: a lot is judged by its limit."""
        return self.off_size.limit <= self.tolerance


def sizes_judged(books: Any, code: str, pack: RulePack, settings: TraceSettings) -> list[Judged]:  # noqa: ANN401
    """The off-size shares of all that was delivered of a lot, by grade, in the pack's order."""
    find_lot(books, code)
    found = [(grade.name, off_size(sizes_of_lot(books, code, grade.name), pack, grade.name)) for grade in pack.grades]
    return [
        Judged(grade, share, tolerance_of(pack, grade, settings.size_tolerance))
        for grade, share in found
        if share is not None
    ]
