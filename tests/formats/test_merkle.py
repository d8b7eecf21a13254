"""The Merkle tree against RFC 9162's own definitions, written down plainly, and against forged proofs."""

from __future__ import annotations

import time
from hashlib import sha256, sha512

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.formats.merkle import (
    GrowingRoot,
    Hash,
    MerkleTree,
    empty_root,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=80)


def plain_root(leaves: list[bytes], new: Hash = sha256) -> bytes:
    """MTH of RFC 9162 2.1.1."""
    if not leaves:
        return new(b"").digest()
    if len(leaves) == 1:
        return new(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return new(b"\x01" + plain_root(leaves[:k], new) + plain_root(leaves[k:], new)).digest()


def plain_path(m: int, leaves: list[bytes], new: Hash = sha256) -> list[bytes]:
    """PATH of RFC 9162 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*plain_path(m, leaves[:k], new), plain_root(leaves[k:], new)]
    return [*plain_path(m - k, leaves[k:], new), plain_root(leaves[:k], new)]


def plain_proof(m: int, leaves: list[bytes], whole: bool = True, *, new: Hash = sha256) -> list[bytes]:
    """SUBPROOF of RFC 9162 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [plain_root(leaves, new)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*plain_proof(m, leaves[:k], whole, new=new), plain_root(leaves[k:], new)]
    return [*plain_proof(m - k, leaves[k:], whole=False, new=new), plain_root(leaves[:k], new)]


def some_leaves(count: int) -> list[bytes]:
    return [sha256(str(number).encode()).digest() for number in range(count)]


@pytest.mark.parametrize("new", [sha256, sha512])
def test_every_small_tree_is_that_of_the_definition(new: Hash) -> None:
    for size in range(1, 40):
        leaves = some_leaves(size)
        tree, growing = MerkleTree(leaves, new), GrowingRoot(new)
        for leaf in leaves:
            growing.add(leaf)
        assert tree.root == growing.root() == plain_root(leaves, new)
        for index in range(size):
            path = tree.inclusion_proof(index)
            assert path == plain_path(index, leaves, new)
            assert verify_inclusion(leaves[index], index, size, path, tree.root, new=new)
        for older in range(1, size + 1):
            proof = tree.consistency_proof(older)
            assert proof == plain_proof(older, leaves, new=new)
            assert verify_consistency(older, plain_root(leaves[:older], new), size, tree.root, proof, new=new)


def test_an_inner_node_is_not_a_leaf() -> None:
    """The prefixes keep apart what is hashed: a tree of two cannot be passed off as a leaf."""
    first, second = (leaf_hash(one, sha512) for one in (b"a", b"b"))
    root = MerkleTree([b"a", b"b"], sha512).root
    assert leaf_hash(first + second, sha512) != root
    assert not verify_inclusion(first + second, 0, 1, [], root, new=sha512)


def test_an_empty_tree_has_the_root_that_the_rfc_names() -> None:
    assert MerkleTree([], sha256).root == GrowingRoot(sha256).root() == empty_root(sha256) == plain_root([])
    with pytest.raises(IndexError):
        MerkleTree([], sha256).inclusion_proof(0)
    with pytest.raises(IndexError):
        MerkleTree(some_leaves(3), sha256).consistency_proof(4)
    with pytest.raises(IndexError):
        MerkleTree(some_leaves(3), sha256).consistency_proof(0)


@QUIET
@given(LEAVES, st.data())
def test_no_forged_inclusion_is_believed(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree, path = MerkleTree(leaves, sha256), MerkleTree(leaves, sha256).inclusion_proof(index)
    size = len(leaves)
    other = data.draw(st.binary(min_size=32, max_size=32))
    assert verify_inclusion(leaves[index], index, size, path, tree.root, new=sha256)
    assert not verify_inclusion(other, index, size, path, tree.root, new=sha256) or other == leaves[index]
    assert not verify_inclusion(leaves[index], index, size, path, other, new=sha256)
    assert not verify_inclusion(leaves[index], index, size, [*path, other], tree.root, new=sha256)
    assert not verify_inclusion(leaves[index], size, size, path, tree.root, new=sha256)
    assert not verify_inclusion(leaves[index], -1, size, path, tree.root, new=sha256)
    if path:
        assert not verify_inclusion(leaves[index], index, size, path[:-1], tree.root, new=sha256)
        at = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:at], other, *path[at + 1 :]]
        assert not verify_inclusion(leaves[index], index, size, changed, tree.root, new=sha256) or other == path[at]
    for beside in range(size):
        if leaves[beside] != leaves[index]:
            assert not verify_inclusion(leaves[index], beside, size, path, tree.root, new=sha256)


@QUIET
@given(LEAVES, st.data())
def test_no_rewritten_past_is_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    older = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, older - 1))
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda one: one != leaves[changed]))
    old_root = MerkleTree(leaves[:older], sha256).root
    rewritten = MerkleTree([*leaves[:changed], other, *leaves[changed + 1 :]], sha256)
    size, honest = len(leaves), MerkleTree(leaves, sha256)
    for proof in (rewritten.consistency_proof(older), honest.consistency_proof(older)):
        assert not verify_consistency(older, old_root, size, rewritten.root, proof, new=sha256)
    good = honest.consistency_proof(older)
    assert verify_consistency(older, old_root, size, honest.root, good, new=sha256)
    assert not verify_consistency(older, old_root, size, honest.root, [*good, other], new=sha256)
    assert not verify_consistency(0, old_root, size, honest.root, good, new=sha256)
    assert not verify_consistency(size + 1, old_root, size, honest.root, good, new=sha256)
    if good:
        assert not verify_consistency(older, old_root, size, honest.root, good[:-1], new=sha256)
        assert not verify_consistency(older, old_root, size, honest.root, [], new=sha256)


def test_a_hundred_thousand_leaves_take_less_than_a_second() -> None:
    leaves = some_leaves(100_000)
    start = time.process_time()
    tree = MerkleTree(leaves, sha256)
    paths = tree.inclusion_proof(54_321), tree.consistency_proof(54_321)
    spent = time.process_time() - start
    assert spent < 1
    assert len(paths[0]) <= 17
    growing = GrowingRoot(sha256)
    for leaf in leaves:
        growing.add(leaf)
    assert growing.root() == tree.root
