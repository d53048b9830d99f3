"""Files that are there whole or not at all, also after the power was cut."""

import os
from pathlib import Path

from grader.errors import GraderError
from grader.trace.errors import UnreadableError


class WriteError(GraderError, OSError, code="cannot-write"):
    """A file cannot be written. Name another folder, make room, or mend its permissions."""


def write_in_place(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write `data` to the file `path`, in the place of what was there; raises OSError.

    Not `durable`: it does not wait for the disk, for what can be written anew.
    """
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    draft.replace(path)
    if not durable:
        return
    # The new name must be on disk too, or a power cut brings the old file back.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """The same, making the folder where it is missing; raises `WriteError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_in_place(path, data, durable=durable)
    except OSError as error:
        raise WriteError(f"cannot write {path}: {error.strerror}") from error


def read_bytes(path: Path) -> bytes:
    """What is in the file `path`; raises `UnreadableError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}: name the file that is meant") from error
