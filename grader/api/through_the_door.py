"""The books of a station whose web process runs: what people type at the desk is written by that process."""

from concurrent.futures import Future
from pathlib import Path

from grader.api.door import ask
from grader.errors import GraderError
from grader.store.books import BookRecord
from grader.store.books.wire import written


class BooksThroughDoor:
    """As `Books` to a desk; each answer is waited for."""

    def __init__(self, path: Path) -> None:
        """The books in the file `path`, beside which a web process has opened its door."""
        self.path = path

    def submit(self, *records: BookRecord, may_wait: bool = False) -> Future[None]:
        """Have `records` written, all or none; the future is done, or holds what the web process answered."""
        del may_wait
        future: Future[None] = Future()
        try:
            ask(self.path, "write", records=[written(record) for record in records])
        except GraderError as error:
            future.set_exception(error)
        else:
            future.set_result(None)
        return future
