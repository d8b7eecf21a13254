"""The Merkle tree of RFC 9162 (section 2.1) over any hash: its root, and proofs about it that need nothing else.

A leaf is hashed with the prefix 0x00 and an inner node with 0x01, so that neither passes for the other. An inclusion
proof shows that one leaf is under a root, a consistency proof that an older root is the beginning of a newer one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Hash = Callable[[bytes], "hashlib._Hash"]
"""The constructor of a hash, such as `hashlib.sha512`."""


def leaf_hash(content: bytes, new: Hash) -> bytes:
    """The hash of one leaf (section 2.1.1)."""
    return new(b"\x00" + content).digest()


def empty_root(new: Hash) -> bytes:
    """The root of a tree without leaves (section 2.1.1)."""
    return new(b"").digest()


class MerkleTree:
    """The tree over some leaves, with all its inner nodes: for proofs. It holds two hashes a leaf."""

    def __init__(self, leaves: Iterable[bytes], new: Hash) -> None:
        level = [new(b"\x00" + leaf).digest() for leaf in leaves]
        self._empty = empty_root(new)
        self._levels = [level]
        while len(level) > 1:
            above = [new(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
            if len(level) % 2:
                above.append(level[-1])
            self._levels.append(above)
            level = above

    @property
    def size(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if self.size else self._empty

    def inclusion_proof(self, index: int) -> list[bytes]:
        """What leads from leaf `index` to the root (section 2.1.3.1), from the leaf upwards. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError("there is no such leaf")
        path = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                path.append(level[beside])
            index >>= 1
        return path

    def consistency_proof(self, older: int) -> list[bytes]:
        """What shows that the tree of the first `older` leaves is the beginning of this one (section 2.1.4.1).

        Raises IndexError unless `older` is between 1 and the size.
        """
        if not 1 <= older <= self.size:
            raise IndexError("there is no such older tree")
        start, end, is_whole = 0, self.size, True
        path: list[bytes] = []
        while older - start != end - start:
            split = start + _split(end - start)
            if older <= split:
                path.append(self._node(split, end))
                end = split
            else:
                path.append(self._node(start, split))
                start, is_whole = split, False
        if not is_whole:
            path.append(self._node(start, end))
        return path[::-1]

    def _node(self, start: int, end: int) -> bytes:
        """The root over the leaves from `start` to before `end`: whole subtrees, or all that is left at the right."""
        height = (end - start - 1).bit_length()
        return self._levels[height][start >> height]


class GrowingRoot:
    """The root over leaves that come one after the other, in memory that does not grow with their number."""

    def __init__(self, new: Hash) -> None:
        self.size = 0
        self._new = new
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        new = self._new
        node, size = new(b"\x00" + leaf).digest(), self.size
        while size & 1:
            node = new(b"\x01" + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves until now."""
        if not self._peaks:
            return empty_root(self._new)
        node = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            node = self._new(b"\x01" + peak + node).digest()
        return node


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes, *, new: Hash) -> bool:
    """True when `path` leads from `leaf`, number `index` of `size`, to `root` (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, leaf_hash(leaf, new)
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = new(b"\x01" + beside + node).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = new(b"\x01" + node + beside).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    older: int, older_root: bytes, size: int, root: bytes, path: Sequence[bytes], *, new: Hash
) -> bool:
    """True when `path` shows that the tree of `older` leaves is the beginning of that of `size` (section 2.1.4.2)."""
    if not 1 <= older <= size:
        return False
    if older == size:
        return not path and older_root == root
    if not path:
        return False
    nodes = list(path)
    if older & (older - 1) == 0:
        nodes.insert(0, older_root)
    at, last = older - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    former = latter = nodes[0]
    for beside in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            former = new(b"\x01" + beside + former).digest()
            latter = new(b"\x01" + beside + latter).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            latter = new(b"\x01" + latter + beside).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and former == older_root and latter == root


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
