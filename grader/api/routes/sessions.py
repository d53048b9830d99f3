"""Sessions: the touchscreen's, begun with the one-time token that it was given, and operators', by PIN."""

import time
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from grader.api.access import COOKIE, At, CanRead, Perhaps, is_loopback, limited, new_token
from grader.api.audit import audited
from grader.api.errors import NotAllowedError, UnauthenticatedError
from grader.api.keys import hashed
from grader.api.pins import try_pin, wrong
from grader.api.service import Service
from grader.line.commands import Origin
from grader.store.upstream.records import Audited, PinTried, Scope, SessionBegan, SessionEnded

ROUTER = APIRouter()
NS_PER_H = 3600 * 10**9


class ScreenSent(BaseModel):
    """What the touchscreen was given."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=200)


class OperatorSent(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    pin: str = Field(min_length=1, max_length=20, description="4 to 12 digits.")


class SessionShown(BaseModel):
    """A session; its token is shown once, and is also in a cookie that scripts cannot read."""

    token: str | None
    name: str
    scope: Scope
    at_the_machine: bool = Field(description="The touchscreen's local session, which may start the machine.")
    operator: str | None


class Ended(BaseModel):
    """It opens nothing any more."""

    ended: bool


@ROUTER.post("/sessions/screen", status_code=201)
def begin_screen(request: Request, response: Response, service: At, sent: ScreenSent) -> SessionShown:
    """Begin the touchscreen's local session with the one-time token in its address; on this computer alone."""
    limited(request, service, None)
    if not is_loopback(request):
        raise NotAllowedError("the touchscreen's session begins on the station's own computer alone")
    if not service.one_time.redeem(sent.token, time.monotonic()):
        raise UnauthenticatedError("the token was used already, or is none: grader api token prints a new one")
    return _begin(response, service, screen=True, operator=None, scope="operate", tls=_is_tls(request))


@ROUTER.post("/sessions/operator", status_code=201)
def sign_in(request: Request, response: Response, service: At, perhaps: Perhaps, sent: OperatorSent) -> SessionShown:
    """Sign in by PIN: within the touchscreen's session, or for a session of one's own, which starts no machine."""
    limited(request, service, perhaps)
    at_the_machine = perhaps is not None and perhaps.at_the_machine
    with service.trying:  # one at a time: guesses side by side would all see the same count
        with service.asking() as books:
            tried, role = try_pin(
                books, sent.name, sent.pin, service.settings, service.now_ns(), at_the_machine=at_the_machine
            )
        if tried is not None:
            service.write(tried, *([_refused(service, tried, at_the_machine=at_the_machine)] if role is None else ()))
    if role is None:
        raise wrong()
    scope: Scope = "configure" if role == "manager" else "operate"
    if perhaps is not None and perhaps.session is not None and at_the_machine:
        began = SessionBegan(sha256=perhaps.session, screen=True, operator=sent.name, expires_utc_ns=_expires(service))
        service.write(began, audited(service, sent.name, "session.sign_in", "screen", {}, origin=perhaps.origin.value))
        return SessionShown(token=None, name=sent.name, scope=scope, at_the_machine=True, operator=sent.name)
    return _begin(response, service, screen=False, operator=sent.name, scope=scope, tls=_is_tls(request))


@ROUTER.get("/sessions/mine")
def mine(caller: CanRead) -> SessionShown:
    """Who one is, and how far it reaches."""
    return SessionShown(
        token=None, name=caller.name, scope=caller.scope, at_the_machine=caller.at_the_machine,
        operator=caller.operator,
    )  # fmt: skip


@ROUTER.delete("/sessions/mine")
def sign_out(caller: CanRead, response: Response, service: At) -> Ended:
    """End one's session; at the touchscreen only the operator signs out, the screen stays."""
    if caller.session is None:
        return Ended(ended=False)
    if caller.at_the_machine:
        kept = SessionBegan(sha256=caller.session, screen=True, operator=None, expires_utc_ns=_expires(service))
        service.write(kept, audited(service, caller, "session.sign_out", "screen", {}))
    else:
        ended = SessionEnded(sha256=caller.session, utc_ns=service.now_ns())
        service.write(ended, audited(service, caller, "session.sign_out", None, {}))
        response.delete_cookie(COOKIE)
    return Ended(ended=True)


def _refused(service: Service, tried: PinTried, *, at_the_machine: bool) -> Audited:
    """A wrong PIN for somebody who works here; a name that nobody bears is not kept, for it may be a PIN."""
    detail = {"wrong_pins_in_a_row": tried.failures, "locked": tried.locked_until_utc_ns > 0}
    origin = (Origin.SCREEN if at_the_machine else Origin.UPSTREAM).value
    return audited(service, tried.name, "session.wrong_pin", tried.name, detail, accepted=False, origin=origin)


def _begin(
    response: Response, service: Service, *, screen: bool, operator: str | None, scope: Scope, tls: bool
) -> SessionShown:
    token = new_token()
    name = operator or "screen"
    origin = (Origin.SCREEN if screen else Origin.UPSTREAM).value
    began = SessionBegan(sha256=hashed(token), screen=screen, operator=operator, expires_utc_ns=_expires(service))
    service.write(began, audited(service, name, "session.begin", "screen" if screen else None, {}, origin=origin))
    response.set_cookie(
        COOKIE, token, max_age=round(service.settings.session_h * 3600), httponly=True, samesite="strict", secure=tls
    )
    return SessionShown(token=token, name=name, scope=scope, at_the_machine=screen, operator=operator)


def _expires(service: Service) -> int:
    return service.now_ns() + round(service.settings.session_h * NS_PER_H)


def _is_tls(request: Request) -> bool:
    return request.url.scheme == "https"
