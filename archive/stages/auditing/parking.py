"""Bags as an audit opens them, batch by batch: what was learned of an archive is kept for the next batch.

A worker gets many batches of one archive. So what the first of them learned, where each member is and how far a
compressed stream was read, is kept in the process for the next, as long as the file stays the same; the file itself
is let go of in between. All batches of an archive together so cost one pass a worker, not one pass a batch. Of deposits
that only their target reads, the reader that was used last stays open, for it may have brought the whole deposit here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from archive.bags.opening import (
    ArchiveFile,
    names_version,
    open_archive,
    open_file,
    open_folder,
    open_reader,
    require_place,
)
from archive.bags.reader import BagReader, Beat
from archive.errors import NotFoundError
from archive.model.addresses import is_deposit
from archive.model.light import light_dataclass

MOST_PARKED = 4

Key = tuple[str, tuple[object, ...]]


@contextmanager
def open_parked(address: str, options: Mapping[str, Any], beat: Beat) -> Iterator[BagReader]:
    """The bag at `address` until the context ends: an archive with what was learned of it before, if it is the same.

    Raises `NotFoundError` when nothing is there, `NotABagError` for a file that is not an archive, `FormatError` for an
    OCFL object with a broken inventory, OSError, and what a bucket or target raises.
    """
    if is_deposit(address):
        with _open_deposit(address, options, beat) as reader:
            yield reader
        return
    try:
        file = None
        if names_version(address):
            reader = open_reader(address)
        elif (file := open_file(address, options)) is None:
            reader = open_folder(address, options)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError("there is no bag here", subject=address) from None
    if file is None:
        try:
            yield reader
        finally:
            reader.close()
        return
    archive = _take(file, beat)
    try:
        yield archive.reader
    finally:
        _park(archive)


@light_dataclass(frozen=True, slots=True)
class _Parked:
    """An archive that was read before, and the file through which its reader reads."""

    key: Key
    file: ParkedFile
    reader: BagReader


class ParkedFile:
    """A file that can be let go of and taken up again where it stood. Every read of it tells that the worker lives.

    Also the `Progress` of the reader that reads it.
    """

    def __init__(self, file: BinaryIO, beat: Beat) -> None:
        self._file = file
        self._beat = beat
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        self._beat(0)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()

    def park(self) -> None:
        self._place = self._file.tell()
        self._file.close()

    def wake(self, file: BinaryIO, beat: Beat) -> None:
        """Go on with `file`, the same one opened again."""
        self._file, self._beat = file, beat
        file.seek(self._place)

    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def advance(self, size: int) -> None:
        self._beat(size)

    def end(self) -> None:
        return None


class _Line:
    """Tells the worker that has the reader now what is read. Also the `Progress` of that reader."""

    def __init__(self, beat: Beat) -> None:
        self.beat = beat

    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def advance(self, size: int) -> None:
        self.beat(size)

    def end(self) -> None:
        return None


_parked: dict[Key, _Parked] = {}
_deposits: dict[Key, tuple[_Line, BagReader]] = {}
_parking = threading.Lock()


@contextmanager
def _open_deposit(address: str, options: Mapping[str, Any], beat: Beat) -> Iterator[BagReader]:
    place = require_place(address, options)
    key: Key = (address, (place.token,))
    with _parking:
        known = _deposits.pop(key, None)
    if known is None:
        close_deposits()
        line = _Line(beat)
        reader = open_reader(address, options=options, progress=line)
    else:
        line, reader = known
        line.beat = beat
    try:
        yield reader
    except BaseException:
        reader.close()
        raise
    with _parking:
        left = _deposits.pop(key, None)
        _deposits[key] = line, reader
    if left is not None:
        left[1].close()


def close_deposits() -> None:
    """End the connections to deposits that are kept for a next batch, and remove what was brought here of them."""
    with _parking:
        left = list(_deposits.values())
        _deposits.clear()
    for _line, reader in left:
        reader.close()


def _take(file: ArchiveFile, beat: Beat) -> _Parked:
    """The archive with what was learned of it before, if `identity` says that it is the same."""
    key = (file.address, file.identity)
    with _parking:
        known = _parked.pop(key, None)
    try:
        if known is None:
            parked = ParkedFile(file.stream, beat)
            reader = open_archive(ArchiveFile(*key, cast(BinaryIO, parked)), progress=parked)
            return _Parked(key, parked, reader)
        known.file.wake(file.stream, beat)
    except BaseException:
        file.stream.close()
        raise
    return known


def _park(archive: _Parked) -> None:
    archive.file.park()
    with _parking:
        _parked[archive.key] = archive
        while len(_parked) > MOST_PARKED:
            del _parked[next(iter(_parked))]
