"""The tree over the chain against RFC 9162's own definitions, written down plainly, and against forged proofs."""

from __future__ import annotations

import time
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.ledger.tree import EMPTY_ROOT, ChainTree, GrowingRoot, verify_consistency, verify_inclusion

QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=80)


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def plain_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*plain_path(m, leaves[:k]), plain_root(leaves[k:])]
    return [*plain_path(m - k, leaves[k:]), plain_root(leaves[:k])]


def plain_proof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [plain_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*plain_proof(m, leaves[:k], whole), plain_root(leaves[k:])]
    return [*plain_proof(m - k, leaves[k:], whole=False), plain_root(leaves[:k])]


def some_leaves(count: int) -> list[bytes]:
    return [sha256(str(number).encode()).digest() for number in range(count)]


def test_every_small_tree_is_that_of_the_definition() -> None:
    for size in range(1, 40):
        leaves = some_leaves(size)
        tree, growing = ChainTree(leaves), GrowingRoot()
        for leaf in leaves:
            growing.add(leaf)
        assert tree.root == growing.root() == plain_root(leaves)
        for index in range(size):
            path = tree.inclusion_proof(index)
            assert path == plain_path(index, leaves)
            assert verify_inclusion(leaves[index], index, size, path, tree.root)
        for older in range(1, size + 1):
            proof = tree.consistency_proof(older)
            assert proof == plain_proof(older, leaves)
            assert verify_consistency(older, plain_root(leaves[:older]), size, tree.root, proof)


def test_an_empty_tree_has_the_root_that_the_rfc_names() -> None:
    assert ChainTree([]).root == GrowingRoot().root() == EMPTY_ROOT == plain_root([])
    with pytest.raises(IndexError):
        ChainTree([]).inclusion_proof(0)
    with pytest.raises(IndexError):
        ChainTree(some_leaves(3)).consistency_proof(4)
    with pytest.raises(IndexError):
        ChainTree(some_leaves(3)).consistency_proof(0)


@QUIET
@given(LEAVES, st.data())
def test_no_forged_inclusion_is_believed(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree, path = ChainTree(leaves), ChainTree(leaves).inclusion_proof(index)
    size = len(leaves)
    other = data.draw(st.binary(min_size=32, max_size=32))
    assert verify_inclusion(leaves[index], index, size, path, tree.root)
    assert not verify_inclusion(other, index, size, path, tree.root) or other == leaves[index]
    assert not verify_inclusion(leaves[index], index, size, path, other)
    assert not verify_inclusion(leaves[index], index, size, [*path, other], tree.root)
    assert not verify_inclusion(leaves[index], size, size, path, tree.root)
    assert not verify_inclusion(leaves[index], -1, size, path, tree.root)
    if path:
        assert not verify_inclusion(leaves[index], index, size, path[:-1], tree.root)
        at = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:at], other, *path[at + 1 :]]
        assert not verify_inclusion(leaves[index], index, size, changed, tree.root) or other == path[at]
    for beside in range(size):
        if leaves[beside] != leaves[index]:
            assert not verify_inclusion(leaves[index], beside, size, path, tree.root)


@QUIET
@given(LEAVES, st.data())
def test_no_rewritten_past_is_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    older = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, older - 1))
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda one: one != leaves[changed]))
    old_root = ChainTree(leaves[:older]).root
    rewritten = ChainTree([*leaves[:changed], other, *leaves[changed + 1 :]])
    size, honest = len(leaves), ChainTree(leaves)
    for proof in (rewritten.consistency_proof(older), honest.consistency_proof(older)):
        assert not verify_consistency(older, old_root, size, rewritten.root, proof)
    good = honest.consistency_proof(older)
    assert verify_consistency(older, old_root, size, honest.root, good)
    assert not verify_consistency(older, old_root, size, honest.root, [*good, other])
    assert not verify_consistency(0, old_root, size, honest.root, good)
    assert not verify_consistency(size + 1, old_root, size, honest.root, good)
    if good:
        assert not verify_consistency(older, old_root, size, honest.root, good[:-1])
        assert not verify_consistency(older, old_root, size, honest.root, [])


def test_a_hundred_thousand_leaves_take_less_than_a_second() -> None:
    leaves = some_leaves(100_000)
    start = time.process_time()
    tree = ChainTree(leaves)
    paths = tree.inclusion_proof(54_321), tree.consistency_proof(54_321)
    spent = time.process_time() - start
    assert spent < 1
    assert len(paths[0]) <= 17
    growing = GrowingRoot()
    for leaf in leaves:
        growing.add(leaf)
    assert growing.root() == tree.root
