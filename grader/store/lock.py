"""One process writes to a database file: whoever holds the lock on the file beside it."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.store.errors import LockedError, UnwritableError


class WriterLock:
    """The lock on `<database>.lock`; the kernel lets go of it when the process dies, however it dies.

    It is bound to the open file: processes that are forked later hold it too, so start them with `spawn`, or first.
    """

    def __init__(self, database: Path) -> None:
        """Take the lock at once.

        Raises `LockedError` where another writer has it, `UnwritableError` where the file beside cannot be made.
        """
        path = database.with_name(database.name + ".lock")
        try:
            self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise UnwritableError(
                f"cannot write beside {database}: {error.strerror}. Make the folder, or mend its permissions"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise LockedError(
                f"another process writes to {database} (process {holder}): one station runs once, stop the other one"
            ) from error
        self._sign()

    def _sign(self) -> None:
        """Leave the process's number for whoever comes later; on a full disk the lock holds without it."""
        if self._file is not None:
            try:
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
            except OSError:
                return

    def release(self) -> None:
        """Let another process write; twice is harmless. The file beside stays, because removing it is a race."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
