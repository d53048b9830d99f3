"""The live feed: what happened, in order and numbered, and how the line is now.

Whoever comes back says the number of the last event it had, and goes on behind it: from memory where that is recent,
else from the books. So nothing is lost or doubled over a reconnect, also over a restart of this process.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from grader.api.bell import Bell
from grader.api.line_link import LineLink
from grader.api.reader import Reader
from grader.store.upstream.lists import NOTICES, last_sequence, page
from grader.trace.desk.desk import at_utc

HEARTBEAT_S = 1.0
KEPT = 2000
PAGE = 500
RETRY_MS = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it goes over the wire."""

    sequence: int
    type: str
    frame: bytes


class Live:
    """One reader of the books for all who listen."""

    def __init__(self, reader: Reader, line: LineLink, bell: Bell) -> None:
        self._reader, self._line, self._bell = reader, line, bell
        self._recent: deque[Told] = deque(maxlen=KEPT)
        self._begun = 0
        self._news = asyncio.Event()
        self._state: tuple[int, bytes] | None = None
        """The number of the line's last report, and its frame."""
        self.closing = False
        self.listeners = 0

    @property
    def _last(self) -> int:
        return self._recent[-1].sequence if self._recent else self._begun

    async def keep(self) -> None:
        """The tasks that read on."""
        self._begun = await asyncio.to_thread(self._newest)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read_on())
            tasks.create_task(self._watch_line())

    def close(self) -> None:
        """Send all listeners away."""
        self.closing = True
        self._tell()

    async def listen(self, after: int | None, types: frozenset[str], *, state: bool) -> AsyncGenerator[bytes, None]:
        """Frames for one listener: events after the one numbered `after` (None: from now on), and the line's state."""
        self.listeners += 1
        try:
            async for frame in self._listen(after, types, state=state):
                yield frame
        finally:
            self.listeners -= 1

    async def _listen(self, after: int | None, types: frozenset[str], *, state: bool) -> AsyncGenerator[bytes, None]:
        place = after if after is not None else await asyncio.to_thread(self._newest)
        seen_state = -1
        yield f"retry: {RETRY_MS}\n\n".encode()
        while not self.closing:
            news = self._news
            found = await self._after(place)
            place = found[-1].sequence if found else place
            frames = [told.frame for told in found if wanted(told.type, types)]
            if state and self._state is not None and self._state[0] != seen_state:
                seen_state, frame = self._state
                frames.append(frame)
            if frames:
                # In one piece: between many, a listener that has gone would not be noticed.
                yield b"".join(frames)
            if place < self._last:
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), HEARTBEAT_S)
                continue
            yield b"event: heartbeat\ndata: {}\n\n"

    async def _after(self, place: int) -> list[Told]:
        if self._recent and self._recent[0].sequence <= place + 1:
            return [told for told in self._recent if told.sequence > place]
        if place >= self._last:
            return []
        return await asyncio.to_thread(self._page, place)

    async def _read_on(self) -> None:
        while True:
            ticket = self._bell.ticket
            while found := await asyncio.to_thread(self._page, self._last):
                self._recent.extend(found)
                self._tell()
            await self._bell.wait(ticket, HEARTBEAT_S)

    async def _watch_line(self) -> None:
        while True:
            async with self._line.changed:
                await self._line.changed.wait()
                report = self._line.report
            if report is not None:
                data = report.model_dump_json()
                self._state = report.sequence, f"event: state\ndata: {data}\n\n".encode()
                self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _newest(self) -> int:
        with self._reader.open() as connection:
            return last_sequence(connection)

    def _page(self, after: int) -> list[Told]:
        with self._reader.open() as connection:
            found = page(connection, NOTICES, {}, after, PAGE, newest=False)
        return [told_of(notice) for notice in found]


def wanted(kind: str, types: Iterable[str]) -> bool:
    """Whether a listener to `types` hears events of `kind`; none: it hears all. `tray` is all that begin with it."""
    chosen = tuple(types)
    return not chosen or any(kind == one or kind.startswith(f"{one}.") for one in chosen)


def event_of(notice: dict[str, Any]) -> dict[str, Any]:
    """A notice as others are told it; times are UTC."""
    return {
        "sequence": notice["sequence"],
        "type": notice["type"],
        "key": notice["key"],
        "timestamp": at_utc(notice["utc_ns"]).astimezone(UTC).isoformat(),
        "data": json.loads(notice["data"]),
    }


def told_of(notice: dict[str, Any]) -> Told:
    """A notice as a frame of server-sent events."""
    data = json.dumps(event_of(notice), ensure_ascii=False)
    frame = f"id: {notice['sequence']}\nevent: {notice['type']}\ndata: {data}\n\n"
    return Told(notice["sequence"], notice["type"], frame.encode())
