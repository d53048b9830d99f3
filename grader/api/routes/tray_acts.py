"""What is done to a tray by hand, by the rules of the desk: each act with the name of who signed in, and why."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from grader.api.access import At, CanRead, SignedIn
from grader.api.audit import audited, audited_desk
from grader.api.bodies import Body, Reason, Sentence, png_response
from grader.api.caller import Caller
from grader.api.errors import ConflictError
from grader.api.packs import pack_in_use, pack_of
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.routes.trays import TrayNumber, TrayShown, tray_shown
from grader.api.service import Service
from grader.grading import Outlet
from grader.line.commands import CloseOutlet
from grader.store.books.trays import composition, made_by
from grader.trace.desk import Desk, labelling, trays
from grader.trace.desk.printing import Printer, print_label, somebody_looked
from grader.trace.desk.review import review
from grader.trace.desk.tray_label import tray_label
from grader.trace.desk.trial_print import print_trial
from grader.trace.labels import Template, png_label, template_named

ROUTER = APIRouter()
REFUSED = NOT_FOUND | CONFLICT
PNG = png_response("The label, dot by dot as a printer of 203 dpi prints it.")


class Counted(Body):
    """How many somebody counted, and why."""

    counted: int = Field(ge=0, le=100_000)
    why: Sentence


class LabelWanted(Body):
    """A closed tray is to get its names."""

    mixed: bool = Field(default=False, description="It holds several lots, and that is meant.")


class Looked(Body):
    """Of a print of which nobody knew the end, somebody says whether the label came out."""

    came_out: bool
    why: Sentence


class LabelGiven(BaseModel):
    """What a tray's label says of it."""

    tray: int
    grade: str
    batch: str
    serial: str
    count: int
    best_before: date


class Reprint(BaseModel):
    """A label may be printed once more."""

    tray: int
    nth: int = Field(description="Which reprint it is; the label says so.")


class Printed(BaseModel):
    """A label came out."""

    tray: int
    sentence: str


class Tried(BaseModel):
    """What the printer says of a label that was none."""

    state: Literal["printed", "not_sent", "unsure"]
    sentence: str


@ROUTER.post("/trays/{tray}/close", responses=REFUSED)
def close_tray(caller: SignedIn, service: At, tray: TrayNumber, sent: Reason) -> TrayShown:
    """Nothing more goes into a tray. Until the line has an empty one (command `swap_tray`), fruit go to recheck."""

    def shut(outlet: str) -> None:
        service.ask_line(CloseOutlet(outlet=Outlet(outlet)), caller.origin, caller.name[:80])

    told = None if service.line.report is None else shut
    return _act(
        service, caller, "tray.close", tray, sent, lambda desk, who: trays.close(desk, tray, who, sent.why, told)
    )


@ROUTER.post("/trays/{tray}/reopen", responses=REFUSED)
def reopen_tray(caller: SignedIn, service: At, tray: TrayNumber, sent: Reason) -> TrayShown:
    """A closed tray is filled further; one with a label is voided instead."""
    return _act(service, caller, "tray.reopen", tray, sent, lambda desk, who: trays.reopen(desk, tray, who, sent.why))


@ROUTER.post("/trays/{tray}/recount", responses=REFUSED)
def recount_tray(caller: SignedIn, service: At, tray: TrayNumber, sent: Counted) -> TrayShown:
    """Somebody counted the fruit: from now on this is the count, and no doubt is left."""
    return _act(
        service, caller, "tray.recount", tray, sent,
        lambda desk, who: trays.recount(desk, tray, sent.counted, who, sent.why),
    )  # fmt: skip


@ROUTER.post("/trays/{tray}/void", responses=REFUSED)
def void_tray(caller: SignedIn, service: At, tray: TrayNumber, sent: Reason) -> TrayShown:
    """A tray is no longer one: emptied, dropped, wrongly filled. If it was packed, its event is withdrawn."""
    return _act(service, caller, "tray.void", tray, sent, lambda desk, who: trays.void(desk, tray, who, sent.why))


