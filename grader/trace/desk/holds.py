"""Holding, releasing, recalling: anybody may hold, a manager releases, and a recall stands."""

from grader.store.books.lots import growers, lot_of, operator_of, operators
from grader.store.books.records import HoldPlaced, HoldReleased, OperatorEntered, Role
from grader.store.books.tracing import trace_forward
from grader.store.books.trays import Hold, composition, hold_of, tray_of
from grader.trace.desk.desk import Desk, checked_name, find_lot, find_tray, kg, utc_ns
from grader.trace.desk.review import findings
from grader.trace.errors import AgainstRulesError, HeldError, NoSuchThingError
from grader.trace.events import Held, LotShare, Recalled, Released, Things
from grader.trace.rules.privacy import names_nobody

BY_HAND = "by_hand"


def enter_operator(desk: Desk, name: str, role: Role, who: str) -> None:
    """Somebody works here, in another role than before, or no longer (`left`)."""
    desk.write(OperatorEntered(name=checked_name(name), role=role, who=checked_name(who), utc_ns=utc_ns(desk.now())))


def hold_lot(desk: Desk, lot: str, reason: str, who: str) -> None:
    """Nothing of a lot may be sold, nor any tray that has some of it. The reason is public: `names_nobody`."""
    _public(desk, reason)
    things = _of_lot(desk, lot)
    desk.write(
        HoldPlaced(lot=lot, kind="hold", code=BY_HAND, reason=reason, who=checked_name(who), utc_ns=utc_ns(desk.now())),
        desk.event("held", Held(things, reason), who, lots=(lot,)),
    )


def hold_tray(desk: Desk, tray: int, reason: str, who: str) -> None:
    """A tray may not be sold. Without a label it has no name for others: its event is about what it has of its lots."""
    _public(desk, reason)
    things = _of_tray(desk, tray)
    desk.write(
        HoldPlaced(
            tray=tray, kind="hold", code=BY_HAND, reason=reason, who=checked_name(who), utc_ns=utc_ns(desk.now())
        ),
        desk.event("held", Held(things, reason), who, trays=(tray,)),
    )


def recall_lot(desk: Desk, lot: str, reason: str, who: str) -> list[int]:
    """Whoever has fruit of a lot must not eat or sell them; returns the trays that have some. It is never released."""
    _public(desk, reason)
    things = _of_lot(desk, lot)
    with desk.asking() as books:
        trays = (trace_forward(books, lot) or {"trays": []})["trays"]
    named = tuple(
        desk.identity(tray["outlet"], tray["batch"], tray["serial"]) for tray in trays if tray["serial"] is not None
    )
    numbers = tuple(int(tray["tray"]) for tray in trays)
    desk.write(
        HoldPlaced(
            lot=lot, kind="recall", code=BY_HAND, reason=reason, who=checked_name(who), utc_ns=utc_ns(desk.now())
        ),
        desk.event("recalled", Recalled(Things(named, things.lots), reason), who, lots=(lot,), trays=numbers),
    )
    return list(numbers)


def recall_tray(desk: Desk, tray: int, reason: str, who: str) -> None:
    """Whoever has a tray must not eat or sell it."""
    _public(desk, reason)
    things = _of_tray(desk, tray)
    desk.write(
        HoldPlaced(
            tray=tray, kind="recall", code=BY_HAND, reason=reason, who=checked_name(who), utc_ns=utc_ns(desk.now())
        ),
        desk.event("recalled", Recalled(things, reason), who, trays=(tray,)),
    )


def release(desk: Desk, hold: int, reason: str, who: str) -> None:
    """End a hold: a manager, with a reason, and where a rule placed it, once its cause is gone.

    `NoSuchThingError` where none with that number stands, `HeldError` where it may not be released.
    """
    with desk.asking() as books:
        found = hold_of(books, hold)
        if found is None:
            raise NoSuchThingError(f"no hold {hold} stands: look at what holds there are")
        person = operator_of(books, who)
        cause = _cause(desk, books, found)
    if person is None or person["role"] != "manager":
        raise HeldError(f"{who} is no manager, and only a manager releases: have one do it")
    if not reason.strip():
        raise AgainstRulesError("a release wants a reason: say it")
    _public(desk, reason)
    if found.kind == "recall":
        raise HeldError("a recall stands: what was recalled is not sold any more")
    if cause is not None:
        raise HeldError(f"the cause is still there: {cause}")
    things = _of_tray(desk, found.tray) if found.tray is not None else _of_lot(desk, str(found.lot))
    lots, trays = (() if found.lot is None else (found.lot,)), (() if found.tray is None else (found.tray,))
    desk.write(
        HoldReleased(hold=hold, reason=reason, who=who, utc_ns=utc_ns(desk.now())),
        desk.event("released", Released(things, reason), who, lots=lots, trays=trays),
    )


def _public(desk: Desk, reason: str) -> None:
    with desk.asking() as books:
        people = [str(person["name"]) for person in (*operators(books), *growers(books))]
    names_nobody(reason, people)


def _cause(desk: Desk, books: object, hold: Hold) -> str | None:
    """Why a rule would place the hold again; None: it would not, or it is a warning, which a word is enough for."""
    lot = None if hold.lot is None else lot_of(books, hold.lot)  # type: ignore[arg-type]  # SQL's types stay in store
    if lot is None or hold.kind != "hold":
        return None
    return next((found.sentence for found in findings(desk, books, lot) if found.code == hold.code), None)


def _of_lot(desk: Desk, code: str) -> Things:
    with desk.asking() as books:
        lot = find_lot(books, code)
    return Things(lots=(LotShare(lot.code, kg(lot.received_g)),))


def _of_tray(desk: Desk, number: int) -> Things:
    with desk.asking() as books:
        find_tray(books, number)
        tray, shares = tray_of(books, number), composition(books, number)
    if tray is not None and tray.batch is not None and tray.serial is not None:
        return Things(trays=(desk.identity(tray.outlet, tray.batch, tray.serial),))
    lots = tuple(LotShare(share.lot, kg(share.weight_g)) for share in shares if share.lot and share.weight_g >= 1)
    if not lots:
        raise AgainstRulesError(f"tray {number} has neither a label nor fruit of a known lot: void it")
    return Things(lots=lots)
