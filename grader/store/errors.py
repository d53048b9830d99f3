"""What can be wrong with a database file: each leaf says when it is raised and what to do."""

from grader.errors import GraderError


class DamagedError(GraderError, ValueError, code="store-damaged"):
    """The file is no database any more, or SQLite's check finds faults. Set it aside (`set_aside`); keep it."""


class NotOursError(GraderError, ValueError, code="store-not-ours"):
    """The file is a database of another program. Name another file."""


class VersionError(GraderError, ValueError, code="store-version"):
    """The file was written by newer software, or, for a reader, not upgraded yet. Use the software that fits."""


class LockedError(GraderError, BlockingIOError, code="store-locked"):
    """Another process writes to the file. One station runs once; stop the other one."""


class UnwritableError(GraderError, PermissionError, code="store-unwritable"):
    """The file or its folder cannot be opened or written. Make the folder, or mend its permissions or its mount."""


class DiskFullError(GraderError, OSError, code="store-disk-full"):
    """There is no room for a record. Make room; the writer tries again with the next record."""


class DiskError(GraderError, OSError, code="store-disk"):
    """The disk, or the memory, fails a request. Look at the system's log; the disk may have to be changed."""


class RefusedError(GraderError, ValueError, code="store-refused"):
    """The database refuses a record: it contradicts what is recorded, or is no such record at all. A fault of ours."""


class NotNextError(RefusedError, code="store-not-next"):
    """A step through a journal begins where the books no longer are: another one followed it. Read on from there."""


class QueueFullError(GraderError, BufferError, code="store-queue-full"):
    """So many records wait for the disk that no more are taken. The fruit goes to recheck; look at the disk."""


class BackupError(GraderError, OSError, code="store-backup"):
    """A backup cannot be written, or is not there. Name another file or folder, make room."""


class ClosedError(GraderError, RuntimeError, code="store-closed"):
    """A record came after the end. A fault of ours."""
