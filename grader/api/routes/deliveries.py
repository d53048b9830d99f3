"""Who is sent events, and what each of them was sent or is owed."""

import base64
import binascii
import json
import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from grader.api.access import At, CanConfigure, CanRead
from grader.api.audit import audited
from grader.api.caller import Caller
from grader.api.counting import Code
from grader.api.errors import BadQuestionError, ConflictError, UnknownError
from grader.api.paging import CSV_RESPONSE, Leaf, Leafing, Page, with_times
from grader.api.posting.target import LONGEST, target_of
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.service import Service
from grader.api.shapes import Delivery
from grader.store.upstream.lists import DELIVERIES
from grader.store.upstream.posting import endpoint_named, endpoints
from grader.store.upstream.records import EndpointMade, EndpointMoved, Noticed
from grader.trace.rules.plausible import CODE

ROUTER = APIRouter()
SECRET_PREFIX = "whsec_"  # noqa: S105 - how they begin
SECRET_BYTES = range(24, 65)
"""What the Standard Webhooks specification asks for."""
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=CODE)]
NameInPath = Annotated[str, Path(min_length=1, max_length=60)]
Type = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z_]+(\.[a-z_]+)*$")]


class EndpointSent(BaseModel):
    """Who is to be sent events from now on."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    url: str = Field(max_length=LONGEST, description="https:// and public, unless the station's settings allow it.")
    types: list[Type] = Field([], max_length=50, description="Of events, or how they begin; none: all.")
    secret: str | None = Field(
        None, max_length=120, description="whsec_ and 24 to 64 bytes in base64; left out: one is made."
    )


class EndpointShown(BaseModel):
    """An endpoint."""

    name: str
    url: str
    types: list[str]
    state: Literal["active", "paused"]
    state_why: str | None
    state_at: datetime
    failing_since: datetime | None
    waiting: int = Field(description="Events that it is owed.")
    at: datetime = Field(description="When it was entered.")


class EndpointMadeShown(EndpointShown):
    """A new endpoint, with the secret that is shown once."""

    secret: str


class Endpoints(BaseModel):
    """All of them."""

    items: list[EndpointShown]
    next_cursor: None = None


class Why(BaseModel):
    """A reason, which is kept."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class DeliveryLeaf(Leaf):
    """Which deliveries."""

    endpoint: Code = None
    waiting: bool | None = Field(None, description="true: those that are owed; false: those that are delivered.")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    due = row["due_at"] if row["delivered_at"] is None and row["due_at"].year > 1970 else None  # noqa: PLR2004
    return row | {"due_at": due}


DELIVERY_LIST = Leafing("deliveries", DELIVERIES, Delivery, _row)


@ROUTER.get("/deliveries", responses=CSV_RESPONSE, response_model=Page[Delivery])
def list_deliveries(_: CanRead, service: At, leaf: Annotated[DeliveryLeaf, Query()]) -> Page[Delivery] | Response:
    """What endpoints were sent and are owed."""
    waiting = None if leaf.waiting is None else int(leaf.waiting)
    return DELIVERY_LIST.answer(service, leaf, {"endpoint": leaf.endpoint, "waiting": waiting})


@ROUTER.get("/deliveries/endpoints")
def list_endpoints(_: CanRead, service: At) -> Endpoints:
    """Who is sent events."""
    with service.asking() as books:
        return Endpoints(items=[_shown(one, service) for one in endpoints(books)])


@ROUTER.post("/deliveries/endpoints", status_code=201, responses=CONFLICT)
def create_endpoint(caller: CanConfigure, service: At, sent: EndpointSent) -> EndpointMadeShown:
    """Somebody is sent events from now on, signed by the Standard Webhooks specification."""
    target_of(sent.url, service.settings.private_targets)
    secret = _checked_secret(sent.secret)
    with service.asking() as books:
        if endpoint_named(books, sent.name) is not None:
            raise ConflictError(f"there is an endpoint {sent.name} already: choose another name, or remove it first")
    made = EndpointMade(
        name=sent.name, url=sent.url, secret=secret, types=tuple(sent.types), who=caller.name, utc_ns=service.now_ns()
    )
    detail = {"url": sent.url, "types": sent.types}
    service.write(made, audited(service, caller, "endpoint.create", sent.name, detail))
    return EndpointMadeShown(**_find(service, sent.name).model_dump(), secret=secret)


@ROUTER.get("/deliveries/endpoints/{name}", responses=NOT_FOUND)
def show_endpoint(_: CanRead, service: At, name: NameInPath) -> EndpointShown:
    """An endpoint."""
    return _find(service, name)


@ROUTER.post("/deliveries/endpoints/{name}/pause", responses=NOT_FOUND | CONFLICT)
def pause_endpoint(caller: CanConfigure, service: At, name: NameInPath, sent: Why) -> EndpointShown:
    """Send nothing until it is resumed; what it is owed is kept."""
    return _move(service, caller, name, "paused", sent.why)


@ROUTER.post("/deliveries/endpoints/{name}/resume", responses=NOT_FOUND | CONFLICT)
def resume_endpoint(caller: CanConfigure, service: At, name: NameInPath, sent: Why) -> EndpointShown:
    """Send again, from the first event that it is owed, in order."""
    return _move(service, caller, name, "active", sent.why)


@ROUTER.delete("/deliveries/endpoints/{name}", status_code=204, responses=NOT_FOUND | CONFLICT)
def remove_endpoint(caller: CanConfigure, service: At, name: NameInPath) -> None:
    """Nothing more is sent; what it was still owed is not sent any more."""
    _find(service, name)
    _write_move(service, caller, name, "removed", "removed")


def _move(service: Service, caller: Caller, name: str, state: Literal["active", "paused"], why: str) -> EndpointShown:
    _find(service, name)
    _write_move(service, caller, name, state, why)
    return _find(service, name)


def _write_move(
    service: Service, caller: Caller, name: str, state: Literal["active", "paused", "removed"], why: str
) -> None:
    now_ns = service.now_ns()
    alarmed = _find(service, name)
    moved = EndpointMoved(name=name, state=state, why=why, utc_ns=now_ns)
    over = {"code": "delivery_paused", "subject": name, "why": why}
    cleared = (
        [Noticed(type="alarm.cleared", key="alarm:delivery_paused", utc_ns=now_ns, data=over)]
        if alarmed.state == "paused" and alarmed.failing_since is not None and state != "paused"
        else []
    )
    service.write(moved, *cleared, audited(service, caller, f"endpoint.{state}", name, {"why": why}))


def _find(service: Service, name: str) -> EndpointShown:
    with service.asking() as books:
        found = endpoint_named(books, name)
    if found is None:
        raise UnknownError("there is no such endpoint: /api/v1/deliveries/endpoints lists them")
    return _shown(found, service)


def _shown(endpoint: dict[str, Any], service: Service) -> EndpointShown:
    facts = with_times(endpoint, service.station.trace.zone)
    return EndpointShown(
        **{name: facts[name] for name in ("name", "url", "state", "state_why", "state_at", "waiting", "at")},
        types=json.loads(facts["types"]),
        failing_since=facts["failing_since_at"],
    )


def _checked_secret(secret: str | None) -> str:
    if secret is None:
        return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    try:
        known = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        known = b""
    if not secret.startswith(SECRET_PREFIX) or len(known) not in SECRET_BYTES:
        raise BadQuestionError("secret is whsec_ and 24 to 64 bytes in base64; leave it out to have one made")
    return secret
