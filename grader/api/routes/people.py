"""Who works here, and who delivers: listed for those who choose among them, entered by a manager."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from grader.api.access import At, CanRead, Manager
from grader.api.audit import audited, audited_desk
from grader.api.bodies import Body, ShortCode, Text
from grader.api.errors import ConflictError, UnknownError
from grader.api.pins import set_pin
from grader.api.problems import CONFLICT, NOT_FOUND
from grader.api.service import Service
from grader.store.books.lots import growers, operator_of, operators
from grader.trace.desk.growers import enter_grower
from grader.trace.desk.holds import enter_operator

ROUTER = APIRouter()
Pin = Annotated[str, Field(min_length=1, max_length=20)]
NameInPath = Annotated[str, Path(min_length=1, max_length=100)]


class GrowerShown(BaseModel):
    """Who delivers here."""

    code: str
    name: str


class GrowerSent(Body):
    """A grower who delivers here from now on."""

    code: ShortCode
    name: Text
    contact: Text | None = None


class Growers(BaseModel):
    """All of them."""

    items: list[GrowerShown]
    next_cursor: None = None


class OperatorShown(BaseModel):
    """Who works here."""

    name: str
    role: Literal["operator", "manager"]
    has_pin: bool


class OperatorSent(Body):
    """Somebody works here, in another role than before, or no longer (`left`)."""

    name: Text
    role: Literal["operator", "manager", "left"]
    pin: Pin | None = Field(None, description="4 to 12 digits; left out: the PIN stays, or there is none yet.")


class PinSent(Body):
    """A new PIN; a lock on the old one is gone."""

    pin: Annotated[Pin, Field(description="4 to 12 digits.")]


class Operators(BaseModel):
    """All who have not left."""

    items: list[OperatorShown]
    next_cursor: None = None


@ROUTER.get("/growers")
def list_growers(_: CanRead, service: At) -> Growers:
    """Who delivers here."""
    with service.asking() as books:
        return Growers(items=[GrowerShown(code=one["code"], name=one["name"]) for one in growers(books)])


@ROUTER.post("/growers", status_code=HTTPStatus.CREATED, responses=CONFLICT)
def create_grower(caller: Manager, service: At, sent: GrowerSent) -> GrowerShown:
    """A grower delivers here from now on."""
    desk = audited_desk(service, caller, "grower.enter", sent.code, {})
    enter_grower(desk, sent.code, sent.name, sent.contact, caller.name)
    return GrowerShown(code=sent.code, name=sent.name)


@ROUTER.get("/operators")
def list_operators(_: CanRead, service: At) -> Operators:
    """Who works here, and can sign in."""
    return _operators(service)


@ROUTER.post("/operators", responses=CONFLICT)
def set_operator(caller: Manager, service: At, sent: OperatorSent) -> Operators:
    """Enter somebody, with a PIN at once, change a role, or say that somebody has left.

    Nobody takes the manager's role from oneself.
    """
    if sent.name == caller.name and sent.role != "manager":
        raise ConflictError("you would lock yourself out: have another manager do it")
    desk = audited_desk(service, caller, "operator.enter", sent.name, {"role": sent.role})
    if sent.pin is not None:
        desk.entries.extend((set_pin(sent.name, sent.pin), audited(service, caller, "pin.set", sent.name, {})))
    enter_operator(desk, sent.name, sent.role, caller.name)
    return _operators(service)


@ROUTER.post("/operators/{name}/pin", responses=NOT_FOUND)
def give_pin(caller: Manager, service: At, name: NameInPath, sent: PinSent) -> OperatorShown:
    """Give an operator a new PIN."""
    with service.asking() as books:
        found = operator_of(books, name)
    if found is None or found["role"] == "left":
        raise UnknownError("nobody of that name works here: /api/v1/operators lists who does")
    service.write(set_pin(name, sent.pin), audited(service, caller, "pin.set", name, {}))
    return OperatorShown(name=name, role=found["role"], has_pin=True)


def _operators(service: Service) -> Operators:
    with service.asking() as books:
        found = operators(books)
    return Operators(items=[OperatorShown.model_validate(one) for one in found])
