"""A tray's page is gathered from the books: events with their proofs, and what growers and laboratories let be seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from grader.store.books import one_moment
from grader.store.books.log import act_of, audited_row, leaves_from
from grader.store.books.lots import Lot, is_named, report_keys, treatment_keys
from grader.store.books.outbox import events_of_lot, events_of_tray, person_in
from grader.store.books.tracing import held_trays
from grader.store.books.trays import composition, trays_to_show
from grader.trace.desk.desk import find_lot, find_tray, utc_ns
from grader.trace.desk.logbook import BooksTree, head_of
from grader.trace.errors import AgainstRulesError
from grader.trace.evidence import Bundle, Checkpoint, Note, Trust, read_canonical
from grader.trace.evidence.disclosure import disclose
from grader.trace.evidence.note import parse
from grader.trace.pages import Disclosed, Entry, Named, TrayPage
from grader.trace.settings import TraceSettings

SHOWN_DAYS = 60
"""Pages of older trays stay as they were published: their strawberries are eaten."""
MOST_REPORTS, MOST_TREATMENTS = 2, 12
"""Of each lot: a page is read on a phone, and weighs less than 50 kB."""
REPORT = ("laboratory", "number", "sampled_utc_ns", "passed")
TREATMENT = ("kind", "product", "amount", "applied_utc_ns", "safety_days")
OF_LOTS = frozenset({"received", "held", "released", "recalled", "cold_chain", "sampled", "declared_wrong"})
"""What of a lot's events concerns all of its trays."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Heads:
    """The head that is vouched for as the trust file wants it, and the newest one."""

    vouched: Note
    newest: Note

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note.written for note in (self.vouched, self.newest)))


def trays_of_interest(books: Any, now: datetime) -> list[int]:  # noqa: ANN401 - SQL's types stay in store
    """Labelled trays whose pages are to be written: those of the last weeks, and every one that is held or recalled."""
    recent = trays_to_show(books, utc_ns(now - timedelta(days=SHOWN_DAYS)))
    held = {int(row["tray"]) for row in held_trays(books) if row["serial"] is not None}
    return sorted({*recent, *held})


def tray_page(books: Any, settings: TraceSettings, trust: Trust, number: int, as_of: datetime) -> TrayPage:  # noqa: ANN401
    """The page of a labelled tray; `AgainstRulesError` for a tray without a label."""
    with one_moment(books):
        tray = find_tray(books, number)
        if tray.batch is None or tray.serial is None:
            raise AgainstRulesError(f"tray {number} has no label: label it first")
        lots = [find_lot(books, share.lot) for share in composition(books, number) if share.lot is not None]
        found = _in_order(events_of_tray(books, number), [events_of_lot(books, lot.code) for lot in lots])
        heads, tree = _Heads(head_of(books, trust), head_of(books)), BooksTree(books)
        entries = [_entry(tree, heads, row["position"], row["canonical"]) for row in found]
        named = list(_names(books, lots, found))
        disclosed = []
        for source, key, columns in _rows(books, lots, found[0]["utc_ns"]):
            act, row = act_of(books, source, key), audited_row(books, source, key)
            if act is None or act["salt"] is None or row is None or act["position"] > _size(heads.newest):
                continue  # forgotten, or not under a head yet
            (leaf,) = leaves_from(books, act["position"] - 1, 1)
            disclosed.append(Disclosed(len(entries), source, disclose(row, act["salt"], columns)))
            entries.append(_entry(tree, heads, act["position"], leaf["canonical"]))
    return TrayPage(
        batch=tray.batch,
        serial=tray.serial,
        entries=tuple(entries),
        notes=heads.notes,
        trust=trust,
        packer=settings.packer,
        packer_address=settings.packer_address,
        utc_offset_min=settings.utc_offset_min,
        as_of=as_of.astimezone(settings.zone),
        disclosed=tuple(disclosed),
        named=tuple(named),
    )


def proof_of(page: TrayPage) -> Bundle:
    """The proof of the packing, as a file for `grader trace verify`."""
    first = page.entries[0]
    return Bundle(first.canonical, first.index, first.path, parse(page.notes[first.note].encode()))


def _in_order(of_tray: Sequence[Row], of_lots: Sequence[Sequence[Row]]) -> list[Row]:
    """The packing, receipts, and what else happened; what was written wrongly and corrected is left out."""
    rows = {row["position"]: row for row in of_tray}
    rows |= {row["position"]: row for events in of_lots for row in events if row["kind"] in OF_LOTS}
    found = [{**row, "event": read_canonical(bytes(row["canonical"]))} for _, row in sorted(rows.items())]
    declared = {row["event"]["eventID"]: row for row in found if row["kind"] == "declared_wrong"}
    packed = [row for row in found if row["kind"] == "packed"]
    right = [row for row in packed if row["event"]["eventID"] not in declared]
    first = (right or packed)[-1]
    withdrawn = declared.get(first["event"]["eventID"])
    received = [row for row in found if row["kind"] == "received" and row["event"]["eventID"] not in declared]
    others = [row for row in found if row["kind"] not in {"packed", "received", "declared_wrong"}]
    return [first, *received, *others, *([] if withdrawn is None else [withdrawn])]


def _entry(tree: BooksTree, heads: _Heads, position: int, canonical: bytes) -> Entry:
    which = 0 if position <= _size(heads.vouched) else 1
    note = (heads.vouched, heads.newest)[which]
    if position > _size(note):
        raise AgainstRulesError(f"event {position} is not under a signed head yet: grader trace log sign")
    data = bytes(canonical)
    path = tree.inclusion(position - 1, _size(note))
    return Entry(data, read_canonical(data), position - 1, path, which)


def _rows(books: Any, lots: Sequence[Lot], packed_ns: int) -> Iterator[tuple[str, int, tuple[str, ...]]]:  # noqa: ANN401
    """Table, key and shown columns of what laboratories found, and of what was put on the plots before harvest."""
    for grower in sorted({lot.grower for lot in lots}):
        yield from (("residue_report", key, REPORT) for key in report_keys(books, grower, packed_ns, MOST_REPORTS))
    for lot in lots:
        keys = treatment_keys(books, lot.grower, lot.plot, lot.harvested_utc_ns, MOST_TREATMENTS)
        yield from (("treatment", key, TREATMENT) for key in keys)


def _names(books: Any, lots: Sequence[Lot], found: Sequence[Row]) -> Iterator[Named]:  # noqa: ANN401
    """The names of growers who let buyers see them."""
    named = {lot.code for lot in lots if is_named(books, lot.grower)}
    for place, row in enumerate(found):
        if row["kind"] != "received" or _lot_of(row["event"]) not in named:
            continue
        person = person_in(books, row["position"], "grower")
        if person is not None:
            yield Named(place, "trace:lot/grower", str(person["name"]), bytes(person["salt"]))


def _lot_of(event: dict[str, Any]) -> str:
    return str(event["quantityList"][0]["epcClass"]).rsplit("/", 1)[-1]


def _size(note: Note) -> int:
    return Checkpoint.from_text(note.text).size
