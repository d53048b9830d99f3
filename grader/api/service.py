"""What the web process has at hand: the books, the desk, the line, and who watches over them."""

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from grader.api.bell import Bell
from grader.api.clerk import Clerk
from grader.api.limits import Accounts
from grader.api.line_link import LineLink
from grader.api.live import Live
from grader.api.offers import Offers
from grader.api.one_time import OneTimeTokens
from grader.api.pictures import Pictures
from grader.api.posting.sender import Posting
from grader.api.reader import Reader
from grader.api.settings import StationOfApi
from grader.line.commands import Command, Origin
from grader.store.books import BookRecord, Books
from grader.trace.desk.printing import Printer
from grader.trace.errors import AgainstRulesError

S_PER_MIN = 60


class Service(Clerk):
    """One station's web process; made in its event loop."""

    def __init__(
        self,
        station: StationOfApi,
        books: Books,
        now_ns: Callable[[], int] = time.time_ns,
        *,
        printer: Printer | None = None,
    ) -> None:
        super().__init__(station, books, now_ns)
        self.loop = asyncio.get_running_loop()
        self.printer = printer
        """Of labels; None: the station has none."""
        self.reader = Reader(books.path)
        self.bell = Bell()
        self.line = LineLink(station.sockets)
        self.live = Live(self.reader, self.line, self.bell)
        self.pictures = Pictures(station.sockets)
        self.posting = Posting(self)
        self.requests = Accounts(self.settings.requests_per_s, self.settings.burst)
        per_min = self.settings.wrong_credentials_per_min
        self.mistakes = Accounts(per_min / S_PER_MIN, per_min)
        self.offers = Offers()
        """Changes that were shown, and wait to be confirmed."""
        self.one_time = OneTimeTokens()
        self.trying = threading.Lock()
        """Held while a PIN is tried."""

    def ask_line(self, command: Command, origin: Origin, by: str) -> None:
        """Have the line that runs carry out `command`; called from another thread than the loop's.

        Raises `NoLineError`, and `AgainstRulesError` with the line's words where it refuses.
        """
        asked = asyncio.run_coroutine_threadsafe(self.line.ask(command, origin, by), self.loop)
        if not (reply := asked.result()).accepted:
            raise AgainstRulesError(reply.sentence)

    def write(self, *records: BookRecord) -> None:
        """Clerk's; who waits for news is told."""
        super().write(*records)
        self.bell.ring()

    @contextmanager
    def asking(self) -> Generator[Any]:
        """Clerk's, with connections that are kept open."""
        with self.reader.open() as connection:
            yield connection
