"""What is done with a lot at the line: fed, graded by hand, finished, balanced, reported, contested."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from grader.api.access import At, CanRead, SignedIn
from grader.api.audit import audited_desk
from grader.api.bodies import Body, Reason, Sentence, Text
from grader.api.caller import Caller
from grader.api.errors import ConflictError, UnknownError
from grader.api.packs import pack_in_use
from grader.api.paging import with_times
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.reporting import Distribution, Near, distribution, near_the_next_size
from grader.api.routes.fruit import FruitInPath, listed_fruit
from grader.api.routes.lots import LotInPath, lot_shown
from grader.api.service import Service
from grader.api.shapes import Lot
from grader.api.times import shown
from grader.line.commands import FeedLot
from grader.store.books import one_moment
from grader.store.books.lots import contests_of, feeds_of, last_feed, shift_now
from grader.store.books.sums import hand_graded_of_lot
from grader.store.tail import on_the_belt
from grader.store.upstream.reports import newest, of_lot
from grader.trace.desk.desk import find_lot
from grader.trace.desk.feeding import PASSES, TellLine, begin_shift, feed
from grader.trace.desk.finishing import contest, finish_lot
from grader.trace.desk.lots import enter_hand_graded
from grader.trace.desk.sums import balance_of

ROUTER = APIRouter()
REFUSED = NOT_FOUND | CONFLICT
SAMPLES = 12
"""Then a fruit is graded by hand."""


class Feeding(Body):
    """A lot is fed from the next fruit on."""

    pass_number: int = Field(1, ge=1, le=max(PASSES), description="2: its recheck crate. After two, grade by hand.")
    mixed: bool = Field(default=False, description="Into the trays that stand there, whatever they hold.")


class FedShown(BaseModel):
    """What came of it."""

    lot: str
    pass_number: int
    closed_trays: list[int] = Field(description="They hold another lot's fruit: put empty ones in their place.")
    holds: list[str] = Field(description="Why nothing of the lot can be sold yet; it may be graded all the same.")


class FeedNow(BaseModel):
    """What is fed to the line."""

    lot: str | None = Field(description="Null: nobody has said.")
    pass_number: int | None
    mixed: bool | None
    since: datetime | None
    who: str | None
    on_the_belt: int = Field(description="Fruit; another lot is fed when there is none.")


class HandGradedSent(Body):
    """Fruit that people graded, and weighed; what lay in the recheck crate counts as among them."""

    outlet: Literal["super", "I", "II", "processing", "waste"]
    weight_kg: Decimal = Field(gt=0, le=100_000, decimal_places=3, description="By the scale.")
    why: Sentence


class Kilograms(BaseModel):
    """Of a lot, somewhere."""

    where: str = Field(description="An outlet, `recheck` for the crate, `unconfirmed` for what nobody saw fall.")
    kg: float


class BalanceShown(BaseModel):
    """What came in of a lot against what became of it."""

    lot: str
    received_kg: float
    parts: list[Kilograms] = Field(description="Estimated, but for what was graded by hand.")
    by_hand: list[Kilograms]
    lost_kg: float = Field(description="Expected leaves and water.")
    difference_kg: float
    u_kg: float = Field(description="Standard uncertainty of the difference.")
    balanced: bool = Field(description="Whether the difference may be chance (twice its uncertainty).")
    in_the_crate: int = Field(description="Fruit that still have to be fed again or graded by hand.")
    passes: list[int] = Field(description="As which it was fed.")
    weight_factor: float = Field(description="Estimated weights were multiplied by it; records stay as they are.")
    weight_factor_u: float = Field(description="Its standard uncertainty.")
    trays_weighed: int = Field(description="Trays of this lot alone that stood on the scale; 0: the factor is 1.")


class Sample(BaseModel):
    """A fruit of the lot, whose crop may still be there."""

    key: str
    fruit: int
    grade: str | None
    reason_code: str


class GrowerReport(BaseModel):
    """What a grower is told of a lot."""

    lot: Lot
    rules: str
    distribution: Distribution
    near_the_next_size: list[Near]
    balance: BalanceShown
    samples: list[Sample]
    contests: int


class Contest(BaseModel):
    """Somebody does not agree with a decision; it stands all the same."""

    entry: int
    fruit: int
    key: str
    grade: str | None
    reason_code: str
    who: str
    why: str
    at: datetime


class Contests(BaseModel):
    """All of a lot, or of a fruit."""

    items: list[Contest]
    next_cursor: None = None


class ShiftSent(Body):
    """A shift begins; labels bear its date and number from now on."""

    packed_on: date
    number: int = Field(ge=1, le=9)
    accountable: Text
    operators: list[Text] = Field(max_length=20)


class ShiftShown(BaseModel):
    """The shift that runs."""

    packed_on: date
    number: int
    accountable: str
    began_at: datetime


@ROUTER.get("/feed")
def feed_now(_: CanRead, service: At) -> FeedNow:
    """Which lot is fed, and how many fruit are on the belt."""
    with service.asking() as books:
        fed = last_feed(books)
    known = {} if fed is None else {"lot": fed["lot"], "pass_number": fed["pass_number"], "who": fed["who"]}
    return FeedNow(
        **{"lot": None, "pass_number": None, "who": None} | known,
        mixed=None if fed is None else bool(fed["mixed"]),
        since=None if fed is None else shown(fed["utc_ns"], service.station.trace.zone),
        on_the_belt=_on_the_belt(service),
    )


@ROUTER.post("/lots/{lot}/feed", responses=REFUSED)
def feed_lot(caller: SignedIn, request: Request, service: At, lot: LotInPath, sent: Feeding) -> FedShown:
    """From the next fruit on they are of this lot. Refused while fruit are on the belt."""
    desk = audited_desk(service, caller, "lot.feed", lot, sent.model_dump())
    tell = None if service.line.report is None else _line_of(service, caller)
    with request.app.state.following.pausing():
        fed = feed(
            desk, service.station.journal, lot, caller.name,
            pass_number=sent.pass_number, mixed=sent.mixed, tell=tell,
        )  # fmt: skip
    service.bell.ring()
    return FedShown(lot=lot, pass_number=sent.pass_number, closed_trays=list(fed.closed), holds=list(fed.holds))


def _line_of(service: Service, caller: Caller) -> TellLine:
    """Tells the line that runs, from the thread that answers a request."""

    def tell(lot: str, pass_number: int, mixed: bool, who: str) -> None:  # noqa: FBT001 - as `TellLine` has it
        fed = FeedLot(lot=lot, pass_number=pass_number, mixed=mixed, who=who)
        service.ask_line(fed, caller.origin, caller.name[:80])

    return tell


@ROUTER.post("/lots/{lot}/hand-graded", status_code=HTTPStatus.CREATED, responses=REFUSED)
def grade_by_hand(caller: SignedIn, service: At, lot: LotInPath, sent: HandGradedSent) -> BalanceShown:
    """Enter what people graded of a lot, by grade and kilograms."""
    desk = audited_desk(service, caller, "lot.hand_graded", lot, sent.model_dump(mode="json"))
    enter_hand_graded(desk, lot, sent.outlet, sent.weight_kg, caller.name, sent.why)
    service.bell.ring()
    return balance_shown(service, lot)


@ROUTER.post("/lots/{lot}/finish", responses=REFUSED)
def finish(caller: SignedIn, service: At, lot: LotInPath, sent: Reason) -> Lot:
    """Nothing more comes of a lot. Refused while some of it is on the belt or in the recheck crate."""
    desk = audited_desk(service, caller, "lot.finish", lot, sent.model_dump())
    finish_lot(desk, service.station.journal, lot, caller.name, sent.why)
    service.bell.ring()
    return lot_shown(service, lot)


@ROUTER.get("/lots/{lot}/balance", responses=NOT_FOUND)
def balance(_: CanRead, service: At, lot: LotInPath) -> BalanceShown:
    """What came in of a lot against what became of it, in kilograms with their uncertainty."""
    return balance_shown(service, lot)


@ROUTER.get("/lots/{lot}/report", responses=NOT_FOUND)
def grower_report(_: CanRead, service: At, lot: LotInPath) -> GrowerReport:
    """The grower's report: distributions, reasons, what lacked little, some fruit to look at."""
    pack = pack_in_use(service.station)
    with service.asking() as books, one_moment(books):
        find_lot(books, lot)
        found, near = distribution(books, of_lot(lot), pack), near_the_next_size(books, of_lot(lot), pack)
        samples = [
            Sample(
                key=f"{one['run']}-{one['number']}", fruit=one["fruit"], grade=one["grade"],
                reason_code=one["reason_code"],
            )
            for one in newest(books, of_lot(lot), SAMPLES)
        ]  # fmt: skip
        contested = len(contests_of(books, lot=lot))
    return GrowerReport(
        lot=lot_shown(service, lot), rules=pack.name, distribution=found, balance=balance_shown(service, lot),
        samples=samples, contests=contested, near_the_next_size=near,
    )  # fmt: skip


