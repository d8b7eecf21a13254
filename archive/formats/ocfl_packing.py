"""The blocks of an OCFL inventory, packed: digests and paths are kept once, however many blocks and versions name them.

A file costs its digests in bytes, its path and some 100 bytes more, and some 20 bytes a further version.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from archive.formats.packed_texts import PackedTexts, in_order

Block = Mapping[str, Sequence[str]]
"""What maps digests to paths: manifest, state, or one algorithm of the fixity block."""

_HEX, _OTHER = b"\0", b"\1"
_MOST_HEADS = 256


class BlockTexts:
    """The digests and paths of one object's inventories. A content path is parted behind its content folder."""

    def __init__(self) -> None:
        self.digests = PackedTexts()
        self.paths = PackedTexts()
        self._heads = {"": 0}
        self._head_texts = [""]

    def split(self, path: str, *, new: bool = False) -> tuple[int, bytes]:
        """The number of the path's head, and the rest. Of a `new` path the head is kept, while there is room."""
        if path[:1] == "v" and (end := path.find("/", path.find("/") + 1) + 1):
            head = self._heads.get(path[:end], -1)
            if head < 0 and new and len(self._heads) < _MOST_HEADS:
                head = self._heads[path[:end]] = len(self._heads)
                self._head_texts.append(path[:end])
            if head >= 0:
                return head, path[end:].encode("utf-8", "surrogatepass")
        return 0, path.encode("utf-8", "surrogatepass")

    def add_path(self, path: str) -> int:
        """The reference to a path: the number of its rest, and of its head in the lowest eight bits."""
        head, rest = self.split(path, new=True)
        return self.paths.number(rest) << 8 | head

    def find_path(self, path: str) -> int:
        """The reference to a path; -1 where no block has it."""
        head, rest = self.split(path)
        number = self.paths.find(rest)
        return -1 if number < 0 else number << 8 | head

    def path(self, reference: int) -> str:
        return self._head_texts[reference & 0xFF] + self.paths[reference >> 8].decode("utf-8", "surrogatepass")

    def add_digest(self, digest: str) -> int:
        return self.digests.number(_pack(digest))

    def find_digest(self, digest: str) -> int:
        """The number of a digest, in this spelling; -1 where no block has it."""
        return self.digests.find(_pack(digest))

    def digest(self, number: int) -> str:
        packed = self.digests[number]
        return packed[1:].hex() if packed[:1] == _HEX else packed[1:].decode("utf-8", "surrogatepass")


