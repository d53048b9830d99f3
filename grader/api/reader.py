"""Connections to the books for questions, kept open between requests."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

from grader.store import reading
from grader.store.books import BOOKS

KEPT = 8


class Reader:
    """Lends connections that cannot write; any thread may borrow one."""

    def __init__(self, books: Path) -> None:
        self._books = books
        self._idle: LifoQueue[tuple[ExitStack, Any]] = LifoQueue()

    @contextmanager
    def open(self) -> Generator[Any]:
        """A connection to the books; one that failed is not lent again. Raises what `reading` does."""
        try:
            stack, connection = self._idle.get_nowait()
        except Empty:
            stack = ExitStack()
            connection = stack.enter_context(reading(self._books, BOOKS))
        try:
            yield connection
        except BaseException as error:
            # `reading` says SQLite's errors in our words, and closes.
            if not stack.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            self._keep(stack, connection)

    def close(self) -> None:
        """Close all that are not lent."""
        while True:
            try:
                stack, _ = self._idle.get_nowait()
            except Empty:
                return
            stack.close()

    def _keep(self, stack: ExitStack, connection: Any) -> None:  # noqa: ANN401 - SQL's types stay in store
        if self._idle.qsize() >= KEPT:
            stack.close()
        else:
            self._idle.put((stack, connection))
