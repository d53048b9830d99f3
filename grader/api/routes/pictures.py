"""The live picture, over a WebSocket: only the latest, and the next one only after the last was acknowledged."""

import asyncio
import time
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, ValidationError

from grader.api.access import COOKIE, is_ours, known_caller
from grader.api.errors import NotAllowedError, TooManyRequestsError, UnauthenticatedError
from grader.api.problems import answer
from grader.api.service import Service
from grader.errors import GraderError

ROUTER = APIRouter()
MOST_VIEWERS = 16
LOOK_AGAIN_S = 5.0
"""So long a viewer whose key was revoked may go on."""
POLICY, SERVED_OUT = 1008, "the key or session is over: sign in again"
NO_ACK = "only {'ack': sequence} is understood here, with the sequence of the last picture"


class Acknowledged(BaseModel):
    """A picture has been shown."""

    model_config = ConfigDict(extra="forbid")

    ack: int


@ROUTER.websocket("/pictures")
async def pictures(socket: WebSocket) -> None:
    """Pictures with the outlines and grades of their fruit, as fast as they are acknowledged."""
    service: Service = socket.app.state.service
    service.pictures.viewers += 1  # before anything is waited for: many may come at once
    try:
        try:
            credential = await _let_in(socket, service)
        except GraderError as refusal:
            await socket.send_denial_response(answer(refusal))
            return
        await socket.accept()
        await _Viewer(socket, service, credential).look()
    finally:
        service.pictures.viewers -= 1


class _Viewer:
    """One who looks; it ends when the other end does, says what it should not, or may look no longer."""

    def __init__(self, socket: WebSocket, service: Service, credential: str) -> None:
        self._socket, self._service, self._credential = socket, service, credential
        self._sent = 0
        self._acknowledged = asyncio.Event()
        self._acknowledged.set()

    async def look(self) -> None:
        tasks = [asyncio.create_task(one) for one in (self._hear(), self._show(), self._watch())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        why = next(iter(done)).result()
        if why is not None:
            with suppress(RuntimeError):  # it went at the same moment
                await self._socket.close(POLICY, why)

    async def _hear(self) -> str | None:
        while True:
            try:
                said = Acknowledged.model_validate_json(await self._socket.receive_text())
            except WebSocketDisconnect:
                return None
            except (ValidationError, KeyError):
                return NO_ACK
            if said.ack != self._sent or self._acknowledged.is_set():
                return NO_ACK
            self._acknowledged.set()

    async def _show(self) -> str | None:
        seen = self._service.pictures.newest
        while True:
            await self._acknowledged.wait()
            picture = await self._service.pictures.after(seen)
            self._acknowledged.clear()
            self._sent = seen = picture.sequence
            message = picture.message(self._service.now(), time.monotonic(), self._service.station.trace.zone)
            try:
                await self._socket.send_bytes(message)
            except (WebSocketDisconnect, RuntimeError):
                return None

    async def _watch(self) -> str | None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            if await asyncio.to_thread(known_caller, self._service, self._credential) is None:
                return SERVED_OUT


async def _let_in(socket: WebSocket, service: Service) -> str:
    """The credential by which whoever looks is let in; raises what a request without one, or with another, does."""
    if service.pictures.viewers > MOST_VIEWERS:
        raise TooManyRequestsError(f"{MOST_VIEWERS} look already: close some pages", LOOK_AGAIN_S)
    origin, cookie = socket.headers.get("Origin"), socket.cookies.get(COOKIE)
    bearer = socket.headers.get("Authorization", "").partition(" ")[2]
    # A page somewhere else may open a socket to us, with our cookie where a browser does not know better.
    if (origin is not None or not bearer) and not is_ours(origin or "", socket.headers.get("Host")):
        raise NotAllowedError("pictures are shown to pages of this station alone: open it under its own address")
    credential = bearer or cookie
    if not credential:
        raise UnauthenticatedError("this needs a key (Authorization: Bearer ...) or a session")
    address = "nowhere" if socket.client is None else socket.client.host
    return await asyncio.to_thread(_known, service, credential, address)


def _known(service: Service, credential: str, address: str) -> str:
    now_s = time.monotonic()
    if wait_s := service.mistakes.wait_s(address, now_s):
        raise TooManyRequestsError(f"too many wrong keys from this address: wait {wait_s:.0f} s", wait_s)
    caller = known_caller(service, credential)
    if caller is None:
        service.mistakes.take(address, now_s)
        raise UnauthenticatedError("the key or session is unknown, revoked or over: use another, or sign in again")
    if wait_s := service.requests.take(caller.name, now_s):
        raise TooManyRequestsError(f"too many requests: wait {wait_s:.1f} s, and ask less often", wait_s)
    return credential
