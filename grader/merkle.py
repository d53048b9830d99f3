"""The arithmetic of a Merkle tree (RFC 9162, section 2.1.1; RFC 6962 hashes the same way).

It lies below every room, because the store keeps a tree's nodes and `trace.evidence` proves with them, and neither may
import the other.
"""

import hashlib
from collections.abc import Callable, Iterator

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of a tree without leaves."""

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
"""Different, so that nobody can pass an inner node off as a leaf."""

Kept = Callable[[int, int], bytes]
"""The hash of a complete subtree: (level, place) is the one of 2^level leaves from leaf place * 2^level on."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash under which the tree carries `entry`."""
    return hashlib.sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two nodes; both are `HASH_BYTES` long."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def completed(index: int, leaf: bytes, kept: Kept) -> Iterator[tuple[int, int, bytes]]:
    """The subtrees that the leaf hash `leaf` at `index` completes, itself first: level, place, hash.

    Once complete, a subtree's hash never changes. `ValueError` if `leaf` is not `HASH_BYTES` long.
    """
    if len(leaf) != HASH_BYTES:
        raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}")
    node, level = leaf, 0
    yield level, index, node
    while (index >> level) & 1:
        node = node_hash(kept(level, (index >> level) - 1), node)
        level += 1
        yield level, index >> level, node
