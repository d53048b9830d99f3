"""How the station is now: the line, the rules; and health and metrics for those who watch over it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field

from grader.api.access import At, CanRead, is_loopback
from grader.api.errors import NotAllowedError, UnknownError
from grader.api.metrics import CONTENT_TYPE, exposition
from grader.api.packs import pack_in_use
from grader.api.packs import rule_packs as rule_packs_of
from grader.api.problems import NOT_FOUND
from grader.api.service import Service
from grader.grading import RulePack
from grader.line.commands import StateReport
from grader.store.upstream.lists import last_sequence

ROUTER = APIRouter()
OPEN = APIRouter()
"""Beside the versions; health is open without a credential, on this computer alone."""


class StateShown(BaseModel):
    """The station at one moment."""

    at: datetime
    time_zone: str
    running: bool = Field(description="Whether a line runs and says so.")
    why: str
    state: int | None = Field(description="PackML's number (OPC 30050); null: no line runs.")
    state_name: str | None
    mode: int | None
    mode_name: str | None
    line: StateReport | None
    last_event: int = Field(description="The sequence of the newest event.")
    books_behind: str | None = Field(description="Why the line's records do not come into the books; null: they do.")


class RulePackShown(BaseModel):
    """A grading standard as data."""

    name: str
    sha256: str
    in_use: bool
    size_metric: str
    grades: list[str]
    content: dict[str, Any] = Field(description="The pack itself, as its schema in docs/schemas says.")


class RulePacks(BaseModel):
    """Those that are shipped, and the station's own."""

    items: list[RulePackShown]
    next_cursor: None = None


class Health(BaseModel):
    """Whether the process does what it is for."""

    status: Literal["ok", "failing"]
    books: str
    line: str


@ROUTER.get("/state")
def state(_: CanRead, request: Request, service: At) -> StateShown:
    """The machine's state, throughput, outlets and alarms, as the line says them. Without a line, it says so."""
    report = service.line.report
    with service.asking() as books:
        newest = last_sequence(books)
    return StateShown(
        at=service.now().astimezone(service.station.trace.zone),
        time_zone=str(service.station.trace.zone),
        running=report is not None,
        why="no line runs on this station: start it at the machine" if report is None else report.why,
        state=None if report is None else report.state.value,
        state_name=None if report is None else report.state.label,
        mode=None if report is None else report.mode.value,
        mode_name=None if report is None else report.mode.label,
        line=report,
        last_event=newest,
        books_behind=request.app.state.following.trouble,
    )


@ROUTER.get("/rule-packs")
def rule_packs(_: CanRead, service: At) -> RulePacks:
    """The grading standards that this station knows."""
    return RulePacks(items=[_pack(name, pack, service) for name, pack in rule_packs_of(service.station).items()])


@ROUTER.get("/rule-packs/{name}", responses=NOT_FOUND)
def rule_pack(_: CanRead, service: At, name: Annotated[str, Path(max_length=100)]) -> RulePackShown:
    """One grading standard."""
    pack = rule_packs_of(service.station).get(name)
    if pack is None:
        raise UnknownError("there is no such rule pack: /api/v1/rule-packs lists them")
    return _pack(name, pack, service)


@OPEN.get("/metrics", response_class=PlainTextResponse)
def metrics(_: CanRead, request: Request, service: At) -> Response:
    """For Prometheus."""
    return Response(exposition(service, request.app.state.following.trouble), media_type=CONTENT_TYPE)


@OPEN.get("/openapi.json", include_in_schema=False)
def openapi(_: CanRead, request: Request) -> JSONResponse:
    """What this application understands."""
    return JSONResponse(request.app.openapi())


@OPEN.get("/healthz/live")
def live(request: Request) -> Health:
    """This process answers."""
    _local(request)
    return Health(status="ok", books="not asked", line="not asked")


@OPEN.get("/healthz/ready", responses={503: {"model": Health, "description": "Not ready"}})
def ready(request: Request, service: At) -> Response:
    """The books can be read and follow the line. A line that does not run is no fault of this process."""
    _local(request)
    trouble = request.app.state.following.trouble
    with service.asking() as books:
        last_sequence(books)
    line = "runs" if service.line.report is not None else "no line runs"
    health = Health(status="failing" if trouble else "ok", books=trouble or "ok", line=line)
    return JSONResponse(health.model_dump(), 503 if trouble else 200)


def _local(request: Request) -> None:
    if not is_loopback(request):
        raise NotAllowedError("health is told on the station's own computer alone: ask /api/v1/state with a key")


def _pack(name: str, pack: RulePack, service: Service) -> RulePackShown:
    own = pack_in_use(service.station)
    return RulePackShown(
        name=name,
        sha256=pack.hash,
        in_use=pack.hash == own.hash,
        size_metric=str(pack.size_metric),
        grades=[grade.name for grade in pack.grades],
        content=pack.model_dump(mode="json"),
    )
