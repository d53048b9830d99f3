"""The count that outlives the process which counts: a new one goes on where a killed one was."""

import mmap
import os
import struct
from pathlib import Path

COUNT = struct.Struct("<q")


class Odometer:
    """One number in a file that is memory: writing it costs no call to the kernel."""

    def __init__(self, path: Path) -> None:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(file, COUNT.size)
            self._memory = mmap.mmap(file, COUNT.size)
        finally:
            os.close(file)
        self.origin: int = COUNT.unpack_from(self._memory)[0]
        """Where counting goes on from."""

    def keep(self, count: int) -> int:
        """The whole count, for a driver that has counted `count` since it was opened."""
        whole = self.origin + count
        COUNT.pack_into(self._memory, 0, whole)
        return whole
