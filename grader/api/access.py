"""Who asks, and how far that reaches: keys, sessions, and what is open on loopback alone."""

import ipaddress
import secrets
import time
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from grader.api.caller import Caller
from grader.api.errors import LockedOutError, NotAllowedError, TooManyRequestsError, UnauthenticatedError
from grader.api.keys import hashed, known_key
from grader.api.service import Service
from grader.errors import GraderError
from grader.line.commands import Origin
from grader.store.upstream.access import session_of
from grader.store.upstream.records import Scope

COOKIE = "grader_session"
TOKEN_PREFIX = "gs_"  # noqa: S105 - how they begin, so that nobody takes one for a key
BEARER = HTTPBearer(auto_error=False, description="An API key, or the token of a session.")
SESSION_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, description="The token of a session.")
WIDEST: dict[str | None, Scope] = {"manager": "configure", "operator": "operate"}


def service_of(request: Request) -> Service:
    """The station that is asked."""
    service: Service = request.app.state.service
    return service


At = Annotated[Service, Depends(service_of)]


def is_ours(origin: str, host: str | None) -> bool:
    """Whether a page with that `origin` came from here: the same `host` and port, as the browser names them."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


def is_loopback(request: Request) -> bool:
    """Whether the other end is on this computer; a way in that names no address is none of ours."""
    if request.client is None:
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def new_token() -> str:
    """A session's token: 256 bits of chance."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def caller_or_nobody(
    request: Request,
    service: At,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
    cookie: Annotated[str | None, Security(SESSION_COOKIE)],
) -> Caller | None:
    """Who asks; None: nobody said. A wrong credential is an error all the same, and many are locked out."""
    text = bearer.credentials if bearer is not None else cookie
    if text is None:
        return None
    # A good one is let in however many wrong ones came from there: who guesses must not lock the touchscreen out.
    if (found := known_caller(service, text)) is not None:
        return found
    if wait_s := service.mistakes.take(_address(request), time.monotonic()):
        raise LockedOutError(
            f"too many wrong keys or tokens from this address: wait {wait_s:.0f} s, and look at the key", wait_s
        )
    raise UnauthenticatedError("the key or session is unknown, revoked or over: use another, or sign in again")


def known_caller(service: Service, text: str) -> Caller | None:
    """Whose key or session's token `text` is; None: it is none, or none any more."""
    with service.asking() as books:
        return _session(service, books, text) if text.startswith(TOKEN_PREFIX) else _key(books, text)


def credential_of(request: Request) -> str:
    """The key or token of a request that was let in by one."""
    return request.headers.get("Authorization", "").partition(" ")[2] or request.cookies.get(COOKIE, "")


Perhaps = Annotated[Caller | None, Depends(caller_or_nobody)]


def caller_or_mistake(
    request: Request,
    service: At,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
    cookie: Annotated[str | None, Security(SESSION_COOKIE)],
) -> Caller | GraderError | None:
    """The same for Stop, which works whatever is wrong with the credential; the mistake is for others to raise."""
    try:
        return caller_or_nobody(request, service, bearer, cookie)
    except GraderError as error:
        return error


Whoever = Annotated[Caller | GraderError | None, Depends(caller_or_mistake)]


def limited(request: Request, service: At, caller: Perhaps) -> Caller | None:
    """The same, within what one may ask."""
    name = f"address {_address(request)}" if caller is None else caller.name
    if wait_s := service.requests.take(name, time.monotonic()):
        raise TooManyRequestsError(f"too many requests: wait {wait_s:.1f} s, and ask less often", wait_s)
    return caller


def _needs(scope: Scope) -> Any:  # noqa: ANN401 - FastAPI's own
    def caller_with_scope(caller: Annotated[Caller | None, Depends(limited)]) -> Caller:
        if caller is None:
            raise UnauthenticatedError(
                "this needs a key (Authorization: Bearer ...) or a session: grader api key create makes one"
            )
        if not caller.may(scope):
            raise NotAllowedError(f"this needs the scope {scope}, and yours is {caller.scope}: use another key")
        return caller

    return Depends(caller_with_scope)


CanRead = Annotated[Caller, _needs("read")]
CanOperate = Annotated[Caller, _needs("operate")]
CanConfigure = Annotated[Caller, _needs("configure")]


def _signed_in(caller: CanOperate) -> Caller:
    if caller.operator is None:
        raise NotAllowedError("this is put on record with the name of who does it: sign in with your PIN first")
    return caller


SignedIn = Annotated[Caller, Depends(_signed_in)]
"""A person, by PIN."""


def _manager(caller: SignedIn) -> Caller:
    if not caller.may("configure"):
        raise NotAllowedError("only a manager may do this: have one sign in by PIN")
    return caller


Manager = Annotated[Caller, Depends(_manager)]
"""A person with a manager's role, by PIN."""


def _key(books: Any, text: str) -> Caller | None:  # noqa: ANN401 - SQL's types stay in store
    key = known_key(books, text)
    return None if key is None else Caller(f"key:{key['name']}", key["scope"], Origin.UPSTREAM)


def _session(service: Service, books: Any, text: str) -> Caller | None:  # noqa: ANN401
    token = hashed(text)
    found = session_of(books, token, service.now_ns())
    if found is None:
        return None
    operator = found["operator"]
    if operator is not None and found["role"] not in WIDEST:
        return None  # has left
    scope = WIDEST[found["role"]] if operator is not None else "operate"
    origin = Origin.SCREEN if found["screen"] else Origin.UPSTREAM
    return Caller(operator or "screen", scope, origin, operator, token)


def _address(request: Request) -> str:
    return "nowhere" if request.client is None else request.client.host
