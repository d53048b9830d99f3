"""What goes around every request: names by which a browser may reach us, and headers that keep it from guessing."""

from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from grader.api.problems import problem

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class Shell:
    """Refuses a host's name that is not this computer's on a loopback address, and adds the headers.

    A page somewhere may give its own name our loopback address (DNS rebinding), and then speak to us as itself. What
    is open on loopback must not be open to such a page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's."""
        if scope["type"] == "websocket":
            await self._web_socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if scope["scheme"] == "http" and not _names_loopback(scope):
            await _misdirected()(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    async def _web_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["scheme"] == "ws" and not _names_loopback(scope):
            await WebSocket(scope, receive, send).send_denial_response(_misdirected())
            return
        await self._app(scope, receive, send)


def _misdirected() -> Response:
    return problem(
        HTTPStatus.MISDIRECTED_REQUEST,
        "api-host",
        "this name is not this computer's: use http://127.0.0.1 or http://localhost",
    )


def _names_loopback(scope: Scope) -> bool:
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    try:
        hosts = [urlsplit(f"//{name}").hostname for name in named]
    except ValueError:
        return False
    return bool(hosts) and all(host == "localhost" or _is_loopback(host or "") for host in hosts)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