@ROUTER.get("/lots/{lot}/contests", responses=NOT_FOUND)
def list_contests(_: CanRead, service: At, lot: LotInPath) -> Contests:
    """The decisions about a lot's fruit that somebody did not agree with."""
    with service.asking() as books:
        find_lot(books, lot)
        found = contests_of(books, lot=lot)
    return Contests(items=[_contest(one, service) for one in found])


@ROUTER.post("/fruit/{fruit}/contest", status_code=HTTPStatus.CREATED, responses=REFUSED)
def contest_decision(caller: SignedIn, request: Request, service: At, fruit: FruitInPath, sent: Reason) -> Contests:
    """Write down that somebody does not agree with a decision. It is kept beside the decision and changes nothing."""
    listed = listed_fruit(service, fruit, request.app.state.following.source)
    if listed is None:
        raise ConflictError("this fruit is still on the belt, or is none: contest it once it has left the belt")
    desk = audited_desk(service, caller, "fruit.contest", fruit, sent.model_dump())
    contest(desk, listed["fruit"], caller.name, sent.why)
    with service.asking() as books:
        return Contests(items=[_contest(one, service) for one in contests_of(books, fruit=listed["fruit"])])


@ROUTER.get("/shifts/now", responses=NOT_FOUND)
def show_shift(_: CanRead, service: At) -> ShiftShown:
    """The shift that began last; its date and number stand on labels."""
    with service.asking() as books:
        found = shift_now(books)
    if found is None:
        raise UnknownError("no shift has begun: begin one")
    known = with_times(found, service.station.trace.zone)
    return ShiftShown(**{name: known[name] for name in ShiftShown.model_fields})


