"""Heads of the log that were shown to the world: books that lack what one stands for must never sign or publish."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.cli.whole_files import read_bytes, write_whole
from grader.trace.desk.desk import Desk
from grader.trace.desk.logbook import reaches, sign
from grader.trace.errors import LogAlteredError
from grader.trace.evidence import Checkpoint, Note, SecretKey
from grader.trace.evidence.note import parse

ENDING = ".head"
"""Beside a key's file: the last head that it signed."""


def sign_with(desk: Desk, key_files: Sequence[Path]) -> Note:
    """Sign the log's head with the keys in `key_files`, and keep it beside each of them.

    `LogAlteredError`, and nothing is signed, where a key has signed a head that these books do not reach: with them it
    would sign a second history.
    """
    for path in key_files:
        if (head := head_beside(path)).exists():
            with desk.asking() as books:
                must_reach(books, head, str(desk.books.path))
    note = sign(desk, read_keys(key_files))
    for path in key_files:
        write_whole(head_beside(path), note.written.encode())
    return note


def must_reach(books: Any, head_file: Path, name: str) -> None:  # noqa: ANN401 - SQL's types stay in store
    """`LogAlteredError` unless the log in `books`, called `name`, has all that the head in `head_file` stands for."""
    head = Checkpoint.from_text(parse(read_bytes(head_file)).text)
    if not reaches(books, head):
        raise LogAlteredError(
            f"{name} does not hold the {head.size} entries of the head in {head_file}: put the newest backup in its "
            "place (grader trace restore). There is none that does: these books must never sign again; begin new ones, "
            "with a log of a new name and a new key (docs/evidence.md)"
        )


def head_beside(key_file: Path) -> Path:
    """Where the last head is kept that this key signed."""
    return key_file.with_name(key_file.name + ENDING)


def read_keys(paths: Sequence[Path]) -> list[SecretKey]:
    """The secret keys in these files."""
    return [SecretKey.from_text(read_bytes(path).decode("utf-8", "replace").strip()) for path in paths]
