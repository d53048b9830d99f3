"""Files of commands: written whole or not at all, and what is wrong said in a sentence."""

from pathlib import Path

from grader.errors import GraderError
from grader.store.files import write_in_place
from grader.trace.errors import UnreadableError


class WriteError(GraderError, OSError, code="cannot-write"):
    """A file cannot be written. Name another folder, make room, or mend its permissions."""


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """As `write_in_place`, making the folder where it is missing; raises `WriteError`."""
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
