"""Where results go: a file or stdout, a picture's rows in one piece, so that an interrupted run leaves whole lines."""

import fcntl
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError


class OutputError(GraderError, OSError, code="output"):
    """Results cannot be written. Make room, or name a folder and a file that can be written to."""


class ReaderGoneError(GraderError, BrokenPipeError, code="reader-gone"):
    """The program that results were piped to has ended. Nobody is left to write for."""


class Results:
    """The file `path`, or stdout where it is None; begun anew. A context manager, to be closed once."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file = _open(path)

    def write(self, text: str) -> None:
        """Write `text`, whole lines, and pass it on to the operating system."""
        whole = self._file.tell() if self.path is not None and self._file.seekable() else None
        try:
            rest = memoryview(text.encode("utf-8", "replace"))
            while rest:
                rest = rest[self._file.write(rest) :]
            self._file.flush()
        except BrokenPipeError as error:
            # What is left in the buffer would fail again when Python ends (docs.python.org, "Note on SIGPIPE").
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._file.fileno())
            raise ReaderGoneError("nobody reads the results any more") from error
        except OSError as error:
            if whole is not None:
                # Half a row, from a disk that filled up, would make the rows before it unreadable too.
                with suppress(OSError):  # a device, /dev/full for one, has no length
                    os.ftruncate(self._file.fileno(), whole)
            raise OutputError(f"cannot write to {self.path or 'stdout'}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.path is not None:
            with suppress(OSError):
                self._file.close()


def prepare_folder(folder: Path) -> None:
    """Make `folder` where it is missing, and try whether it can be written to; raises `OutputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"cannot write into the folder {folder}: {error.strerror}") from error


def write_picture(path: Path, picture: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Write `picture` to the file `path`, of the kind that its suffix says: the whole of it or nothing.

    Raises `OutputError`.
    """
    _, encoded = cv2.imencode(path.suffix, picture)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".grader.", suffix=".part")
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded.tobytes())
            draft.chmod(_usual_mode())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


def _open(path: Path | None) -> BinaryIO:
    if path is None:
        if sys.stdout is None:
            raise OutputError("there is no stdout to write to: name a file with -o")
        return sys.stdout.buffer
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without a buffer nothing waits that a full disk could not take and that closing would try to write again.
        file = path.open("ab", buffering=0)
        if path.is_file():
            _keep_others_out(file, path)
            file.truncate(0)
            file.seek(0)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    return file


def _keep_others_out(file: BinaryIO, path: Path) -> None:
    """Two that write one file would mix their rows; raises `OutputError`."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise OutputError(f"another grader is writing {path}: wait until it has ended, or name another file") from None
    except OSError:  # a file system without locks: nobody can be kept out
        return


def _usual_mode() -> int:
    """The mode that a plain `open` would have given; a temporary file is readable by its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
