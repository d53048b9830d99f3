"""Commands to the machine, with the machine's own answer."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from grader.api.access import At, Whoever, is_loopback, limited
from grader.api.audit import audited
from grader.api.caller import Caller
from grader.api.errors import CommandRefusedError, NotAllowedError, UnauthenticatedError
from grader.api.problems import CONFLICT
from grader.api.service import Service
from grader.errors import GraderError
from grader.line.commands import (
    AcknowledgeAlarm,
    Command,
    FeedLot,
    MaintenanceCommand,
    Origin,
    OverrideSphereCheck,
    SetMode,
    Stop,
    Verdict,
    forbidden,
)
from grader.line.states import Mode

ROUTER = APIRouter()
LOG = logging.getLogger(__name__)
NOBODY = Caller("loopback", "read", Origin.SCREEN)
"""Whoever presses Stop on this computer: it needs no login, and nobody asks who it was."""


class CommandSent(BaseModel):
    """What is to be done."""

    model_config = ConfigDict(extra="forbid")

    command: Annotated[Command, Field(discriminator="kind")]


class CommandAnswered(BaseModel):
    """What the machine says; a refusal is a problem with `verdict` and `state` in it."""

    verdict: Verdict
    sentence: str = Field(description="What happens now.")
    state: int = Field(description="PackML's number (OPC 30050) of the state after the command.")
    state_name: str


@ROUTER.post("/commands", responses=CONFLICT)
async def command(
    request: Request, service: At, whoever: Whoever, sent: Annotated[CommandSent, Body()]
) -> CommandAnswered:
    """Give the machine a command.

    A key may hold and stop. All else, starting above all, is given at the machine: from the touchscreen's local
    session. Stop needs no credential on the station's own computer.
    """
    asked = sent.command
    if isinstance(asked, Stop) and is_loopback(request):
        known = isinstance(whoever, Caller) and whoever.may("operate")
        return await give(service, whoever if isinstance(whoever, Caller) and known else NOBODY, asked)
    if isinstance(whoever, GraderError):
        raise whoever
    caller = limited(request, service, whoever)
    if caller is None:
        raise UnauthenticatedError("this needs a key or a session; only Stop, on the station's own computer, does not")
    return await give(service, caller, asked)


async def give(service: Service, caller: Caller, asked: Command) -> CommandAnswered:
    """Give the command for `caller`, and put it and the answer into the audit list."""
    if caller.operator is not None and isinstance(asked, AcknowledgeAlarm | OverrideSphereCheck):
        asked = asked.model_copy(update={"who": caller.operator})  # whoever has signed in, whatever the screen says
    detail: dict[str, Any] = asked.model_dump(mode="json")
    try:
        refusal = _why_not(caller, asked)
        if refusal is not None:
            raise refusal
        reply = await service.line.ask(asked, caller.origin, caller.name[:80])
    except GraderError as error:
        await _on_record(service, caller, asked.kind, detail | {"answer": str(error)}, accepted=False)
        raise
    answered = {"answer": reply.sentence, "verdict": reply.verdict.value, "state": reply.state.value}
    await _on_record(service, caller, asked.kind, detail | answered, accepted=reply.accepted)
    if not reply.accepted:
        raise CommandRefusedError(reply.sentence, reply.verdict.value, reply.state.value)
    return CommandAnswered(
        verdict=reply.verdict, sentence=reply.sentence, state=reply.state.value, state_name=reply.state.label
    )


def _why_not(caller: Caller, asked: Command) -> GraderError | None:
    if caller is not NOBODY and not caller.may("operate"):
        return NotAllowedError(f"commands need the scope operate, and yours is {caller.scope}: use another key")
    if isinstance(asked, FeedLot):
        return NotAllowedError("the books have to know it too: say which lot is fed by POST /api/v1/lots/{lot}/feed")
    sentence = forbidden(asked, caller.origin)
    if sentence is not None:
        return NotAllowedError(sentence)
    if _tries_out(asked) and not caller.may("configure"):
        return NotAllowedError("this is maintenance: a manager has to sign in by PIN at the touchscreen first")
    return None


def _tries_out(asked: Command) -> bool:
    """Whether it moves, switches or calibrates a machine that is not sorting, or leads to where that can be done."""
    return isinstance(asked, MaintenanceCommand) or (isinstance(asked, SetMode) and asked.mode is not Mode.PRODUCE)


async def _on_record(service: Service, caller: Caller, kind: str, detail: dict[str, Any], *, accepted: bool) -> None:
    """After the machine has answered: no command waits for the disk, and Stop least of all.

    A disk that fails does not change the answer: what was done was done, and the line's journal has it too.
    """
    entry = audited(service, caller, f"command.{kind}", None, detail, accepted=accepted)
    try:
        await run_in_threadpool(service.write, entry)
    except GraderError as error:
        LOG.error("command %s by %s is not in the audit list: %s", kind, caller.name, error)  # noqa: TRY400
