"""The log: events go in at the end, checkpoints and proofs come out. In memory; keeping it is the store's part."""

from collections.abc import Mapping, Sequence

from grader.merkle import leaf_hash
from grader.trace.evidence.bundle import Bundle
from grader.trace.evidence.canonical import canonical
from grader.trace.evidence.checkpoint import Checkpoint
from grader.trace.evidence.keys import SecretKey
from grader.trace.evidence.note import Note, sign
from grader.trace.evidence.tree import MerkleTree
from grader.trace.evidence.witness import Request


class EventLog:
    """`origin` names the log for ever, whatever keys sign it; its first key bears the same name."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.tree = MerkleTree()
        self._events: list[bytes] = []

    def append(self, event: Mapping[str, object]) -> int:
        """Put `event` at the end and return its index; `NotCanonicalError` if it has no canonical bytes."""
        data = canonical(event)
        self._events.append(data)
        return self.tree.append(leaf_hash(data))

    def checkpoint(self, keys: Sequence[SecretKey]) -> Note:
        """The log as it is now, signed: by one key, or by the old and the new one while keys change."""
        return sign(Checkpoint(self.origin, self.tree.size, self.tree.root()).text, *keys)

    def prove(self, index: int, checkpoint: Note) -> Bundle:
        """The proof that event `index` is in the log that `checkpoint` shows."""
        size = Checkpoint.from_text(checkpoint.text).size
        return Bundle(self._events[index], index, self.tree.inclusion(index, size), checkpoint)

    def request(self, checkpoint: Note, seen: int) -> Request:
        """What a witness that has seen the log at the size `seen` (0: never) needs to cosign `checkpoint`."""
        size = Checkpoint.from_text(checkpoint.text).size
        return Request(seen, self.tree.consistency(seen, size), checkpoint)
