"""The way to the line: its state as it comes, and commands with the line's own answers."""

import asyncio
import socket
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from grader.api.errors import NoLineError
from grader.line.commands import FROM_LINE, Command, Origin, Reply, Request, StateReport

SOCKET = "web.sock"
LARGEST_BYTES = 1 << 18
AGAIN_S = 0.5
ANSWER_S = 5.0
STALE_S = 2.0
"""A line that has said nothing for so long is not known to run."""


class LineLink:
    """Stays connected as long as it is kept running, and connects again where it is not."""

    def __init__(self, folder: Path) -> None:
        """The line's doors are in `folder`, which need not exist yet."""
        self._path = folder / SOCKET
        self._socket: socket.socket | None = None
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Reply]] = {}
        self._report: StateReport | None = None
        self._heard_s = -float("inf")
        self.changed = asyncio.Condition()
        """Notified with each report."""

    @property
    def report(self) -> StateReport | None:
        """The line now; None: no line runs, or it has fallen silent."""
        return self._report if time.monotonic() - self._heard_s <= STALE_S else None

    @property
    def silent_s(self) -> float | None:
        """Since when nothing was heard of a line; None: nothing ever was."""
        silent_s = time.monotonic() - self._heard_s
        return silent_s if silent_s < float("inf") else None

    async def keep(self) -> None:
        """The task that stays connected."""
        while True:
            try:
                await self._stay()
            except OSError:
                pass
            finally:
                self._lose()
            await asyncio.sleep(AGAIN_S)

    async def ask(self, command: Command, origin: Origin, by: str | None) -> Reply:
        """Have the line carry out `command`; its answer. Raises `NoLineError`."""
        if self._socket is None:
            raise NoLineError("no line runs, so nothing can be commanded: start the station at the machine")
        number = next(self._numbers)
        request = Request(request_id=number, origin=origin, by=by, command=command)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            async with asyncio.timeout(ANSWER_S):
                await asyncio.get_running_loop().sock_sendall(self._socket, request.model_dump_json().encode())
                return await answer
        except (OSError, TimeoutError) as error:
            raise NoLineError(
                "the line does not answer; whether it heard the command is not known: look at the machine"
            ) from error
        finally:
            self._asked.pop(number, None)

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
            peer.setblocking(False)  # noqa: FBT003 - its own word
            await loop.sock_connect(peer, str(self._path))
            self._socket = peer
            while data := await loop.sock_recv(peer, LARGEST_BYTES):
                await self._hear(data)

    async def _hear(self, data: bytes) -> None:
        try:
            message = FROM_LINE.validate_json(data)
        except ValidationError:
            # A line of another version; it is as good as silent.
            return
        if isinstance(message, Reply):
            asked = self._asked.get(message.request_id or 0)
            if asked is not None and not asked.done():
                asked.set_result(message)
            return
        async with self.changed:
            self._report, self._heard_s = message, time.monotonic()
            self.changed.notify_all()

    def _lose(self) -> None:
        self._socket, self._report = None, None
        for asked in self._asked.values():
            with suppress(asyncio.InvalidStateError):
                asked.set_exception(OSError("the line is gone"))