@ROUTER.post("/shifts", status_code=HTTPStatus.CREATED, responses=CONFLICT)
def start_shift(caller: SignedIn, service: At, sent: ShiftSent) -> ShiftShown:
    """A shift begins, and with it the last one ends."""
    subject = f"{sent.packed_on} {sent.number}"
    desk = audited_desk(service, caller, "shift.begin", subject, sent.model_dump(mode="json"))
    begin_shift(desk, sent.packed_on, sent.number, sent.accountable, tuple(sent.operators))
    return show_shift(caller, service)


def balance_shown(service: Service, lot: str) -> BalanceShown:
    """A lot's balance as it is answered; `NoSuchThingError`."""
    with service.asking() as books:
        found = balance_of(books, lot, service.station.trace)
        by_hand, fed = hand_graded_of_lot(books, lot), feeds_of(books, lot)
    return BalanceShown(
        lot=lot,
        received_kg=found.received_kg,
        parts=[Kilograms(where=where, kg=kg) for where, kg in sorted(found.kg.items())],
        by_hand=[Kilograms(where=one["outlet"], kg=one["weight_g"] / 1000) for one in by_hand],
        lost_kg=found.lost_kg,
        difference_kg=found.difference_kg,
        u_kg=found.u_kg,
        balanced=found.balanced,
        in_the_crate=found.in_the_crate,
        passes=[one["pass_number"] for one in fed],
        weight_factor=found.factor.factor,
        weight_factor_u=found.factor.u,
        trays_weighed=found.factor.trays,
    )


def _contest(row: dict[str, Any], service: Service) -> Contest:
    known = with_times(row, service.station.trace.zone)
    key = f"{known.pop('run')}-{known.pop('number')}"
    return Contest(**known, key=key)


def _on_the_belt(service: Service) -> int:
    with service.asking_line() as journal:
        return 0 if journal is None else on_the_belt(journal)
