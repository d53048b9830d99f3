"""Trays and their labels."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from grader.api.access import At, CanRead
from grader.api.counting import Code
from grader.api.errors import UnknownError
from grader.api.packs import pack_in_use
from grader.api.paging import CSV_RESPONSE, Leaf, Leafing, Page, with_times
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.routes.lists import LARGEST
from grader.api.service import Service
from grader.api.shapes import HoldShown, Label, Tray
from grader.store.books import one_moment
from grader.store.books.prints import last_print
from grader.store.books.trays import composition, history_of, holds_of_tray
from grader.store.upstream.lists import LABELS, TRAYS, epcis_about, page
from grader.trace.desk.desk import find_tray
from grader.trace.desk.labelling import look_into
from grader.trace.desk.logbook import prove_packing
from grader.trace.events import Names, write_document
from grader.trace.evidence.canonical import read_canonical
from grader.trace.identity import Gtin, TrayIdentity
from grader.trace.rules.packing import obstacles
from grader.trace.settings import TraceSettings

ROUTER = APIRouter()
TrayNumber = Annotated[int, Path(ge=1, le=LARGEST)]


class TrayLeaf(Leaf):
    """Which trays."""

    lot: Code = Field(None, description="Those that have some of it.")
    outlet: Code = None


class LabelLeaf(Leaf):
    """Which labels."""

    batch: Code = None


class Share(BaseModel):
    """What a tray has of one lot."""

    lot: str | None
    fruit: int
    weighed_fruit: int = Field(description="Those that have an estimate of their weight.")
    estimated_weight_g: float


class Step(BaseModel):
    """Something that was done to a tray."""

    at: datetime
    what: str
    who: str
    why: str


class OffSizeShown(BaseModel):
    """How many of a tray's fruit are expected to miss their class's size, as shares."""

    expected: float
    limit: float = Field(description="With 95 % probability no more do.")
    tolerance: float = Field(description="So many may.")


class TrayShown(Tray):
    """A tray with what is in it, what was done to it, and what keeps it from being sold."""

    lots: list[Share]
    holds: list[HoldShown]
    off_size: OffSizeShown | None = Field(description="Null: it is empty, or holds several grades.")
    no_label_because: list[str] = Field(description="Why it gets no label now, a sentence each; empty: it may.")
    history: list[Step]
    print_state: Literal["begun", "printed", "not_sent", "unsure"] | None = Field(
        description="Of the last print; `begun` and `unsure`: somebody has to look. Null: nothing was printed."
    )


class EpcisDocument(BaseModel):
    """EPCIS 2.0 in JSON-LD."""

    model_config = {"extra": "allow"}

    type: str
    schemaVersion: str  # noqa: N815 - EPCIS's own name


TRAY_LIST = Leafing("trays", TRAYS, Tray, dict)


@ROUTER.get("/trays", responses=CSV_RESPONSE, response_model=Page[Tray])
def list_trays(_: CanRead, service: At, leaf: Annotated[TrayLeaf, Query()]) -> Page[Tray] | Response:
    """Trays, by number."""
    return TRAY_LIST.answer(service, leaf, {"lot": leaf.lot, "outlet": leaf.outlet})


@ROUTER.get("/trays/{tray}", responses=NOT_FOUND)
def show_tray(_: CanRead, service: At, tray: TrayNumber) -> TrayShown:
    """A tray: its lots, its holds, why it gets no label, and what was done to it."""
    return tray_shown(service, tray)


@ROUTER.get("/trays/{tray}/epcis", responses=NOT_FOUND)
def show_epcis_of_tray(_: CanRead, service: At, tray: TrayNumber) -> EpcisDocument:
    """The EPCIS events about a tray, as one document; what was declared wrong is in it, and declared so."""
    with service.asking() as books:
        _found(service, books, tray)
        events = [read_canonical(one) for one in epcis_about(books, tray=tray)]
    return EpcisDocument.model_validate(write_document(events, service.now(), Names(service.station.trace.domain)))


PROOF = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "A c2sp.org/tlog-proof file"}}


@ROUTER.get("/trays/{tray}/proof", responses=PROOF | NOT_FOUND | CONFLICT, response_class=PlainTextResponse)
def prove_tray(_: CanRead, service: At, tray: TrayNumber) -> PlainTextResponse:
    """The proof of what the tray's label says, for `grader trace verify` and anybody else: under the newest head.

    A conflict where the tray has no label, or got it after the last head of the log was signed.
    """
    with service.asking() as books:
        _found(service, books, tray)
        return PlainTextResponse(prove_packing(books, tray).written)


@ROUTER.get("/labels", responses=CSV_RESPONSE, response_model=Page[Label])
def list_labels(_: CanRead, service: At, leaf: Annotated[LabelLeaf, Query()]) -> Page[Label] | Response:
    """Labels that were given to trays."""
    return label_list(service.station.trace).answer(service, leaf, {"batch": leaf.batch})


def label_list(settings: TraceSettings) -> Leafing[Label]:
    """The list of labels, whose links need the station's numbers and domain."""
    return Leafing("labels", LABELS, Label, lambda row: _label(row, settings))


def tray_shown(service: Service, tray: int) -> TrayShown:
    """A tray as it is answered; `UnknownError`."""
    settings = service.station.trace
    with service.asking() as books, one_moment(books):
        found = _found(service, books, tray)
        shares, holds = composition(books, tray), holds_of_tray(books, tray)
        contents = look_into(
            books, find_tray(books, tray), shares, pack_in_use(service.station), settings.size_tolerance
        )
        history, last = history_of(books, tray), last_print(books, tray, found["reprints"])
    off_size = contents.off_size
    return TrayShown(
        **found,
        lots=[
            Share(lot=one.lot, fruit=one.fruit, weighed_fruit=one.weighed, estimated_weight_g=one.weight_g)
            for one in shares
        ],
        holds=[HoldShown(hold=one.hold, kind=one.kind, code=one.code, reason=one.reason) for one in holds],  # type: ignore[arg-type]  # the books' own words
        off_size=None
        if off_size is None or len(contents.grades) > 1
        else OffSizeShown(expected=off_size.expected, limit=off_size.limit, tolerance=contents.tolerance),
        no_label_because=[] if found["state"] == "labelled" else obstacles(contents),
        history=[Step.model_validate(with_times(step, settings.zone), extra="ignore") for step in history],
        print_state=None if last is None else last["what"],
    )


def _found(service: Service, books: Any, tray: int) -> dict[str, Any]:  # noqa: ANN401 - SQL's types stay in store
    rows = page(books, TRAYS, {}, tray - 1, 1, newest=False)
    if not rows or rows[0]["tray"] != tray:
        raise UnknownError(f"there is no tray {tray}: /api/v1/trays lists them")
    return with_times(rows[0], service.station.trace.zone)


def _label(row: dict[str, Any], settings: TraceSettings) -> dict[str, Any]:
    number = settings.gtin.get(row["outlet"])
    link = None
    if number is not None:
        link = TrayIdentity(Gtin.from_text(number), row["batch"], row["serial"]).digital_link(settings.domain)
    return row | {"lots": json.loads(row["lots"]), "gtin": number, "digital_link": link}
