"""SQLite's errors in our words."""

import os
import sqlite3
from pathlib import Path

import pytest

from grader.store.errors import DiskError, DiskFullError
from grader.store.explain import explained


@pytest.mark.parametrize(("free_bytes", "kind"), [(4096, DiskFullError), (1 << 30, DiskError)])
def test_a_disk_without_room_is_said_to_be_full_whatever_failed_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, kind: type[Exception]
) -> None:
    """SQLite says `disk I/O error` where the index of its log cannot grow."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    real = os.statvfs(tmp_path)
    room = os.statvfs_result((4096, 4096, real.f_blocks, 0, free_bytes // 4096, *tuple(real)[5:10]))
    monkeypatch.setattr(os, "statvfs", lambda _: room)
    assert type(explained(error, tmp_path / "station.db")) is kind
