"""A Merkle tree that only grows: its root and its proofs, at its present size or at any size that it had before.

RFC 9162, sections 2.1.1 (roots), 2.1.3.1 (inclusion), 2.1.4.1 (consistency). The hash of every complete subtree is
kept, 64 bytes a leaf in all, so that appending, roots and proofs take time that grows with the size's logarithm.
"""

from abc import ABC, abstractmethod

from grader.merkle import EMPTY_ROOT, HASH_BYTES, completed, node_hash


class Tree(ABC):
    """What can be said of a tree whose complete subtrees are kept somewhere."""

    @property
    @abstractmethod
    def size(self) -> int:
        """The number of leaves."""

    @abstractmethod
    def kept(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree, of 2^level leaves from leaf place * 2^level on."""

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves; None: over all."""
        size = self._checked(self.size if size is None else size)
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that leaf `index` is in the tree of `size` leaves, the leaf's sibling first."""
        size = self._checked(self.size if size is None else size)
        if not 0 <= index < size:
            raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
        start, end = 0, size
        proof = []
        while end - start > 1:
            middle = start + _left_part(end - start)
            if index < middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The proof that the tree of `new` leaves begins with the tree of `old` leaves; empty for an empty one."""
        new = self._checked(self.size if new is None else new)
        if not 0 <= old <= new:
            raise ValueError(f"a tree of {new} leaves does not come after one of {old}")
        if old == 0:
            return ()
        start, end = 0, new
        proof = []
        while old != end:
            middle = start + _left_part(end - start)
            if old <= middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        if start > 0:
            # The verifier knows the old root itself, but no lesser part of the old tree.
            proof.append(self._hash(start, end))
        return tuple(reversed(proof))

    def _hash(self, start: int, end: int) -> bytes:
        """The hash over the leaves from `start` to before `end`, as far as RFC 9162 splits them apart."""
        leaves = end - start
        level = leaves.bit_length() - 1
        if leaves == 1 << level:
            return self.kept(level, start >> level)
        middle = start + _left_part(leaves)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {size}")
        return size


class MerkleTree(Tree):
    """In memory. Grows by `append`; nothing can be changed or taken out."""

    def __init__(self) -> None:
        self._levels = [bytearray()]
        """Level k: the hashes of the complete subtrees of 2^k leaves, one behind the other."""

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def kept(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree."""
        return bytes(self._levels[level][place * HASH_BYTES : (place + 1) * HASH_BYTES])

    def level(self, level: int) -> bytes:
        """All that is kept of a level, one hash behind the other."""
        return bytes(self._levels[level])

    def append(self, leaf: bytes) -> int:
        """Add the leaf hash `leaf` and return its index; `ValueError` if it is not `HASH_BYTES` long."""
        index = self.size
        for level, _, node in completed(index, leaf, self.kept):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node
        return index


def _left_part(leaves: int) -> int:
    """The largest power of two below `leaves`."""
    return 1 << ((leaves - 1).bit_length() - 1)
