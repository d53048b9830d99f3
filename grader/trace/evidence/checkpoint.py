"""Checkpoints (c2sp.org/tlog-checkpoint): which log, how many leaves, which root. What operator and witnesses sign."""

from dataclasses import dataclass
from typing import Self

from grader.merkle import EMPTY_ROOT, HASH_BYTES
from grader.trace.errors import UnreadableError
from grader.trace.evidence.encoding import from_base64, from_decimal, to_base64

LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log at one size. Extension lines are not written, and read past: no witness stands for them."""

    origin: str
    """Which log; as its operator's key is named."""
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read the text of a note; `UnreadableError` if it is no checkpoint."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < LINES or not all(lines):
            raise UnreadableError("a checkpoint has a line each for log, size and root, and none is empty")
        origin, size_text, root_text = lines[:LINES]
        size, root = from_decimal(size_text, "the tree's size"), from_base64(root_text, "the tree's root")
        if len(root) != HASH_BYTES:
            raise UnreadableError(f"the tree's root has {len(root)} bytes instead of {HASH_BYTES}")
        if size == 0 and root != EMPTY_ROOT:
            raise UnreadableError("a tree without leaves has another root than this one")
        return cls(origin, size, root)
