"""The Merkle tree: the published vectors, and what holds of every tree."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.merkle import EMPTY_ROOT, leaf_hash, node_hash
from grader.trace.evidence.checks import is_extended, is_included
from grader.trace.evidence.tree import MerkleTree

SIZES = st.integers(1, 130)


def vectors(shared_data: Path, kind: str) -> dict[str, Any]:
    text = (shared_data / "vectors" / "merkle" / "transparency-dev.json").read_text()
    return {name: vector for name, vector in json.loads(text).items() if name.startswith(f"{kind}/")}


def decoded(hashes: Sequence[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in hashes or ()]


def grown(size: int) -> MerkleTree:
    tree = MerkleTree()
    for index in range(size):
        tree.append(leaf_hash(b"entry %d" % index))
    return tree


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while 2 * left < len(leaves):
        left *= 2
    return node_hash(root_by_definition(leaves[:left]), root_by_definition(leaves[left:]))


def test_every_published_inclusion_vector_is_judged_as_its_authors_judge_it(shared_data: Path) -> None:
    found = vectors(shared_data, "inclusion")
    wrong = [
        name
        for name, vector in found.items()
        if is_included(
            base64.b64decode(vector["leafHash"]),
            vector["leafIdx"],
            vector["treeSize"],
            decoded(vector["proof"]),
            base64.b64decode(vector["root"]),
        )
        == vector["wantErr"]
    ]
    assert len(found) == 98
    assert wrong == []


def test_every_published_consistency_vector_is_judged_as_its_authors_judge_it(shared_data: Path) -> None:
    found = vectors(shared_data, "consistency")
    wrong = [
        name
        for name, vector in found.items()
        if is_extended(
            vector["size1"], vector["size2"], decoded(vector["proof"]), *decoded([vector["root1"], vector["root2"]])
        )
        == vector["wantErr"]
    ]
    assert len(found) == 98
    assert wrong == []


def test_a_tree_without_leaves_has_the_root_that_the_rfc_gives_it() -> None:
    assert MerkleTree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_definition_at_every_size_it_ever_had(entries: list[bytes]) -> None:
    tree = MerkleTree()
    for entry in entries:
        tree.append(leaf_hash(entry))
    leaves = [leaf_hash(entry) for entry in entries]
    assert [tree.root(size) for size in range(len(leaves) + 1)] == [
        root_by_definition(leaves[:size]) for size in range(len(leaves) + 1)
    ]


@given(SIZES, st.data())
def test_every_leaf_is_proved_at_its_place_and_at_no_other(size: int, data: st.DataObject) -> None:
    tree = grown(size + data.draw(st.integers(0, 5)))
    index = data.draw(st.integers(0, size - 1))
    leaf, root, proof = leaf_hash(b"entry %d" % index), tree.root(size), tree.inclusion(index, size)
    assert is_included(leaf, index, size, proof, root)
    assert [place for place in range(size) if is_included(leaf, place, size, proof, root)] == [index]
    assert not is_included(leaf_hash(b"another"), index, size, proof, root)


@given(SIZES, st.data())
def test_a_proof_with_a_flipped_bit_a_hash_too_many_or_too_few_is_refused(size: int, data: st.DataObject) -> None:
    tree = grown(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, root, proof = leaf_hash(b"entry %d" % index), tree.root(), tree.inclusion(index)
    assert not is_included(leaf, index, size, (*proof, root), root)
    if proof:
        place, byte, bit = data.draw(
            st.tuples(st.integers(0, len(proof) - 1), st.integers(0, 31), st.integers(0, 7)), label="where"
        )
        flipped = bytearray(proof[place])
        flipped[byte] ^= 1 << bit
        assert not is_included(leaf, index, size, [*proof[:place], bytes(flipped), *proof[place + 1 :]], root)
        assert not is_included(leaf, index, size, proof[:-1], root)
        assert not is_included(leaf, index, size, proof[1:], root)


@given(SIZES, st.data())
def test_a_tree_is_consistent_with_each_of_its_beginnings_and_with_nothing_else(size: int, data: st.DataObject) -> None:
    tree = grown(size)
    old = data.draw(st.integers(1, size))
    proof = tree.consistency(old)
    assert is_extended(old, size, proof, tree.root(old), tree.root())
    rewritten = MerkleTree()
    changed = data.draw(st.integers(0, old - 1))
    for index in range(size):
        rewritten.append(leaf_hash(b"rewritten" if index == changed else b"entry %d" % index))
    assert not is_extended(old, size, rewritten.consistency(old), tree.root(old), rewritten.root())
    assert not is_extended(old, size, proof, tree.root(old), rewritten.root())


def test_bytes_moved_from_one_hash_to_its_neighbour_are_seen() -> None:
    tree = grown(2)
    leaf, root, (sibling,) = leaf_hash(b"entry 0"), tree.root(), tree.inclusion(0)
    assert is_included(leaf, 0, 2, [sibling], root)
    assert not is_included(leaf + sibling[:1], 0, 2, [sibling[1:]], root)


def test_an_inner_node_is_no_leaf() -> None:
    tree = grown(4)
    entry = leaf_hash(b"entry 0") + leaf_hash(b"entry 1")
    assert not is_included(leaf_hash(entry), 0, 2, [tree.root()[:32]], tree.root())


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 4)])
def test_no_proof_is_made_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="leaves"):
        grown(3).inclusion(index, size)


def test_a_leaf_is_a_hash_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MerkleTree().append(b"entry")


def test_a_smaller_tree_does_not_come_after_a_larger_one() -> None:
    with pytest.raises(ValueError, match="does not come after"):
        grown(3).consistency(3, 2)
