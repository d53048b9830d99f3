"""The follower's task: what the line records comes into the books, what it says of itself first: people wait for it."""

import asyncio
import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager

from grader.api.service import Service
from grader.errors import GraderError
from grader.store import reading
from grader.store.books import Follower
from grader.store.upstream.hearing import hear

EVERY_S = 0.1
LOG = logging.getLogger(__name__)


class Following:
    """Follows the station's journal, and starts afresh where that fails."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._follower = self._afresh()
        self._reading = threading.Lock()
        self.trouble: str | None = None
        """Why the books are behind the line; None: they are not."""

    @property
    def source(self) -> int | None:
        """The number of the journal in the books; None: it is not taken up yet."""
        return self._follower.source

    async def keep(self) -> None:
        """The task that reads on."""
        while True:
            try:
                news = await asyncio.to_thread(self.step)
            except GraderError as error:
                if str(error) != self.trouble:
                    LOG.warning("the journal is not followed: %s", error)
                self.trouble, self._follower, news = str(error), self._afresh(), False
            else:
                self.trouble = None
            if news:
                self._service.bell.ring()
            await asyncio.sleep(EVERY_S)

    def step(self) -> bool:
        """Read what is new; whether there was anything."""
        with self._reading:
            heard = self._hear()
            fruit = self._follower.follow()
        return heard + fruit > 0

    @contextmanager
    def pausing(self) -> Generator[None]:
        """Somebody else reads the journal into the books meanwhile, to say what is fed from here on."""
        with self._reading:
            try:
                yield
            finally:
                self._follower = self._afresh()

    def _hear(self) -> int:
        """How many events the line has said; a journal that is not taken up yet is heard next time."""
        if self._follower.source is None:
            return 0
        with reading(self._service.station.journal) as journal:
            heard = hear(self._service.books, journal, self._follower.source)
        if heard:
            self._service.bell.ring()
        return heard

    def _afresh(self) -> Follower:
        return Follower(self._service.books, self._service.station.journal, self._service.now_ns)
