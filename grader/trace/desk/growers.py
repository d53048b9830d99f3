"""Growers, what was sprayed and fed on their plots, and what laboratories found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from grader.store.books.lots import grower_of, has_report
from grader.store.books.records import GrowerEntered, GrowerNamed, ResidueReported, Treated
from grader.trace.desk.desk import Desk, checked_name, utc_ns
from grader.trace.desk.review import review
from grader.trace.errors import AgainstRulesError, NoSuchThingError
from grader.trace.rules.plausible import past


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What was put on a plot."""

    grower: str
    plot: str
    kind: Literal["pesticide", "fertiliser"]
    product: str
    amount: str
    applied_at: datetime
    safety_days: float | None = None
    """Nothing may be harvested for so long; a pesticide always says it."""


def enter_grower(desk: Desk, code: str, name: str, contact: str | None, who: str) -> None:
    """A grower delivers here from now on."""
    with desk.asking() as books:
        if grower_of(books, code) is not None:
            raise AgainstRulesError(f"there is a grower {code} already: choose another code")
    desk.write(GrowerEntered(code=code, name=name, contact=contact, who=checked_name(who), utc_ns=utc_ns(desk.now())))


def enter_report(
    desk: Desk, grower: str, laboratory: str, number: str, sampled_at: datetime, who: str, *, passed: bool
) -> None:
    """A laboratory reported; every fresh lot of the grower is looked over again."""
    known_grower(desk, grower)
    past(sampled_at, desk.now(), "the sample")
    with desk.asking() as books:
        if has_report(books, laboratory, number):
            raise AgainstRulesError(f"report {number} of {laboratory} is in the books already: look at its number")
    desk.write(
        ResidueReported(
            grower=grower, laboratory=laboratory, number=number, sampled_utc_ns=utc_ns(sampled_at), passed=passed,
            who=checked_name(who), utc_ns=utc_ns(desk.now()),
        )
    )  # fmt: skip
    review(desk, grower=grower)


def enter_treatment(desk: Desk, treatment: Treatment, who: str) -> None:
    """A plot was sprayed or fed; every fresh lot of the grower is looked over again."""
    if treatment.kind == "pesticide" and treatment.safety_days is None:
        raise AgainstRulesError(f"{treatment.product} has a safety interval: say its days, 0 if it is none")
    known_grower(desk, treatment.grower)
    past(treatment.applied_at, desk.now(), treatment.product)
    desk.write(
        Treated(
            grower=treatment.grower,
            plot=treatment.plot,
            kind=treatment.kind,
            product=treatment.product,
            amount=treatment.amount,
            applied_utc_ns=utc_ns(treatment.applied_at),
            safety_days=treatment.safety_days,
            who=checked_name(who),
            utc_ns=utc_ns(desk.now()),
        )
    )
    review(desk, grower=treatment.grower)


def name_grower(desk: Desk, code: str, who: str, *, shown: bool) -> None:
    """A grower lets buyers see the name on the trays' pages, or no longer; what was published is in the world."""
    known_grower(desk, code)
    desk.write(GrowerNamed(grower=code, shown=shown, who=checked_name(who), utc_ns=utc_ns(desk.now())))


def known_grower(desk: Desk, code: str) -> dict[str, Any]:
    """The grower with that code, or `NoSuchThingError`."""
    with desk.asking() as books:
        grower = grower_of(books, code)
    if grower is None:
        raise NoSuchThingError(f"the books know no grower {code}: enter the grower first")
    return grower
