"""Trays on the scale: their net weight goes on record, and says how far the estimates of their lot are off."""

from typing import Any

from grader.store.books.records import TrayWeighed
from grader.store.books.trays import composition
from grader.store.books.weighed import weighed_trays_of_lot
from grader.trace.desk.desk import Desk, checked_name, find_tray, utc_ns
from grader.trace.errors import AgainstRulesError
from grader.trace.rules.factor import OnTheScale, WeightFactor, factor_of
from grader.trace.settings import TraceSettings

AT_REST = frozenset({"closed", "labelled"})
"""States of a tray into which nothing falls any more."""


def weigh_tray(desk: Desk, number: int, net_g: int, scale: str, who: str) -> None:
    """Put on record what the fruit of a closed tray weigh. Weighed again, the last time counts; all stay on record."""
    with desk.asking() as books:
        tray, shares = find_tray(books, number), composition(books, number)
    if tray.state not in AT_REST:
        raise AgainstRulesError(f"tray {number} is {tray.state}: close it before it is weighed")
    if tray.needs_recount or tray.counted is not None:
        raise AgainstRulesError(
            f"tray {number} holds another number of fruit than fell into it, or may: its weight says nothing of theirs"
        )
    if not shares:
        raise AgainstRulesError(f"tray {number} is empty: there is nothing to weigh")
    if net_g <= 0:
        raise AgainstRulesError(f"{net_g} g is no weight: look at the scale, and at the tare")
    fruit = sum(share.fruit for share in shares)
    desk.write(
        TrayWeighed(
            tray=number, net_g=net_g, fruit=fruit, scale=scale, who=checked_name(who), utc_ns=utc_ns(desk.now())
        )
    )


def weight_factor(books: Any, lot: str, settings: TraceSettings) -> WeightFactor:  # noqa: ANN401 - SQL's types stay in store
    """Of a lot, by its trays that were weighed and hold nothing else. Nothing is written."""
    trays = [
        OnTheScale(row["net_g"], row["fruit"], row["weighed"], row["weight_g"], row["variance_g2"])
        for row in weighed_trays_of_lot(books, lot)
    ]
    return factor_of(trays, settings)
