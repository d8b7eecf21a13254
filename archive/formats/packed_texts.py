"""Texts without repeats, packed: each in its own bytes and some 30 more, for an inventory may list millions."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from itertools import groupby

_FIRST_SLOTS = 64
MASK = 0xFFFF_FFFF


class NumberIndex:
    """Finds numbers by the hash of what they stand for, which is kept elsewhere. Some 16 bytes a number."""

    def __init__(self) -> None:
        self.slots = array("Q", bytes(8 * _FIRST_SLOTS))
        self._count = 0

    def find(self, key: int, is_same: Callable[[int], bool]) -> int:
        """The number that was added with the hash `key` and `is_same`; -1 where there is none."""
        slots, part = self.slots, key & MASK
        last = len(slots) - 1
        at = part & last
        while slot := slots[at]:
            if slot >> 32 == part and is_same(number := (slot & MASK) - 1):
                return number
            at = (at + 1) & last
        return -1

    def add(self, key: int, number: int) -> None:
        """Add a number below 2 ** 32 - 1 that `find` did not find."""
        if 3 * self._count >= 2 * len(self.slots):
            old, self.slots = self.slots, array("Q", bytes(16 * len(self.slots)))
            for slot in filter(None, old):
                self._put(slot)
        self._put((key & MASK) << 32 | number + 1)
        self._count += 1

    def _put(self, slot: int) -> None:
        slots = self.slots
        last = len(slots) - 1
        at = (slot >> 32) & last
        while slots[at]:
            at = (at + 1) & last
        slots[at] = slot


class PackedTexts:
    """Byte strings by number, each once, in the order in which they were added."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", (0,))
        self._index = NumberIndex()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._bytes[self._ends[number] : self._ends[number + 1]])

    def find(self, text: bytes) -> int:
        """The number of `text`; -1 where it was not added."""
        content, ends, slots = self._bytes, self._ends, self._index.slots
        part, last = hash(text) & MASK, len(slots) - 1
        at = part & last
        while slot := slots[at]:
            if slot >> 32 == part:
                number = (slot & MASK) - 1
                if content[ends[number] : ends[number + 1]] == text:
                    return number
            at = (at + 1) & last
        return -1

    def number(self, text: bytes) -> int:
        """The number of `text`, which is added unless it is there."""
        found = self.find(text)
        if found < 0:
            found = len(self._ends) - 1
            self._index.add(hash(text), found)
            self._bytes += text
            self._ends.append(len(self._bytes))
        return found


def in_order(numbers: Iterable[int], text_of: Callable[[int], bytes]) -> array[int]:
    """The numbers in the order of the texts they stand for, and of themselves where these are equal.

    Beginnings are compared first, so that the texts are not all in memory.
    """
    keys = [int.from_bytes(text_of(number)[:8].ljust(8, b"\0")) << 32 | number for number in numbers]
    keys.sort()
    ordered = array("I", (key & MASK for key in keys))
    at = 0
    for _, alike in groupby(keys, lambda key: key >> 32):
        count = sum(1 for _ in alike)
        if count > 1:
            ordered[at : at + count] = array("I", sorted(ordered[at : at + count], key=text_of))
        at += count
    return ordered
