"""A list of a bag's files, packed: path, size and digests in some 180 bytes a file, for there may be millions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from archive.storage.hashing import digest_length


class PackedFiles:
    """Files by number, in the order in which they were added."""

    def __init__(self) -> None:
        self._paths = bytearray()
        self._path_ends = array("Q", (0,))
        self._digests = bytearray()
        self._digest_ends = array("Q", (0,))
        self._numbers: dict[tuple[str, ...], int] = {}
        self._kind_of = array("L")
        self.kinds: list[tuple[str, ...]] = []
        """The sets of algorithms that files have digests by."""
        self.sizes = array("Q")

    def __len__(self) -> int:
        return len(self.sizes)

    def add(self, path: bytes, size: int, digests: Iterable[tuple[str, bytes]]) -> None:
        """Append one file, with its digests by BagIt name."""
        named = dict(digests)
        kind = tuple(named)
        if kind not in self._numbers:
            self._numbers[kind] = len(self.kinds)
            self.kinds.append(kind)
        self._paths += path
        self._path_ends.append(len(self._paths))
        self._digests += b"".join(named.values())
        self._digest_ends.append(len(self._digests))
        self.sizes.append(size)
        self._kind_of.append(self._numbers[kind])

    def path(self, number: int) -> bytes:
        """The path of a file."""
        return bytes(self._paths[self._path_ends[number] : self._path_ends[number + 1]])

    def kind(self, number: int) -> int:
        """Which of `kinds` are the algorithms of a file's digests."""
        return self._kind_of[number]

    def digests(self, number: int) -> dict[str, str]:
        """A file's digests, lower-case hex by BagIt name."""
        packed = self._digests[self._digest_ends[number] : self._digest_ends[number + 1]].hex()
        found, at = {}, 0
        for algorithm in self.kinds[self._kind_of[number]]:
            end = at + 2 * digest_length(algorithm)
            found[algorithm] = packed[at:end]
            at = end
        return found
