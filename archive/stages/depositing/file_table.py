"""The files of a bag on their way to a repository, packed: some 200 bytes a file, for there may be millions."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import overload

from archive.bags.packed_files import PackedFiles
from archive.bags.reader import BagReader
from archive.formats.bagpath import to_text
from archive.model.deposit import Item

TimeOf = Callable[[str], int | None]
"""When a file was last modified, in nanoseconds since the epoch, by its bag path."""

_NO_TIME = -(1 << 63)


class FileTable(Sequence[Item]):
    """Items of one bag, each made when it is asked for. `unread` as in `describe_bag`.

    Items come in the order in which they were added, unless `sort` was called.
    """

    def __init__(self, reader: BagReader, subject: str, *, is_folder: bool, unread: bool) -> None:
        self._reader = reader
        self._subject = subject
        self._is_folder = is_folder
        self._unread = unread
        self._files = PackedFiles()
        self._times = array("q")
        self._added: dict[int, dict[str, str]] = {}
        self._order: array[int] | None = None

    def add(self, path: bytes, size: int, digests: Iterable[tuple[str, bytes]], modified: int | None) -> None:
        """Append one file, with its digests by BagIt name."""
        self._files.add(path, size, digests)
        self._times.append(_NO_TIME if modified is None else modified)

    def lacking(self, needs: tuple[str, ...]) -> Iterator[tuple[int, bytes, int, tuple[str, ...]]]:
        """Number, path and size of each file that lacks digests which are needed, and these."""
        files = self._files
        wanted = [_lacking(kind, needs) for kind in files.kinds]
        for number in range(len(self)) if any(wanted) else ():
            if lacking := wanted[files.kind(number)]:
                yield number, files.path(number), files.sizes[number], lacking

    def add_digests(self, number: int, found: dict[str, str]) -> None:
        """Further digests, in hex, of the file with this number."""
        self._added[number] = found

    def sort(self) -> None:
        """From now on the items come as a folder is walked."""
        self._order = self._walked()

    def as_walked(self) -> Iterator[Item]:
        """The items as a folder is walked, whatever their order."""
        return map(self._item, self._walked() if self._order is None else self._order)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(self._files.sizes)

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(index, slice):
            return tuple(map(self.__getitem__, range(*index.indices(len(self)))))
        number = range(len(self))[index]
        return self._item(number if self._order is None else self._order[number])

    def __iter__(self) -> Iterator[Item]:
        return map(self._item, range(len(self)) if self._order is None else self._order)

    def _walked(self) -> array[int]:
        numbers = array("L", range(len(self)))
        keys = map(_as_walked, map(self._files.path, numbers))
        if all(first <= second for first, second in pairwise(keys)):
            return numbers
        return array("L", sorted(numbers, key=lambda number: _as_walked(self._files.path(number))))

    def _item(self, number: int) -> Item:
        path, modified = self._files.path(number), self._times[number]
        name = to_text(path)
        digests = self._files.digests(number)
        if number in self._added:
            digests.update(self._added[number])
        place = os.path.join(self._subject, name) if self._is_folder else self._subject
        later = self._unread and path.startswith(b"data/")
        time = None if modified == _NO_TIME else modified
        return Item(name, self._files.sizes[number], digests, place, partial(self._reader.stream, path), time, later)


def _lacking(kind: tuple[str, ...], needs: tuple[str, ...]) -> tuple[str, ...]:
    lacking = tuple(name for name in needs if name not in kind)
    return lacking or (() if "sha512" in kind or "sha256" in kind else ("sha512",))


def _as_walked(path: bytes) -> bytes:
    """Where the file comes when a folder is walked: a folder's files before the folders in it, each by its bytes.

    No name holds the bytes between.
    """
    folders, slash, name = path.rpartition(b"/")
    if not slash:
        return b"\0" + name
    return b"\1" + folders.replace(b"/", b"\0\1") + b"\0\0" + name
