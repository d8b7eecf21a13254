"""The Merkle tree of RFC 9162 over the hashes of a chain's links: its root, and proofs about it that need no ledger.

Leaf number i (from 0) is the hash of link i + 1 of the chain, as 32 bytes. A root says all that the chain holds up to a
link; an inclusion proof shows that one link is under a root, a consistency proof that an older root is the beginning of
a newer one. All hashes here are SHA-256, 32 bytes. Pure functions: nothing here asks a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves (RFC 9162 2.1.1)."""


def leaf_of(link_hash: str) -> bytes:
    """The leaf for the hash of a link: its bytes; or the text's where a damaged ledger holds no hexadecimal digits."""
    try:
        return bytes.fromhex(link_hash)
    except ValueError:
        return link_hash.encode("utf-8", "replace")


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf (RFC 9162 2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


class ChainTree:
    """The tree over some leaves, with all its inner nodes: for proofs. It holds about 200 bytes a leaf."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
        self._levels = [level]
        while len(level) > 1:
            above = [
                sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)
            ]
            if len(level) % 2:
                above.append(level[-1])
            self._levels.append(above)
            level = above

    @property
    def size(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def inclusion_proof(self, index: int) -> list[bytes]:
        """What leads from leaf `index` to the root (RFC 9162 2.1.3.1), from the leaf upwards. Raises IndexError."""
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
        """What shows that the tree of the first `older` leaves is the beginning of this one (RFC 9162 2.1.4.1).

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

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        node, size = sha256(b"\x00" + leaf).digest(), self.size
        while size & 1:
            node = sha256(b"\x01" + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves until now."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            node = sha256(b"\x01" + peak + node).digest()
        return node


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """True when `path` leads from `leaf`, number `index` of `size`, to `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, leaf_hash(leaf)
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = sha256(b"\x01" + beside + node).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + beside).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(older: int, older_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """True when `path` shows that the tree of `older` leaves is the beginning of that of `size` (RFC 9162 2.1.4.2)."""
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
    old = new = nodes[0]
    for beside in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old = sha256(b"\x01" + beside + old).digest()
            new = sha256(b"\x01" + beside + new).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = sha256(b"\x01" + new + beside).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and old == older_root and new == root


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
