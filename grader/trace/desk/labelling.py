"""A tray gets its names: trace batch, serial, best before. From then on others hear of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grader.grading import RulePack
from grader.store.books import BookRecord, one_moment
from grader.store.books.lots import feeds_of, shift_now
from grader.store.books.records import BatchBegan, TrayChanged
from grader.store.books.trays import (
    Hold,
    Share,
    Tray,
    batches_of,
    composition,
    fruit_of_tray,
    history_of,
    holds_of_tray,
    made_by,
)
from grader.trace.desk.contents import Packing, contents_facts
from grader.trace.desk.desk import Desk, checked_name, find_lot, find_tray, kg, picked
from grader.trace.desk.holds import BY_HAND
from grader.trace.desk.review import review
from grader.trace.desk.trays import changed
from grader.trace.errors import AgainstRulesError, HeldError
from grader.trace.events import LotShare, Packed
from grader.trace.identity import TraceBatch, make_serial
from grader.trace.identity.codes import CHANCE_BYTES
from grader.trace.rules.classes import size_class, tolerance_of
from grader.trace.rules.packing import Contents, obstacles
from grader.trace.rules.suitability import best_before
from grader.trace.rules.tolerance import OffSize, Size, judge, probability_off


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a tray's label will say of it."""

    tray: int
    grade: str
    batch: str
    serial: str
    count: int
    best_before: date
    fruit_by_lot: dict[str, int]
    off_size: OffSize | None


def label(desk: Desk, number: int, pack: RulePack, who: str, *, mixed: bool = False) -> Labelled:
    """Give a closed tray its names, on record before anything is printed.

    Its lots are looked over first, and held for what the rules find now. `mixed`: it holds several lots by choice.
    `HeldError` where it, or a lot in it, is held; `AgainstRulesError` with all other obstacles.
    """
    with desk.asking() as books:
        find_tray(books, number)
        review(desk, codes=[share.lot for share in composition(books, number) if share.lot is not None])
        with one_moment(books):
            tray, shares = find_tray(books, number), composition(books, number)
            contents = look_into(books, tray, shares, pack, desk.settings.size_tolerance, mixed=mixed)
            _refuse(contents)
            judged = made_by(books, number)
            if strangers := {run["rule_pack_sha256"] for run in judged} - {pack.hash}:
                raise AgainstRulesError(
                    f"tray {number} was graded by another rule pack ({', '.join(sorted(strangers))[:12]}...) than "
                    f"{pack.name} {pack.version}: name the one it was graded by"
                )
            shift = _shift(books)
            batch, records = _batch(desk, books, tray, shares, shift)
            lots = [find_lot(books, share.lot) for share in shares if share.lot is not None]
            until = date.fromisoformat(tray.best_before) if tray.best_before else best_before(
                [picked(lot) for lot in lots], desk.settings
            )  # fmt: skip
            change = changed(desk, books, tray, "labelled", checked_name(who), "packed", more=_figures(contents))
            fruit = fruit_of_tray(books, number)
    serial = make_serial(number, desk.chance(CHANCE_BYTES))
    labelled = _with_names(change, batch, serial, until)
    grade = str(next(iter(contents.grades)))
    count = contents.fruit if tray.counted is None else tray.counted
    packing = Packing(
        fruit=fruit, lots=lots, grade=grade, off_size=contents.off_size, packed_on=str(shift["packed_on"]), count=count,
        simulated=any(run["simulated"] for run in judged),
    )  # fmt: skip
    packed = Packed(
        shares=tuple(LotShare(share.lot, kg(_weight_g(share))) for share in shares if share.lot is not None),
        trays=(desk.identity(tray.outlet, batch, serial),),
        grade=grade,
        best_before=until,
        made_by=_makers(judged),
        facts=contents_facts(packing, pack, desk.settings),
    )
    event = desk.event("packed", packed, who, lots=tuple(lot.code for lot in lots), trays=(number,))
    desk.write(*records, labelled, event)
    by_lot = {str(lot): fruit for lot, fruit in contents.fruit_by_lot.items()}
    return Labelled(number, grade, batch, serial, count, until, by_lot, contents.off_size)


def reprint(desk: Desk, number: int, who: str, why: str) -> int:
    """A label is printed once more: which reprint it is. `HeldError` where the tray is held by now."""
    with desk.asking() as books:
        tray = find_tray(books, number)
        _refuse_held([hold.reason for hold in holds_of_tray(books, number)], number)
        change = changed(desk, books, tray, "reprinted", checked_name(who), why)
    desk.write(change)
    return tray.reprints + 1


