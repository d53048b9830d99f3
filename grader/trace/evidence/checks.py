"""Checking Merkle proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Knows no tree: only what a verifier is given.

Every hash must be 32 bytes long. Without that check an attacker may move bytes from one hash to its neighbour and the
concatenation, and so the root, stays the same; and a leaf and a root of no bytes at all would be equal.
"""

from collections.abc import Sequence

from grader.merkle import HASH_BYTES, node_hash


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the tree of `size` leaves with `root` has the leaf hash `leaf` at `index`."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False  # the proof goes on above the root
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            place, last = _up_to_a_right_child(place, last)
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def is_extended(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether `proof` shows that the tree of `new` leaves begins with the tree of `old` leaves.

    An empty old tree proves nothing and is refused; who has seen nothing yet needs no proof.
    """
    if old == new > 0:
        return not proof and old_root == new_root
    if not 0 < old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    # A complete old tree is a node of the new one, which the proof leaves out because the verifier knows it.
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_node = new_node = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
            place, last = _up_to_a_right_child(place, last)
        else:
            new_node = node_hash(new_node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _up_to_a_right_child(place: int, last: int) -> tuple[int, int]:
    """Where a node without a sibling is lifted to: the last leaf of a tree that is not full skips levels."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
