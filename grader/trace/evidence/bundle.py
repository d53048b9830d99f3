"""Proofs in a file (c2sp.org/tlog-proof): the event, its place in the tree, the way up to the root, the checkpoint."""

from dataclasses import dataclass
from typing import Self

from grader.merkle import HASH_BYTES
from grader.trace.errors import UnreadableError
from grader.trace.evidence.encoding import from_base64, from_decimal, to_base64
from grader.trace.evidence.note import LARGEST_BYTES, Note, parse

HEADER = "c2sp.org/tlog-proof@v1"
EXTRA = "extra "
INDEX = "index "
LONGEST_PATH = 63
"""A tree below 2^63 leaves is no deeper."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that is needed, beside trusted keys, to check one event; nothing of it is checked yet."""

    event: bytes
    """The event's canonical bytes, in the line `extra`; what vouches for them is that their hash is the leaf."""
    index: int
    path: tuple[bytes, ...]
    checkpoint: Note

    @property
    def written(self) -> str:
        """The file."""
        path = "".join(f"{to_base64(node)}\n" for node in self.path)
        return f"{HEADER}\n{EXTRA}{to_base64(self.event)}\n{INDEX}{self.index}\n{path}\n{self.checkpoint.written}"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof; `UnreadableError` if it is none, or comes without its event."""
        if len(data) > LARGEST_BYTES:
            raise UnreadableError(f"{len(data)} bytes are no proof: at most {LARGEST_BYTES} are")
        head, blank, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise UnreadableError(f"this is no proof (byte {error.start}): fetch the file again") from error
        if lines[0] != HEADER:
            raise UnreadableError(f"a proof begins with the line {HEADER}: name the file that is meant")
        if not blank:
            raise UnreadableError("the proof is cut off before its signed head: fetch the file again")
        if len(lines) < 3 or not lines[1].startswith(EXTRA) or not lines[2].startswith(INDEX):  # noqa: PLR2004
            raise UnreadableError("the proof does not say what it proves: the lines extra and index are missing")
        path = tuple(from_base64(line, "a hash of the proof") for line in lines[3:])
        if len(path) > LONGEST_PATH or any(len(node) != HASH_BYTES for node in path):
            raise UnreadableError(f"the proof's path is not one of at most {LONGEST_PATH} hashes of {HASH_BYTES} bytes")
        event = from_base64(lines[1].removeprefix(EXTRA), "the event")
        return cls(event, from_decimal(lines[2].removeprefix(INDEX), "the index"), path, parse(checkpoint))
