"""Lots are looked over by the rules, and held for what these find."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from grader.store.books import BookRecord
from grader.store.books.lots import Lot, lots, residue_reports, treatments
from grader.store.books.records import HoldPlaced
from grader.store.books.trays import rules_that_held
from grader.trace.desk.desk import Desk, at_utc, kg, picked, utc_ns
from grader.trace.events import Held, LotShare, Things
from grader.trace.rules.suitability import Finding, Report, Spraying, find

RULES = "rules"
"""Who places a hold that a rule found."""
FRESH_DAYS = 31
"""Strawberries of an older lot are eaten."""


def findings(desk: Desk, books: Any, lot: Lot) -> list[Finding]:  # noqa: ANN401 - SQL's types stay in store
    """What the rules find of a lot now."""
    reports = [
        Report(f"{report['laboratory']} {report['number']}", at_utc(report["sampled_utc_ns"]), bool(report["passed"]))
        for report in residue_reports(books, lot.grower)
    ]
    sprayings = [
        Spraying(entry["product"], at_utc(entry["applied_utc_ns"]), entry["safety_days"])
        for entry in treatments(books, lot.grower, lot.plot, lot.harvested_utc_ns)
        if entry["kind"] == "pesticide"
    ]
    return find(picked(lot), reports, sprayings, desk.now(), desk.settings)


def review(desk: Desk, *, grower: str | None = None, codes: Iterable[str] | None = None) -> list[str]:
    """Place the holds that the rules want of a grower's lots, of those of `codes`, or of all; returns who got one.

    Without `codes` only fresh lots are looked at, or a report that expires would hold whatever was eaten years ago.
    """
    wanted = None if codes is None else set(codes)
    records: list[BookRecord] = []
    held = []
    with desk.asking() as books:
        for lot in lots(books):
            fresh = desk.now() - at_utc(lot.received_utc_ns) <= timedelta(days=FRESH_DAYS)
            if (grower is None or lot.grower == grower) and (fresh if wanted is None else lot.code in wanted):
                new = unplaced(books, lot, findings(desk, books, lot))
                records += holds(desk, lot, new)
                held += [lot.code] if new else []
    if records:
        desk.write(*records)
    return held


def unplaced(books: Any, lot: Lot, found: list[Finding]) -> list[Finding]:  # noqa: ANN401
    """Those that nobody has to be told of any more are left out: a hold that stands, a warning that was released."""
    told = {held["code"] for held in rules_that_held(books, lot.code) if held["stands"] or held["kind"] == "warning"}
    return [finding for finding in found if finding.code not in told]


def holds(desk: Desk, lot: Lot, found: list[Finding]) -> list[BookRecord]:
    """The holds of what was found, each with its event."""
    records: list[BookRecord] = []
    for finding in found:
        things = Things(lots=(LotShare(lot.code, kg(lot.received_g)),))
        records += [
            HoldPlaced(
                lot=lot.code, kind=finding.kind, code=finding.code, reason=finding.sentence, who=RULES,
                utc_ns=utc_ns(desk.now()),
            ),
            desk.event("held", Held(things, finding.sentence), RULES, lots=(lot.code,)),
        ]  # fmt: skip
    return records
