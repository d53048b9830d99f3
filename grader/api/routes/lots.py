"""Lots: listed, created, updated, held and released, by the rules of the desk (`grader.trace.desk`)."""

import json
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field

from grader.api.access import At, CanOperate, CanRead
from grader.api.audit import audited_desk
from grader.api.bodies import Body, Sentence, ShortCode, Text
from grader.api.counting import Code
from grader.api.errors import BadQuestionError, UnknownError
from grader.api.paging import CSV_RESPONSE, Leaf, Leafing, Page, with_times
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.routes.trays import EpcisDocument
from grader.api.service import Service
from grader.api.shapes import Lot
from grader.api.times import LATEST
from grader.store.upstream.lists import LOTS, epcis_about, lot_key, page
from grader.trace.desk.desk import EPOCH, find_lot
from grader.trace.desk.holds import hold_lot, release
from grader.trace.desk.lots import Delivery, as_delivery, correct, receive
from grader.trace.events import Names, write_document
from grader.trace.evidence.canonical import read_canonical
from grader.trace.rules.plausible import HEAVIEST_KG

ROUTER = APIRouter()
Temperature = Annotated[Decimal | None, Field(ge=-40, le=60, decimal_places=2)]
LotInPath = Annotated[str, Path(min_length=1, max_length=100)]


class LotLeaf(Leaf):
    """Which lots."""

    grower: Code = None


class LotSent(Body):
    """A lot that comes. Times bear their zone."""

    lot: ShortCode
    grower: Text = Field(description="The grower's code; growers are entered at the station.")
    variety: Text
    plot: Text
    harvested_at: AwareDatetime
    received_at: AwareDatetime | None = Field(None, description="Left out: now.")
    received_kg: Decimal = Field(gt=0, le=HEAVIEST_KG, decimal_places=3, description="Net, by the scale.")
    accountable: Text
    harvest_c: Temperature = None
    precooled_at: AwareDatetime | None = None
    precooled_c: Temperature = None
    retained_sample: Text | None = None


class LotChange(Body):
    """What was wrong of a lot, and why it is written anew; what is left out stays."""

    why: Sentence
    variety: Text | None = None
    plot: Text | None = None
    harvested_at: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    received_kg: Decimal | None = Field(None, gt=0, le=HEAVIEST_KG, decimal_places=3)
    accountable: Text | None = None
    harvest_c: Temperature = None
    precooled_at: AwareDatetime | None = None
    precooled_c: Temperature = None
    retained_sample: Text | None = None


class HoldSent(Body):
    """Why a lot is held."""

    reason: Sentence


class ReleaseSent(Body):
    """Why a hold ends."""

    reason: Sentence


class Released(BaseModel):
    """The hold has ended."""

    hold: int


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"holds": json.loads(row["holds"])}


LOT_LIST = Leafing("lots", LOTS, Lot, _row)


@ROUTER.get("/lots", responses=CSV_RESPONSE, response_model=Page[Lot])
def list_lots(_: CanRead, service: At, leaf: Annotated[LotLeaf, Query()]) -> Page[Lot] | Response:
    """Lots, in the order in which they came."""
    return LOT_LIST.answer(service, leaf, {"grower": leaf.grower})


@ROUTER.get("/lots/{lot}", responses=NOT_FOUND)
def show_lot(_: CanRead, service: At, lot: LotInPath) -> Lot:
    """A lot, as it is known now."""
    return lot_shown(service, lot)


@ROUTER.post("/lots", status_code=HTTPStatus.CREATED, responses=CONFLICT | NOT_FOUND)
def create_lot(caller: CanOperate, service: At, sent: LotSent) -> Lot:
    """A lot is received. It is looked over at once, and held for what the rules find."""
    facts = _checked(sent.model_dump(exclude={"lot"}))
    delivery = Delivery(code=sent.lot, **(facts | {"received_at": facts["received_at"] or service.now()}))
    receive(audited_desk(service, caller, "lot.create", sent.lot, sent.model_dump(mode="json")), delivery, caller.name)
    return _changed(service, sent.lot)


@ROUTER.patch("/lots/{lot}", responses=CONFLICT | NOT_FOUND)
def update_lot(caller: CanOperate, service: At, lot: LotInPath, change: LotChange) -> Lot:
    """Facts of a lot are written anew; what was written before stays on record."""
    said = _checked({name: value for name, value in change.model_dump(exclude={"why"}).items() if value is not None})
    if not said:
        raise BadQuestionError("nothing is to be changed: send what is right")
    with service.asking() as books:
        delivery = as_delivery(find_lot(books, lot))
    desk = audited_desk(service, caller, "lot.update", lot, change.model_dump(mode="json", exclude_none=True))
    correct(desk, replace(delivery, **said), caller.name, change.why)
    return _changed(service, lot)


@ROUTER.post("/lots/{lot}/holds", status_code=HTTPStatus.CREATED, responses=CONFLICT | NOT_FOUND)
def hold(caller: CanOperate, service: At, lot: LotInPath, sent: HoldSent) -> Lot:
    """Nothing of a lot may be sold from now on, nor any tray that has some of it. Anybody may do it."""
    hold_lot(audited_desk(service, caller, "lot.hold", lot, sent.model_dump()), lot, sent.reason, caller.name)
    return _changed(service, lot)


@ROUTER.post("/holds/{hold}/release", responses=CONFLICT | NOT_FOUND)
def release_hold(
    caller: CanOperate, service: At, hold: Annotated[int, Path(ge=1, le=2**53)], sent: ReleaseSent
) -> Released:
    """A hold ends. Only a manager who is signed in by PIN may do it, and not while a rule still finds the cause."""
    desk = audited_desk(service, caller, "hold.release", str(hold), sent.model_dump())
    release(desk, hold, sent.reason, caller.name)
    service.bell.ring()
    return Released(hold=hold)


@ROUTER.get("/lots/{lot}/epcis", responses=NOT_FOUND)
def show_epcis_of_lot(_: CanRead, service: At, lot: LotInPath) -> EpcisDocument:
    """The EPCIS events about a lot, as one document."""
    with service.asking() as books:
        find_lot(books, lot)
        events = [read_canonical(one) for one in epcis_about(books, lot=lot)]
    return EpcisDocument.model_validate(write_document(events, service.now(), Names(service.station.trace.domain)))


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    for name in ("harvested_at", "received_at", "precooled_at"):
        at = facts.get(name)
        if at is not None and not EPOCH <= at <= LATEST:
            raise BadQuestionError(f"{name} is no time of ours: look at the year")
    return facts


def _changed(service: Service, lot: str) -> Lot:
    service.bell.ring()
    return lot_shown(service, lot)


def lot_shown(service: Service, code: str) -> Lot:
    """A lot as it is answered; `UnknownError`."""
    with service.asking() as books:
        key = lot_key(books, code)
        found = [] if key is None else page(books, LOTS, {}, key - 1, 1, newest=False)
    if not found:
        raise UnknownError("there is no such lot: /api/v1/lots lists them")
    return Lot.model_validate(_row(with_times(found[0], service.station.trace.zone)))
