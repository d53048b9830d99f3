"""Who waits for news in the books is woken when there may be some."""

import asyncio
from contextlib import suppress


class Bell:
    """Rung from any thread; waited for in the event loop that it was made in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """There may be news; harmless after the loop has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ring)

    @property
    def ticket(self) -> asyncio.Event:
        """To be taken before a look at the books: who rings after it was taken wakes whoever waits with it."""
        return self._rung

    @staticmethod
    async def wait(ticket: asyncio.Event, timeout_s: float) -> None:
        """Until somebody has rung since the ticket was taken, or the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(ticket.wait(), timeout_s)

    def _ring(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()