@ROUTER.post("/trays/{tray}/label", status_code=HTTPStatus.CREATED, responses=REFUSED)
def label_tray(caller: SignedIn, service: At, tray: TrayNumber, sent: LabelWanted) -> LabelGiven:
    """Give a closed tray its trace batch and serial, on record before anything is printed."""
    with service.asking() as books:
        lots = [share.lot for share in composition(books, tray) if share.lot is not None]
        judged = [pack_of(service.station, run["rule_pack_sha256"]) for run in made_by(books, tray)]
    pack = next((one for one in judged if one is not None), None) or pack_in_use(service.station)
    review(service.desk, codes=lots)  # by itself, so that label and audit entry are one transaction
    desk = audited_desk(service, caller, "tray.label", str(tray), sent.model_dump())
    given = labelling.label(desk, tray, pack, caller.name, mixed=sent.mixed)
    service.bell.ring()
    return LabelGiven(
        tray=tray, grade=given.grade, batch=given.batch, serial=given.serial, count=given.count,
        best_before=given.best_before,
    )  # fmt: skip


@ROUTER.post("/trays/{tray}/reprint", responses=REFUSED)
def reprint_tray(caller: SignedIn, service: At, tray: TrayNumber, sent: Reason) -> Reprint:
    """Allow a label once more, for a reason; the print says which reprint it is."""
    desk = audited_desk(service, caller, "tray.reprint", str(tray), sent.model_dump())
    nth = labelling.reprint(desk, tray, caller.name, sent.why)
    service.bell.ring()
    return Reprint(tray=tray, nth=nth)


@ROUTER.post("/trays/{tray}/print", responses=REFUSED)
def print_tray(caller: SignedIn, service: At, tray: TrayNumber) -> Printed:
    """Print the label that a tray's record allows, the first or the reprint that was allowed last; never twice."""
    printer = _printer(service)
    desk = audited_desk(service, caller, "tray.print", str(tray), {"printer": printer.name})
    return Printed(tray=tray, sentence=print_label(desk, printer, tray, _template(service), caller.name))


@ROUTER.post("/trays/{tray}/printed", responses=REFUSED)
def say_printed(caller: SignedIn, service: At, tray: TrayNumber, sent: Looked) -> TrayShown:
    """Of a print of which nobody knew the end, say whether the label came out."""
    return _act(
        service, caller, "tray.printed", tray, sent,
        lambda desk, who: somebody_looked(desk, tray, who, sent.why, came_out=sent.came_out),
    )  # fmt: skip


@ROUTER.post("/printer/test", responses=CONFLICT)
def try_printer(caller: SignedIn, service: At) -> Tried:
    """Print a label that says that it is none. What became of it is the printer's own word."""
    printer = _printer(service)
    today = service.now().astimezone(service.station.trace.zone).date()
    report = print_trial(printer, _template(service), service.station.trace, today)
    told = {"printer": printer.name, "state": report.state, "sentence": report.sentence}
    service.write(audited(service, caller, "printer.test", printer.name, told))
    return Tried(state=report.state, sentence=report.sentence)


@ROUTER.get("/trays/{tray}/label", responses=PNG | REFUSED, response_class=Response)
def show_label(_: CanRead, service: At, tray: TrayNumber) -> Response:
    """The label as it prints: a picture of the printer's own dots. A tray without a label is a conflict."""
    with service.asking() as books:
        label = tray_label(books, service.station.trace, tray)
    return Response(png_label(label, _template(service)), media_type="image/png")


def _printer(service: Service) -> Printer:
    if service.printer is None:
        raise ConflictError("this station has no printer: name one in the table [printer] of station.toml")
    return service.printer


def _template(service: Service) -> Template:
    """The template of the station's labels."""
    return template_named(service.station.trace.label_template)


def _act(
    service: Service, caller: Caller, what: str, tray: int, sent: BaseModel, act: Callable[[Desk, str], None]
) -> TrayShown:
    act(audited_desk(service, caller, what, str(tray), sent.model_dump(mode="json")), caller.name)
    service.bell.ring()
    return tray_shown(service, tray)
