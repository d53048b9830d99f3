"""The disk alone: what a station would wait for at best, measured beside it.

A file that neither grows nor moves is overwritten by the size of a fruit's record and synced: the least that any
software has to ask of a disk that must remember. Records come ten a second, whether the disk has taken the last one or
not, as fruit do; one sync serves all that have come.
"""

import os
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

MEMORY = Path("/dev/shm")  # noqa: S108 - not for secrets: a file system without a disk
"""Where a journal costs no wait for a disk."""
RECORD_BYTES = 8192
FILE_BYTES = 1024 * RECORD_BYTES
EVERY_S = 0.1


class DiskAlone:
    """While it is entered, the disk under a folder is timed; `waited_ms` afterwards."""

    def __init__(self, folder: Path | None = None) -> None:
        """Of `folder`, by default that of temporary files."""
        self._folder = folder
        self._waited_ms: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def waited_ms(self) -> NDArray[np.float64]:
        """Of each record; shape (n,)."""
        return np.array(self._waited_ms)

    def _run(self) -> None:
        record = b"x" * RECORD_BYTES
        with tempfile.TemporaryFile(dir=self._folder, buffering=0) as file:
            file.write(b"\0" * FILE_BYTES)
            os.fsync(file.fileno())
            place, due_s = 0, time.perf_counter()
            while not self._stop.wait(max(due_s - time.perf_counter(), 0)):
                come = 1 + int((time.perf_counter() - due_s) / EVERY_S)
                os.pwrite(file.fileno(), record, place)
                os.fdatasync(file.fileno())
                waited_s = time.perf_counter() - due_s
                self._waited_ms += [(waited_s - number * EVERY_S) * 1000 for number in range(come)]
                due_s += come * EVERY_S
                place = (place + RECORD_BYTES) % FILE_BYTES
