"""What the books add up to: a lot's balance, a grower's settlement, a lot's off-size fruit. Nothing is written."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from grader.grading import RulePack
from grader.store.books import one_moment
from grader.store.books.lots import feeds_of
from grader.store.books.sums import hand_graded_of_lot, settlement_of, sizes_of_lot, weights_of_lot
from grader.trace.desk.desk import G_PER_KG, find_lot
from grader.trace.desk.labelling import off_size
from grader.trace.desk.weighing import weight_factor
from grader.trace.rules.classes import tolerance_of
from grader.trace.rules.factor import WeightFactor
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
        factor = weight_factor(books, code, settings)
    return weigh(lot.received_g / G_PER_KG, portions, by_hand, settings, factor)


def settlement(
    books: Any,  # noqa: ANN401
    grower: str,
    begin_utc_ns: int,
    end_utc_ns: int,
    settings: TraceSettings,
) -> dict[str, Any]:
    """A grower's lots of a period and what they were delivered as: counts, and estimated kg with their uncertainty.

    Kilograms are corrected lot by lot by the trays that were weighed. `u_kg` is of the fruit by themselves;
    `shared_u_kg` is what is left of what all fruit of a lot share: within a lot it shifts all grades alike and cancels
    where kg received are divided in this proportion.
    """
    with one_moment(books):
        found = settlement_of(books, grower, begin_utc_ns, end_utc_ns)
        factors = {lot["code"]: weight_factor(books, lot["code"], settings) for lot in found["lots"]}
    return {
        "grower": grower,
        "lots": [
            {
                "lot": lot["code"],
                "received_kg": lot["received_g"] / G_PER_KG,
                "weight_factor": factors[lot["code"]].factor,
                "weight_factor_u": factors[lot["code"]].u,
                "trays_weighed": factors[lot["code"]].trays,
            }
            for lot in found["lots"]
        ],
        "delivered": [
            _delivered(outlet, grade, list(rows), factors)
            for (outlet, grade), rows in groupby(found["delivered"], lambda row: (row["outlet"], row["grade"]))
        ],
        "hand_graded": [{"outlet": row["outlet"], "kg": row["weight_g"] / G_PER_KG} for row in found["hand_graded"]],
    }


def _delivered(
    outlet: str, grade: str, of_lots: list[dict[str, Any]], factors: Mapping[str, WeightFactor]
) -> dict[str, Any]:
    """What was delivered as one grade, of all lots together; lots are independent of each other."""
    parts = [(factors[row["lot"]], row) for row in of_lots]
    return {
        "outlet": outlet,
        "grade": grade,
        "fruit": sum(row["fruit"] for row in of_lots),
        "estimated_kg": sum(factor.factor * row["weight_g"] for factor, row in parts) / G_PER_KG,
        "u_kg": math.sqrt(sum(factor.factor**2 * row["variance_g2"] for factor, row in parts)) / G_PER_KG,
        "shared_u_kg": math.hypot(*(factor.u * row["weight_g"] for factor, row in parts)) / G_PER_KG,
        "without_weight": sum(row["fruit"] - row["weighed"] for row in of_lots),
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
