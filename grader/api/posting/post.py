"""One webhook over HTTP/1.1: connect to a checked address, send, read the status, close. With one deadline for all."""

import asyncio
import ssl
from dataclasses import dataclass
from importlib.metadata import version

import h11

from grader.api.errors import BadTargetError
from grader.api.posting.target import Target, addresses_of

DEADLINE_S = 15.0
"""From the look-up of the name to the status: what the Standard Webhooks specification finds reasonable."""
CHUNK_BYTES = 1 << 14
LARGEST_HEAD_BYTES = 1 << 14
DELIVERED, MOVED = range(200, 300), range(300, 400)
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """How it went."""

    status: int | None
    """Of HTTP; None: there was no answer."""
    error: str | None
    """Why it counts as failed; None: it is delivered."""

    @property
    def delivered(self) -> bool:
        """The receiver said that it has it."""
        return self.error is None

    @property
    def gone(self) -> bool:
        """The receiver said that it wants nothing any more."""
        return self.status == GONE


async def post(
    target: Target, headers: dict[str, str], body: bytes, tls: ssl.SSLContext, deadline_s: float = DEADLINE_S
) -> Answer:
    """Send `body`; never raises for what the receiver or the network does."""
    try:
        async with asyncio.timeout(deadline_s):
            status = await _exchange(target, headers, body, tls)
    except TimeoutError:
        return Answer(None, f"no answer within {deadline_s:g} s")
    except (BadTargetError, OSError, h11.RemoteProtocolError) as error:
        return Answer(None, _no_answer(error))
    if status in DELIVERED:
        return Answer(status, None)
    moved = ": redirects are not followed, enter the address where it has gone" if status in MOVED else ""
    return Answer(status, f"answered {status}{moved}")


def _no_answer(error: Exception) -> str:
    match error:
        case BadTargetError():
            return str(error)
        case ssl.SSLError():
            return f"no trusted connection: {error.reason or 'TLS failed'}"
        case OSError():
            return f"no connection: {error.strerror or type(error).__name__}"
        case _:
            return "the answer is no HTTP"


async def _exchange(target: Target, headers: dict[str, str], body: bytes, tls: ssl.SSLContext) -> int:
    reader, writer = await _connect(target, tls)
    try:
        client = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD_BYTES)
        sent = {
            "Host": target.authority, "User-Agent": f"strawberry-grader/{version('strawberry-grader')}",
            "Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close", **headers,
        }  # fmt: skip
        request = h11.Request(method="POST", target=target.path, headers=list(sent.items()))
        writer.write(client.send(request) or b"")
        writer.write(client.send(h11.Data(body)) or b"")
        writer.write(client.send(h11.EndOfMessage()) or b"")
        await writer.drain()
        while True:
            event = client.next_event()
            if event is h11.NEED_DATA:
                client.receive_data(await reader.read(CHUNK_BYTES))
            elif isinstance(event, h11.Response):
                return event.status_code
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError(None, "closed without an answer")
    finally:
        # What else it says is not read: nobody wants it, and it may never end.
        writer.transport.abort()


async def _connect(target: Target, tls: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    failed: OSError | None = None
    secure = tls if target.scheme == "https" else None
    for address in await addresses_of(target):
        try:
            return await asyncio.open_connection(
                address, target.port, ssl=secure, server_hostname=target.host if secure else None
            )
        except OSError as error:
            failed = error
    raise failed or ConnectionError(None, "the name has no address")
