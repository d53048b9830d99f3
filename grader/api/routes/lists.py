"""The plain lists: fruit, events, the audit list, commands, runs."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from grader.api.access import At, CanRead
from grader.api.counting import Code
from grader.api.paging import CSV_RESPONSE, Leaf, Leafing, Page
from grader.api.shapes import AuditEntry, Event, Fruit, Run
from grader.store.upstream.lists import AUDIT, FRUIT, NOTICES, RUNS

ROUTER = APIRouter()
LARGEST = 2**53
Number = Annotated[int | None, Field(ge=1, le=LARGEST)]


class FruitLeaf(Leaf):
    """Which fruit."""

    lot: Code = None
    tray: Number = Field(None, description="With those of trays that were merged into it.")


class EventLeaf(Leaf):
    """Which events."""

    type: Code = Field(None, description="`tray.labelled`, or how it begins: `tray`.")
    key: Code = None


class AuditLeaf(Leaf):
    """Which entries."""

    what: Code = Field(None, description="`lot.hold`, or how it begins: `lot`.")


def _fruit(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"estimated_weight_g": row["weight_g"], "estimated_weight_u_g": row["weight_u_g"]}


def _data(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"data": json.loads(row["data"])}


def _detail(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"detail": json.loads(row["detail"])}


FRUIT_LIST = Leafing("fruit", FRUIT, Fruit, _fruit)
EVENT_LIST = Leafing("events", NOTICES, Event, _data)
AUDIT_LIST = Leafing("audit", AUDIT, AuditEntry, _detail)
COMMAND_LIST = Leafing("commands", AUDIT, AuditEntry, _detail)
RUN_LIST = Leafing("calibration", RUNS, Run, dict)


@ROUTER.get("/fruit", responses=CSV_RESPONSE, response_model=Page[Fruit])
def list_fruit(_: CanRead, service: At, leaf: Annotated[FruitLeaf, Query()]) -> Page[Fruit] | Response:
    """Fruit that have left the belt, in the order in which they did."""
    return FRUIT_LIST.answer(service, leaf, {"lot": leaf.lot, "tray": leaf.tray})


@ROUTER.get("/events", responses=CSV_RESPONSE, response_model=Page[Event])
def list_events(_: CanRead, service: At, leaf: Annotated[EventLeaf, Query()]) -> Page[Event] | Response:
    """What happened; `/events/stream` has the same as it comes."""
    return EVENT_LIST.answer(service, leaf, {"type": leaf.type, "key": leaf.key})


@ROUTER.get("/audit", responses=CSV_RESPONSE, response_model=Page[AuditEntry])
def list_audit(_: CanRead, service: At, leaf: Annotated[AuditLeaf, Query()]) -> Page[AuditEntry] | Response:
    """Every command and change: who, from where, what, and whether it was done."""
    return AUDIT_LIST.answer(service, leaf, {"what": leaf.what})


@ROUTER.get("/commands", responses=CSV_RESPONSE, response_model=Page[AuditEntry])
def list_commands(_: CanRead, service: At, leaf: Annotated[Leaf, Query()]) -> Page[AuditEntry] | Response:
    """The commands that were given to the machine through this interface, with its answers."""
    return COMMAND_LIST.answer(service, leaf, {"what": "command"})


@ROUTER.get("/calibration", responses=CSV_RESPONSE, response_model=Page[Run])
def list_runs(_: CanRead, service: At, leaf: Annotated[Leaf, Query()]) -> Page[Run] | Response:
    """By which calibration, rules, model and software each run was graded."""
    return RUN_LIST.answer(service, leaf, {})
