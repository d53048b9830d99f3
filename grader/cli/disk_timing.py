"""How long a write of a journal's size takes until it is safe on a disk."""

import os
import tempfile
import time
from pathlib import Path

WRITE_BYTES = 8192


def seconds_until_safe(folder: Path, times: int) -> list[float]:
    """Of so many writes in turn, in a file in `folder` that is gone afterwards."""
    took_s = []
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".grader-") as file:
        for _ in range(times):
            file.write(os.urandom(WRITE_BYTES))
            file.flush()
            began_s = time.perf_counter()
            os.fsync(file.fileno())
            took_s.append(time.perf_counter() - began_s)
    return took_s