class PackedBlock(Mapping[str, Any]):
    """A JSON object as it was read: its keys and lists of texts, packed, in their order. A value that is not such a
    list is kept.

    `repeated` are the keys that stood more than once; the last of their values counts, as in any JSON object here.
    """

    def __init__(self, texts: BlockTexts) -> None:
        self.texts = texts
        self.numbers = array("I")
        self._starts = array("Q", (0,))
        self._references = array("Q")
        self._places = array("I")
        self._odd: dict[int, Any] = {}
        self._hidden: frozenset[int] = frozenset()
        self._repeated: set[int] = set()
        self.is_lower_hex = True

    @classmethod
    def none(cls) -> PackedBlock:
        """An empty block."""
        return cls(BlockTexts())

    def add(self, key: str, value: Any) -> None:
        """Append one member of the object."""
        packed_key = _pack(key)
        number, places = self.texts.digests.number(packed_key), self._places
        if number >= len(places):
            places.frombytes(bytes(places.itemsize * (number + 1 + number // 8 - len(places))))
        elif place := places[number]:
            self._repeated.add(place - 1)
            self._odd[place - 1] = value
            return
        if packed_key[0]:
            self.is_lower_hex = False
        self.numbers.append(number)
        places[number] = len(self.numbers)
        if _is_texts(value):
            for path in value:
                self._references.append(self.texts.add_path(path))
        else:
            self._odd[len(self.numbers) - 1] = value
        self._starts.append(len(self._references))

    @property
    def repeated(self) -> tuple[str, ...]:
        return tuple(self.texts.digest(self.numbers[place]) for place in sorted(self._repeated))

    def usable(self, *, empty: bool = False) -> PackedBlock:
        """The block without what is not a list of texts, and without empty lists unless `empty` ones are wanted."""
        hidden = {place for place, value in self._odd.items() if not _is_texts(value) or not (value or empty)}
        if not empty:
            starts = self._starts
            hidden |= {
                place for place in range(len(self.numbers))
                if starts[place] == starts[place + 1] and place not in self._odd
            }  # fmt: skip
        if not hidden:
            return self
        block = PackedBlock(self.texts)
        block.__dict__.update(self.__dict__, _hidden=frozenset(hidden))
        return block

    def has(self, number: int) -> bool:
        """Whether the digest with this number is a key."""
        place = self._place_of(number)
        return bool(place) and place - 1 not in self._hidden

    def keys_as_numbers(self) -> Iterator[int]:
        """The numbers of the digests, in their order."""
        if not self._hidden:
            return iter(self.numbers)
        return (number for place, number in enumerate(self.numbers) if place not in self._hidden)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """The number of the digest and the reference to the path, for each path in its order."""
        odd, starts, references = self._odd, self._starts, self._references
        for place, number in enumerate(self.numbers):
            if place in self._hidden:
                continue
            if place in odd:
                for path in odd[place]:
                    yield number, self.texts.add_path(path)
                continue
            for at in range(starts[place], starts[place + 1]):
                yield number, references[at]

    def paths(self) -> Iterator[str]:
        """Every path in its order. For a `usable` block."""
        path = self.texts.path
        return (path(reference) for _, reference in self.pairs())

    @cached_property
    def by_path(self) -> PathDigests:
        """The digests of each path. For a `usable` block."""
        return PathDigests(self)

    def __len__(self) -> int:
        return len(self.numbers) - len(self._hidden)

    def __iter__(self) -> Iterator[str]:
        return map(self.texts.digest, self.keys_as_numbers())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (number := self.texts.find_digest(key)) >= 0 and self.has(number)

    def __getitem__(self, key: str) -> Any:
        number = self.texts.find_digest(key)
        if number < 0 or not self.has(number):
            raise KeyError(key)
        return self.value_of(number)

    def value_of(self, number: int) -> Any:
        """What the digest with this number, which is a key, maps to."""
        place = self._place_of(number) - 1
        if place in self._odd:
            return self._odd[place]
        references = self._references[self._starts[place] : self._starts[place + 1]]
        return [self.texts.path(reference) for reference in references]

    @property
    def path_count(self) -> int:
        """How many paths there are. For a `usable` block."""
        return sum(1 for _ in self.pairs()) if self._odd or self._hidden else len(self._references)

    def in_order(self) -> Iterator[tuple[str, Sequence[str]]]:
        """As `items`, in the order of the digests."""
        digest = self.texts.digest
        ordered: Iterable[int] = (
            in_order(self.keys_as_numbers(), self.texts.digests.__getitem__)
            if self.is_lower_hex
            else sorted(self.keys_as_numbers(), key=digest)
        )
        return ((digest(number), self.value_of(number)) for number in ordered)

    def items(self) -> Any:
        """Digests and what they map to, in their order."""
        return ((self.texts.digest(number), self.value_of(number)) for number in self.keys_as_numbers())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        if isinstance(other, PackedBlock) and self.texts is other.texts and self._same_as(other):
            return True
        return len(self) == len(other) and all(other.get(key) == value for key, value in self.items())

    __hash__ = None  # type: ignore[assignment]

    def _same_as(self, other: PackedBlock) -> bool:
        """Whether both have the same members in the same order. False leaves it open."""
        plain = not (self._odd or self._hidden or other._odd or other._hidden)
        return plain and (self.numbers, self._starts, self._references) == (
            other.numbers, other._starts, other._references
        )  # fmt: skip

    def _place_of(self, number: int) -> int:
        """The place of a key, counted from 1; 0 where it is none."""
        return self._places[number] if number < len(self._places) else 0


def packed(block: Block) -> PackedBlock:
    """The block of an inventory that was read; no other may be given."""
    assert isinstance(block, PackedBlock)
    return block


class OrderedBlock(Mapping[str, Sequence[str]]):
    """A block that is made while it is written: `pairs` gives its digests, in their order, with their paths.

    Nothing of it is kept, so that looking one up takes as long as reading it all.
    """

    def __init__(self, pairs: Callable[[], Iterator[tuple[str, Sequence[str]]]]) -> None:
        self.in_order = pairs

    def __iter__(self) -> Iterator[str]:
        return (digest for digest, _ in self.in_order())

    def __len__(self) -> int:
        return sum(1 for _ in self.in_order())

    def __getitem__(self, key: str) -> Sequence[str]:
        for digest, paths in self.in_order():
            if digest == key:
                return paths
        raise KeyError(key)


def ordered_pairs(block: Block) -> Iterator[tuple[str, Sequence[str]]]:
    """The digests of a block in their order, with their paths."""
    if isinstance(block, (PackedBlock, OrderedBlock)):
        return block.in_order()
    return iter(sorted(block.items()))


def merged_pairs(
    *streams: Iterable[tuple[str, Sequence[str]]],
) -> Iterator[tuple[str, Sequence[str]]]:
    """Ordered pairs as one stream; what several have of one digest is joined."""
    for digest, alike in groupby(merge(*streams, key=itemgetter(0)), itemgetter(0)):
        first, *more = (paths for _, paths in alike)
        yield digest, first if not more else [path for paths in (first, *more) for path in paths]


class PathDigests:
    """The other way round: which digests a block gives for a path. Some 8 bytes a path."""

    def __init__(self, block: PackedBlock) -> None:
        self._first = array("Q", bytes(8 * len(block.texts.paths)))
        self._more: dict[int, list[int]] = {}
        self.repeats = False
        for number, reference in block.pairs():
            place = reference >> 8
            if place >= len(self._first):
                self._first.frombytes(bytes(8 * (place + 1 - len(self._first))))
            if not self._first[place]:
                self._first[place] = (number << 8 | reference & 0xFF) + 1
                continue
            self.repeats = self.repeats or bool(self.of(reference))
            self._more.setdefault(reference, []).append(number)

    def of(self, reference: int) -> tuple[int, ...]:
        """The numbers of the digests of a path, in the order in which the block has them."""
        place = reference >> 8
        if reference < 0 or place >= len(self._first) or not (first := self._first[place]):
            return ()
        more = self._more.get(reference, ()) if self._more else ()
        return ((first - 1) >> 8, *more) if (first - 1) & 0xFF == reference & 0xFF else tuple(more)


def keys_beyond(block: Block, others: Iterable[Block]) -> Iterator[str]:
    """The digests of `block` that none of `others` has, in this spelling."""
    known = list(others)
    if not isinstance(block, PackedBlock):
        yield from (digest for digest in block if not any(digest in other for other in known))
        return
    shared = [one for one in known if isinstance(one, PackedBlock) and one.texts is block.texts]
    marks = bytearray(len(block.texts.digests))
    for one in shared:
        for number in one.keys_as_numbers():
            marks[number] = 1
    apart = [one for one in known if not any(one is other for other in shared)]
    for number in block.keys_as_numbers():
        if not marks[number] and not any(block.texts.digest(number) in one for one in apart):
            yield block.texts.digest(number)


def paths_beyond(block: PackedBlock, other: PackedBlock) -> Iterator[str]:
    """The paths of `block` that `other` does not have, in their order."""
    known, shared = other.by_path, block.texts is other.texts
    for _, reference in block.pairs():
        found = reference if shared else other.texts.find_path(block.texts.path(reference))
        if not known.of(found):
            yield block.texts.path(reference)


def _is_texts(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    return all(isinstance(path, str) for path in value) if len(value) != 1 else isinstance(value[0], str)


def _pack(digest: str) -> bytes:
    try:
        raw = bytes.fromhex(digest)
    except ValueError:
        raw = b""
    if raw and raw.hex() == digest:
        return _HEX + raw
    return _OTHER + digest.encode("utf-8", "surrogatepass")
