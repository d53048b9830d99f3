"""The commitment certificate (承诺达标合格证) of some kilograms of a lot: on record first; none while it is held."""

from collections.abc import Collection
from decimal import Decimal

from grader.store.books.records import Certified
from grader.store.books.trays import holds_of_lot
from grader.trace.desk.desk import Desk, checked_name, find_lot, utc_ns
from grader.trace.errors import AgainstRulesError, HeldError
from grader.trace.labels import Basis, Certificate, ScaleReading, Words

PRODUCT = Words("草莓", "Strawberries")
G_PER_KG = 1000


def certify(desk: Desk, code: str, amount: ScaleReading, basis: Collection[Basis], who: str) -> Certificate:
    """Put the certificate on record and return it, to be printed; `HeldError` for a held lot.

    `AgainstRulesError` for more kilograms than came in, `LabelError` where the settings lack who commits.
    """
    settings, now = desk.settings, desk.now()
    with desk.asking() as books:
        lot = find_lot(books, code)
        reasons = [hold.reason for hold in holds_of_lot(books, code)]
    if reasons:
        raise HeldError(f"lot {code} is held and gets no certificate: {'; '.join(reasons)}")
    if amount.kg * G_PER_KG > lot.received_g:
        raise AgainstRulesError(f"{amount.kg} kg are more than came in of lot {code}: {kg_text(lot.received_g)} kg")
    certificate = Certificate(
        lot=code,
        page=None,
        product=PRODUCT,
        amount=amount,
        origin=Words(settings.origin_zh, settings.origin_en),
        committed_by=settings.packer,
        contact=settings.packer_contact,
        issued_on=now.astimezone(settings.zone).date(),
        basis=frozenset(basis),
    )
    desk.write(
        Certified(
            lot=code, weight_g=round(amount.kg * G_PER_KG), scale=amount.scale,
            basis=tuple(sorted(one.name.lower() for one in basis)), who=checked_name(who), utc_ns=utc_ns(now),
        )
    )  # fmt: skip
    return certificate


def kg_text(grams: int) -> str:
    """Grams as kilograms, to the gram."""
    return str(Decimal(grams).scaleb(-3))
