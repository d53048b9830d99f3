"""The two hashes of a Merkle tree (RFC 9162, section 2.1.1; RFC 6962 hashes the same way)."""

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of a tree without leaves."""

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
"""Different, so that nobody can pass an inner node off as a leaf."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash under which the tree carries `entry`."""
    return hashlib.sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two nodes; both are `HASH_BYTES` long."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()
