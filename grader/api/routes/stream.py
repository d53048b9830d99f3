"""The live feed, as server-sent events."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from grader.api.access import At, CanRead, credential_of, known_caller
from grader.api.errors import BadQuestionError, TooManyRequestsError
from grader.store.upstream.lists import last_sequence

ROUTER = APIRouter()
MEDIA_TYPE = "text/event-stream"
MOST_LISTENERS = 250
LOOK_AGAIN_S = 5.0
"""So long a listener whose key was revoked may go on."""
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "Events, until one side ends it."}
}
Types = Annotated[
    str | None,
    Query(alias="type", max_length=200, description="Types, or how they begin, with commas; else all."),
]


@ROUTER.get("/events/stream", responses=STREAM, response_class=StreamingResponse)
def stream(
    _: CanRead,
    service: At,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    after: Annotated[int | None, Query(ge=0, le=2**53, description="As Last-Event-ID, which goes before.")] = None,
    types: Types = None,
    state: Annotated[bool, Query(description="Also the machine's state, as often as the line says it.")] = False,  # noqa: FBT002 - a parameter of the address
) -> StreamingResponse:
    """Events as they happen. Without a number to go on from, from now on.

    Each event has its sequence as `id`. `state` and `heartbeat` (each second in which nothing else came) have none.
    """
    if service.live.listeners >= MOST_LISTENERS:
        raise TooManyRequestsError(f"{MOST_LISTENERS} listen already: end some, or ask /events instead", LOOK_AGAIN_S)
    with service.asking() as books:
        newest = last_sequence(books)
    place = _number(last_event_id) if last_event_id else after
    if place is not None and place > newest:
        raise BadQuestionError(f"this station has not told an event {place} yet: begin without a number")
    chosen = frozenset(one for one in (types or "").split(",") if one)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    text = credential_of(request)
    frames = _as_long_as(
        lambda: known_caller(service, text) is not None, service.live.listen(place, chosen, state=state)
    )
    return StreamingResponse(frames, media_type=MEDIA_TYPE, headers=headers)


async def _as_long_as(good: Callable[[], bool], frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The frames, until the credential is no longer good; a heartbeat comes each second, so that it is looked at."""
    looked_s = time.monotonic()
    async with aclosing(frames):
        async for frame in frames:
            yield frame
            if time.monotonic() - looked_s > LOOK_AGAIN_S:
                looked_s = time.monotonic()
                if not await asyncio.to_thread(good):
                    return


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadQuestionError("Last-Event-ID is none of ours: send the id of the last event, or none")
    return int(text)
