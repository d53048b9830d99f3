"""Lots: received, and corrected where what was written of them is wrong."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from grader.store.books.lots import Lot, lot_of
from grader.store.books.outbox import last_event_of_lot
from grader.store.books.records import EventWritten, HandGraded, LotEntered, LotFacts, Person
from grader.trace.desk.desk import Desk, at_utc, checked_name, find_lot, kg, utc_ns
from grader.trace.desk.growers import known_grower
from grader.trace.desk.review import findings, holds, unplaced
from grader.trace.errors import AgainstRulesError
from grader.trace.events import LotShare, Received
from grader.trace.evidence.commitment import SALT_BYTES, commit
from grader.trace.rules.plausible import lot_code, lot_kg, past
from grader.trace.rules.suitability import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a grower brings; times say their zone, temperatures are of the fruit."""

    code: str
    grower: str
    variety: str
    plot: str
    harvested_at: datetime
    received_at: datetime
    received_kg: Decimal
    accountable: str
    harvest_c: Decimal | None = None
    precooled_at: datetime | None = None
    precooled_c: Decimal | None = None
    retained_sample: str | None = None


def receive(desk: Desk, delivery: Delivery, who: str) -> list[Finding]:
    """Take a lot in, with its event and the holds that the rules want; returns what they found."""
    lot_code(delivery.code)
    grower = known_grower(desk, delivery.grower)
    with desk.asking() as books:
        if lot_of(books, delivery.code) is not None:
            raise AgainstRulesError(f"there is a lot {delivery.code} already: choose another code")
    facts = _facts(desk, delivery, checked_name(who), "received")
    lot = _as_lot(delivery, facts)
    with desk.asking() as books:
        found = findings(desk, books, lot)
    desk.write(
        LotEntered(code=delivery.code, grower=delivery.grower),
        facts,
        _received(desk, delivery, grower["name"], who),
        *holds(desk, lot, found),
    )
    return found


def correct(desk: Desk, delivery: Delivery, who: str, why: str) -> list[Finding]:
    """Write a lot's facts anew; the old ones stay on record. Its event is written again, with the right facts.

    `AgainstRulesError` for another grower: whose fruit they are is the lot.
    """
    with desk.asking() as books:
        before = find_lot(books, delivery.code)
    if before.grower != delivery.grower:
        raise AgainstRulesError(f"lot {delivery.code} is {before.grower}'s: receive it again under another code")
    grower = known_grower(desk, delivery.grower)
    facts = _facts(desk, delivery, checked_name(who), why)
    lot = _as_lot(delivery, facts)
    with desk.asking() as books:
        found = findings(desk, books, lot)
        new = unplaced(books, lot, found)
        old = last_event_of_lot(books, lot.code, "received")
    right = _received(desk, delivery, grower["name"], who)
    wrong = () if old is None else (desk.correction(old, right, lots=(lot.code,)),)
    desk.write(facts, right, *wrong, *holds(desk, lot, new))
    return found


def enter_hand_graded(desk: Desk, lot: str, outlet: str, weight_kg: Decimal, who: str, why: str) -> None:
    """Fruit that people graded, and weighed; what lay in the recheck crate counts as among them from then on."""
    lot_kg(weight_kg)
    with desk.asking() as books:
        find_lot(books, lot)
    desk.write(
        HandGraded(
            lot=lot, outlet=outlet, weight_g=round(weight_kg * 1000), who=checked_name(who), why=why,
            utc_ns=utc_ns(desk.now()),
        )
    )  # fmt: skip


def _received(desk: Desk, delivery: Delivery, name: str, who: str) -> EventWritten:
    grower = Person("grower", name, desk.chance(SALT_BYTES))
    happening = Received(
        share=LotShare(delivery.code, delivery.received_kg),
        grower=commit(grower.name, grower.salt),
        plot=delivery.plot,
        variety=delivery.variety,
        harvested_at=delivery.harvested_at,
        precooled_at=delivery.precooled_at,
        core_c=delivery.precooled_c if delivery.precooled_c is not None else delivery.harvest_c,
    )
    return desk.event("received", happening, who, at=delivery.received_at, people=(grower,), lots=(delivery.code,))


def _facts(desk: Desk, delivery: Delivery, who: str, why: str) -> LotFacts:
    lot_kg(delivery.received_kg)
    past(delivery.received_at, desk.now(), "receiving")
    past(delivery.harvested_at, desk.now(), "harvest")
    if not delivery.harvested_at <= min(delivery.received_at, delivery.precooled_at or delivery.received_at):
        raise AgainstRulesError(
            "harvest comes before cooling and receiving, and these dates say otherwise: look at them"
        )
    return LotFacts(
        lot=delivery.code,
        variety=delivery.variety,
        plot=delivery.plot,
        harvested_utc_ns=utc_ns(delivery.harvested_at),
        harvest_c=None if delivery.harvest_c is None else float(delivery.harvest_c),
        precooled_utc_ns=None if delivery.precooled_at is None else utc_ns(delivery.precooled_at),
        precooled_c=None if delivery.precooled_c is None else float(delivery.precooled_c),
        received_utc_ns=utc_ns(delivery.received_at),
        received_g=round(delivery.received_kg * 1000),
        accountable=delivery.accountable,
        retained_sample=delivery.retained_sample,
        who=who,
        why=why,
        utc_ns=utc_ns(desk.now()),
    )


def _as_lot(delivery: Delivery, facts: LotFacts) -> Lot:
    known = {name: getattr(facts, name) for name in Lot.__slots__ if name not in {"code", "grower"}}
    return Lot(code=delivery.code, grower=delivery.grower, **known)


def as_delivery(lot: Lot) -> Delivery:
    """What is known of a lot, for somebody to correct."""
    cooled = lot.precooled_utc_ns
    return Delivery(
        code=lot.code,
        grower=lot.grower,
        variety=lot.variety,
        plot=lot.plot,
        harvested_at=at_utc(lot.harvested_utc_ns),
        received_at=at_utc(lot.received_utc_ns),
        received_kg=kg(lot.received_g),
        accountable=lot.accountable,
        harvest_c=None if lot.harvest_c is None else Decimal(str(lot.harvest_c)),
        precooled_at=None if cooled is None else at_utc(cooled),
        precooled_c=None if lot.precooled_c is None else Decimal(str(lot.precooled_c)),
        retained_sample=lot.retained_sample,
    )
