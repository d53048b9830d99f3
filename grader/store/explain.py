"""SQLite's errors in our words."""

import os
import sqlite3
from pathlib import Path

from grader.errors import GraderError
from grader.store.errors import DamagedError, DiskError, DiskFullError, LockedError, RefusedError, UnwritableError

NO_ROOM_BYTES = 64 << 10
"""SQLite's log and its index grow by 32 KiB and more."""


def explained(error: sqlite3.Error, path: Path) -> GraderError:
    """Say what is wrong with the database `path` and what to do; raise it `from error`."""
    # The low byte is the kind; the rest says more precisely where. An error of the module itself has no code.
    kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if kind == sqlite3.SQLITE_IOERR and _is_full(path):
        kind = sqlite3.SQLITE_FULL  # the index of the log could not grow
    match kind:
        case sqlite3.SQLITE_FULL:
            return DiskFullError(f"no room for {path}: make room; the next record is tried again")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, str(error))
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return UnwritableError(f"cannot open or write {path} ({error}): mend its permissions or its mount")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LockedError(f"another program holds {path} ({error}): end it")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_NOMEM | sqlite3.SQLITE_PROTOCOL:
            return DiskError(f"the disk under {path} fails ({error}): look at the system's log")
        case _:
            return RefusedError(f"{path} refuses the record: {error}")


def _is_full(path: Path) -> bool:
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < NO_ROOM_BYTES


def damaged(path: Path, finding: str) -> DamagedError:
    """The file is left as it is, because what is in it may still be rescued."""
    return DamagedError(
        f"{path} is damaged ({finding}). Nothing was changed. Keep it: move it with its -wal and -shm files to another "
        "name, all together, and put a backup in its place; without one a new file is begun at the next start"
    )
