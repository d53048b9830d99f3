"""A copy of a database while others write to it, and back again: whole, checked, and durable, or not at all."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from grader.errors import GraderError
from grader.store.connections import check, connect, sync_folder
from grader.store.errors import BackupError, NotOursError, VersionError
from grader.store.explain import explained
from grader.store.journal import COMPANIONS, set_aside
from grader.store.kind import Kind
from grader.store.lock import WriterLock


def back_up(path: Path, kind: Kind, copy: Path) -> None:
    """Copy the database in the file `path`, as it is at one moment, to the new file `copy`; no writer waits for it.

    The copy is checked for damage, which reads all of it. Raises `BackupError` where there is such a file already or it
    cannot be written, and what reading raises.
    """
    draft = copy.with_name(copy.name + ".part")
    if copy.exists():
        raise BackupError(f"{copy} exists already: nothing is overwritten, name another file")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with closing(connect(path, write=False)) as source, closing(connect(draft, write=True)) as target:
            kind.revision_of(source, path)
            # In one step: it sees one moment, and beside a log of writes (WAL) a reader holds nobody up.
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, that can be carried about
            check(target, draft)
        _sync(draft)
        draft.replace(copy)
        sync_folder(copy.parent)
    except sqlite3.Error as error:
        _forget(draft)
        raise explained(error, copy if _writes(error) else path) from error
    except GraderError:
        _forget(draft)
        raise
    except OSError as error:
        _forget(draft)
        raise BackupError(f"cannot write the backup {copy}: {error.strerror}") from error


def restore(copy: Path, kind: Kind, path: Path, aside: str) -> Path | None:
    """Put the backup `copy` in the place of the database in the file `path`, which the station must not have open.

    What is there is kept under the name `aside` in the same folder: returns where, None if there was nothing. Raises
    `LockedError` while somebody writes to it, `DamagedError`, `NotOursError` and `VersionError` where the copy is no
    good; nothing was changed then.
    """
    _look_at(copy, kind)
    draft = path.with_name(path.name + ".restored")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with WriterLock(path):
            shutil.copyfile(copy, draft)
            _sync(draft)
        kept = set_aside(path, aside) if path.exists() else None
        with WriterLock(path):
            _leave_no_log(path, aside)
            draft.replace(path)
            sync_folder(path.parent)
    except GraderError:
        _forget(draft)
        raise
    except OSError as error:
        _forget(draft)
        raise BackupError(f"cannot put {copy} in the place of {path}: {error.strerror}") from error
    return kept


def _look_at(copy: Path, kind: Kind) -> None:
    if not copy.is_file():
        raise BackupError(f"there is no backup {copy}: name the file that is meant")
    with closing(connect(copy, write=False)) as connection:
        try:
            revision = kind.revision_of(connection, copy)
        except sqlite3.Error as error:
            raise explained(error, copy) from error
        if revision is None:
            raise NotOursError(f"{copy} is empty: name another backup")
        if revision > kind.revision:
            raise VersionError(f"{copy} is of version {revision}, newer than this software's {kind.revision}")
        check(connection, copy)


def _leave_no_log(path: Path, aside: str) -> None:
    """A log whose database is gone would be taken for the backup's own; it is kept beside, as all is."""
    for end in COMPANIONS[1:]:
        alone = path.with_name(path.name + end)
        if alone.exists():
            alone.rename(path.with_name(aside + end))


def _forget(draft: Path) -> None:
    with suppress(OSError):
        draft.unlink()


def _sync(file: Path) -> None:
    opened = os.open(file, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _writes(error: sqlite3.Error) -> bool:
    """Whether it is the copy's disk that is at fault: what is only read does not fill a disk."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