def look_into(
    books: Any, tray: Tray, shares: Sequence[Share], pack: RulePack, tolerance: float, *, mixed: bool = False  # noqa: ANN401
) -> Contents:  # fmt: skip
    """What is known of a tray, for the rules and for the screen."""
    fruit = fruit_of_tray(books, tray.tray)
    grades = frozenset(one["grade"] for one in fruit)
    grade = str(next(iter(grades))) if len(grades) == 1 else ""
    chosen = mixed or any(
        any(fed["mixed"] for fed in feeds_of(books, share.lot)) for share in shares if share.lot is not None
    )
    return Contents(
        tray=tray.tray,
        state=tray.state,
        for_sale=tray.for_sale,
        needs_recount=tray.needs_recount,
        fruit_by_lot={share.lot: share.fruit for share in shares},
        grades=grades,
        mixed_by_choice=chosen or any(step["detail"].get("mixed") for step in history_of(books, tray.tray)),
        holds=[_held(hold) for hold in holds_of_tray(books, tray.tray)],
        off_size=off_size(fruit, pack, grade),
        tolerance=tolerance_of(pack, grade, tolerance),
    )


def _held(hold: Hold) -> str:
    """What somebody typed as a reason may be one word; what the rules found is a sentence."""
    if hold.code != BY_HAND:
        return hold.reason
    what = "the tray" if hold.lot is None else f"lot {hold.lot}"
    return f"{what} is {'recalled' if hold.kind == 'recall' else 'on hold'}: {hold.reason}"


def off_size(fruit: Sequence[dict[str, Any]], pack: RulePack, grade: str) -> OffSize | None:
    """How many of these fruit are expected to miss the size of `grade`; None: there are none."""
    if not fruit:
        return None
    metric, limits = pack.size_metric, size_class(pack, grade)
    u = metric.replace("_mm", "_u_mm")
    return judge([probability_off(Size(one[metric], one[u]), limits) for one in fruit])


def _refuse(contents: Contents) -> None:
    _refuse_held(contents.holds, contents.tray)
    if problems := obstacles(contents):
        raise AgainstRulesError(f"tray {contents.tray} gets no label: {'; '.join(problems)}")


def _refuse_held(reasons: Sequence[str], number: int) -> None:
    if reasons:
        raise HeldError(f"tray {number} is held and gets no label: {'; '.join(reasons)}")


def _shift(books: Any) -> dict[str, Any]:  # noqa: ANN401
    shift = shift_now(books)
    if shift is None:
        raise AgainstRulesError("no shift has begun: begin one, its date and number stand on the label")
    return shift


def _batch(
    desk: Desk, books: Any, tray: Tray, shares: Sequence[Share], shift: dict[str, Any]  # noqa: ANN401
) -> tuple[str, list[BookRecord]]:  # fmt: skip
    """The trace batch of these lots, this outlet and this shift; with the record of it where it is a new one."""
    if tray.letter is None:
        raise AgainstRulesError(f"the outlet {tray.outlet} has no letter for a trace batch")
    lots = tuple(sorted(share.lot for share in shares if share.lot is not None))
    known = batches_of(books, shift["shift"])
    same = [batch["composition"] for batch in known if batch["lots"] == lots]
    for batch in known:
        if batch["lots"] == lots and batch["outlet"] == tray.outlet:
            return str(batch["code"]), []
    number = same[0] if same else max((batch["composition"] for batch in known), default=0) + 1
    code = TraceBatch(
        desk.settings.station_code, date.fromisoformat(shift["packed_on"]), shift["number"], tray.letter, number
    ).text
    return code, [BatchBegan(code=code, shift=shift["shift"], outlet=tray.outlet, composition=number, lots=lots)]


def _with_names(change: TrayChanged, batch: str, serial: str, until: date) -> TrayChanged:
    facts = {name: getattr(change, name) for name in TrayChanged.__slots__}
    return TrayChanged(**(facts | {"batch": batch, "serial": serial, "best_before": until.isoformat()}))


def _figures(contents: Contents) -> dict[str, object]:
    found = contents.off_size
    return {} if found is None else {"off_size_expected": found.expected, "off_size_limit": found.limit}


def _weight_g(share: Share) -> float:
    """Estimated; fruit without an estimate weigh as much as the others."""
    if not share.weighed:
        raise AgainstRulesError(f"no fruit of lot {share.lot} in the tray has a weight: its event could not say one")
    return share.weight_g * share.fruit / share.weighed


def _makers(judged: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What judged the fruit; of several runs, the last."""
    last = judged[-1]
    return {
        "rulePack": last["rule_pack_sha256"],
        "calibration": last["calibration_sha256"],
        "model": last["model_sha256"],
        "software": last["software_version"],
    }
