"""The web process: uvicorn on a loopback address, or with TLS on any other."""

import asyncio
import gc
import ipaddress
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from grader.api.acts import acts_of
from grader.api.app import application
from grader.api.door import Door
from grader.api.errors import ServerInUseError
from grader.api.settings import StationOfApi
from grader.api.tls import Certificate, certificate_for
from grader.errors import GraderError
from grader.store.books import Books
from grader.store.connections import Examination
from grader.trace.desk.printing import Printer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from grader.api.service import Service

GRACE_S = 2
BACKLOG = 256
KEEP_ALIVE_S = 30
LARGEST_WORD_BYTES = 1 << 12
"""Over a WebSocket nobody says more than which picture has been shown."""
Begun = Callable[[], Awaitable[None]]


def is_loopback(host: str) -> bool:
    """Whether the address is reached from this computer alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there (port 0: any free one). Raises `ServerInUseError`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServerInUseError(f"{host} is no address of this computer: name another --host") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise ServerInUseError(
            f"cannot listen on {host}, port {port}: {error.strerror}. Stop what uses it, or choose another --port"
        ) from error
    return opened


class _Server(uvicorn.Server):
    """uvicorn's, which says when it has begun, and sends listeners of the live feed away before it ends."""

    def __init__(self, config: uvicorn.Config, begun: Begun, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun, self._ending = begun, ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Server's."""
        await super().startup(sockets)
        if self.started:
            await self._begun()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Server's."""
        self._ending()
        await super().shutdown(sockets)


def settle() -> None:
    """Tell the collector that what is loaded by now stays: to look at all of it takes 70 ms of somebody's question."""
    gc.collect()
    gc.freeze()


def serve(
    station: StationOfApi,
    books: Books,
    host: str,
    port: int,
    ready: Callable[[str, str], None],
    printer: Printer | None = None,
) -> None:
    """Until SIGINT or SIGTERM. `ready` is told the address, and the touchscreen's one-time token.

    Raises `ServerInUseError`, `CertificateError`.
    """
    certificate = None
    if not is_loopback(host):
        settings = station.api
        certificate = certificate_for(
            host, books.path.parent, settings.certificate, settings.certificate_key, datetime.now(UTC)
        )
    services: list[Service] = []
    with listening(host, port) as opened:
        app = application(station, books, services.append, printer)
        asyncio.run(_run(app, books.path, services, opened, certificate, ready))


async def _run(
    app: "FastAPI",
    books: Path,
    services: "list[Service]",
    opened: socket.socket,
    certificate: Certificate | None,
    ready: Callable[[str, str], None],
) -> None:
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,  # addresses may hold what is nobody's business, such as a cursor
        server_header=False,
        date_header=False,
        proxy_headers=False,  # who asks is who is connected
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=None if certificate is None else str(certificate.certificate),
        ssl_keyfile=None if certificate is None else str(certificate.key),
        ws="websockets-sansio",
        ws_max_size=LARGEST_WORD_BYTES,
        ws_per_message_deflate=False,  # JPEG is compressed
        lifespan="on",
    )
    doors: list[Door] = []

    async def begun() -> None:
        acts = acts_of(services[0])
        doors.append(Door(books, acts))
        await doors[0].open()
        settle()
        address, actual = opened.getsockname()[:2]
        if ipaddress.ip_address(address).is_unspecified:  # the token is good on this computer alone
            address = "::1" if ":" in address else "127.0.0.1"
        name = f"[{address}]" if ":" in address else address
        scheme = "http" if certificate is None else "https"
        ready(f"{scheme}://{name}:{actual}", str(acts["give_token"]()["token"]))

    def ending() -> None:
        services[0].live.close()

    # uvicorn takes a WebSocket that was refused with an answer for a fault of the application.
    logging.getLogger("uvicorn.error").addFilter(lambda record: "without completing handshake" not in record.msg)
    # uvicorn hands a signal on once it has ended in order; that would end us in disorder.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    server = _Server(config, begun, ending)
    examined = asyncio.create_task(_examine(books, server))
    try:
        await server.serve(sockets=[opened])
    finally:
        for door in doors:
            await door.close()
        examined.cancel()
        with suppress(asyncio.CancelledError):
            await examined


async def _examine(books: Path, server: uvicorn.Server) -> None:
    """Look for damage in the books while they are served; what is damaged ends the service with its `DamagedError`."""
    examination = Examination(books)
    try:
        await asyncio.to_thread(examination.look)
    except GraderError:
        server.should_exit = True
        raise
    finally:
        examination.give_up()
