"""What the books add up to: a lot's balance, a grower's settlement, a lot's off-size fruit. Nothing is written."""

from typing import Any

from grader.grading import RulePack
from grader.store.books import one_moment
from grader.store.books.lots import feeds_of
from grader.store.books.sums import hand_graded_of_lot, settlement_of, sizes_of_lot, weights_of_lot
from grader.trace.desk.desk import G_PER_KG, find_lot
from grader.trace.desk.labelling import off_size
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


def off_size_of_lot(books: Any, code: str, grade: str, pack: RulePack) -> OffSize | None:  # noqa: ANN401
    """The off-size share of a lot's fruit that were delivered as `grade`, which its limit is judged by."""
    find_lot(books, code)
    return off_size(sizes_of_lot(books, code, grade), pack, grade)
