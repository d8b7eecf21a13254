"""The central directory of a zip (APPNOTE 4.3.12): every member as the archive lists it, decoded when it is asked for.

What common readers refuse is refused here too. A list of a million members costs the bytes of the directory and eight
bytes for each.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import lt
from typing import BinaryIO, NamedTuple

from archive.formats.zip_records import (
    END64_SIZE,
    LOCAL_SIZE,
    LOCATOR_SIZE,
    End64,
    EndRecord,
    unicode_path,
    zip64_values,
)

MOST_BYTES = 2 << 30
"""The longest directory that is read, some hundred bytes for each of the most members that are."""

_UTF8 = 0x800
_LATER = 8
_IN_ZIP64 = 0xFFFFFFFF
_ENTRY = struct.Struct("<5x2Bx2H4x3I2H2xH2x2I")
"""System, version, flags, method, CRC, compressed size and size, the lengths of name and extra field, disk, attributes
and offset."""

_SIZE = 46
_SIGNATURE = b"PK\x01\x02"
_STEP = struct.Struct("<4s4xH10x2I3H8xI")
"""Signature, flags, compressed size and size, the lengths of name, extra field and comment, and the offset."""

_SHARED, _SHARED_LOCAL = slice(8, 32), slice(6, 30)
"""From the flags to the length of the extra field: the bytes that an entry and its member's own header share."""

_PLAIN = struct.Struct("<8x2H8x2I2H2xH")
"""Flags, method, compressed size and size, the lengths of name and extra field, and the disk."""


class BrokenDirectoryError(ValueError):
    """The directory of the archive cannot be read; says why."""


class Entry(NamedTuple):
    """What the directory says of a member. `offset` is where its own header begins in the file; sizes are in bytes.

    `name` are the bytes that are stored; `attributes` are the external ones, `version` is the one needed to extract.
    """

    name: bytes
    system: int
    version: int
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    disk: int
    attributes: int
    offset: int
    extra: bytes

    @property
    def is_folder(self) -> bool:
        return self.name.endswith(b"/")

    @property
    def is_utf8(self) -> bool:
        """True where the archive says that the name is UTF-8."""
        return bool(self.flags & _UTF8)

    @property
    def path(self) -> bytes:
        """The name as a path: UTF-8 when it reads so, as Unix tools write it, else the Unicode path, else CP437."""
        if self.name.isascii() or reads_as_utf8(self.name):
            return self.name
        path, sound = unicode_path(self.extra, self.name)
        if path is not None and sound and reads_as_utf8(path):
            return path
        return self.name.decode("cp437").encode()


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory's bytes, where each entry begins in them, and the offset of each member as it is stated.

    The directory begins at `start` in the file, `shift` bytes behind where its end says; so do the members. `unpacked`
    is how many bytes the members have together, as stated.
    """

    content: bytes
    places: Sequence[int]
    offsets: Sequence[int]
    unpacked: int
    start: int
    shift: int

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Entry]:
        return map(self.decode, self.places)

    def entry(self, number: int) -> Entry:
        return self.decode(self.places[number])

    def decode(self, place: int) -> Entry:
        """The entry that begins at `place`, one of `places`: each was found sound when the directory was read."""
        system, version, flags, method, crc, compressed, size, long, more, disk, attributes, offset = (
            _ENTRY.unpack_from(self.content, place)
        )
        after = place + _SIZE + long
        name, extra = self.content[place + _SIZE : after], self.content[after : after + more]
        if extra and _IN_ZIP64 in (size, compressed, offset):
            size, compressed, offset = _long_values(size, compressed, offset, extra)
        return Entry(
            name, system, version, flags, method, crc, compressed, size, disk, attributes, offset + self.shift, extra
        )

    def in_file_order(self) -> Sequence[int]:
        """The numbers of the entries in the order in which their members lie in the file."""
        offsets = self.offsets
        if all(map(lt, offsets, islice(offsets, 1, None))):
            return range(len(offsets))
        return sorted(range(len(offsets)), key=offsets.__getitem__)

    def plain_span(self, number: int, file: BinaryIO) -> tuple[int, int] | None:
        """First byte and end of a member whose own header says just what its entry says, with nothing left to compare.

        None where they differ, and where a Zip64 field, an extra field or a data descriptor takes a closer look.
        """
        place, start = self.places[number], self.offsets[number] + self.shift
        flags, method, compressed, size, long, more, disk = _PLAIN.unpack_from(self.content, place)
        if more or disk or flags & _LATER or (method == 0 and compressed != size) or start < 0:
            return None
        if _IN_ZIP64 in (compressed, size):
            return None
        file.seek(start)
        header = file.read(LOCAL_SIZE + long)
        entry = self.content[place : place + _SIZE + long]
        if not header.startswith(b"PK\x03\x04") or header[_SHARED_LOCAL] != entry[_SHARED]:
            return None
        return (start, start + len(header) + compressed) if header[LOCAL_SIZE:] == entry[_SIZE:] else None


NO_DIRECTORY = Directory(b"", (), (), 0, 0, 0)


def read_directory(file: BinaryIO, end: EndRecord, place: int, end64: End64 | None, most: int) -> Directory:
    """Read the directory that ends where its end records begin, as common readers find it.

    `place` is where the end record begins in the file; `most` is how many members are read at the most: one more stands
    for all that follow. Raises `BrokenDirectoryError`.
    """
    size = end.directory_size if end64 is None else end64.directory_size
    stated = end.directory_start if end64 is None else end64.directory_start
    last = place if end64 is None else place - LOCATOR_SIZE - END64_SIZE
    if size > last:
        raise BrokenDirectoryError("its directory is longer than the file")
    if size > MOST_BYTES:
        raise BrokenDirectoryError(f"its directory has {size} bytes; {MOST_BYTES} are read")
    file.seek(last - size)
    content = file.read(size)
    if len(content) != size:
        raise BrokenDirectoryError("its directory is cut off")
    return Directory(content, *_find_entries(content, most), last - size, last - size - stated)


def _find_entries(content: bytes, most: int) -> tuple[array[int], array[int], int]:
    """Where each entry begins, and where it says that its member does; and the sum of the sizes of all.

    Raises `BrokenDirectoryError` when entries do not follow each other to the last byte, or cannot be read.
    """
    places, offsets, total = array("I"), array("Q"), 0
    place, size = 0, len(content)
    while place < size and len(places) <= most:
        if place + _SIZE > size:
            raise BrokenDirectoryError("its directory is cut off")
        signature, flags, compressed, length, name, extra, comment, offset = _STEP.unpack_from(content, place)
        if signature != _SIGNATURE:
            raise BrokenDirectoryError("its directory has an entry without the signature of one")
        after = place + _SIZE + name
        if flags & _UTF8 and not reads_as_utf8(content[after - name : after]):
            raise BrokenDirectoryError("a name that is marked as UTF-8 is not UTF-8")
        if extra:
            field = content[after : after + extra]
            _judge_extra(field)
            if _IN_ZIP64 in (length, compressed, offset):
                length, compressed, offset = _long_values(length, compressed, offset, field)
        places.append(place)
        offsets.append(offset)
        total += length
        place = after + extra + comment
        if place > size:
            raise BrokenDirectoryError("its directory is cut off")
    return places, offsets, total


def _judge_extra(extra: bytes) -> None:
    """Raises `BrokenDirectoryError` where a record of the field is longer than the field."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if length + 4 > len(extra):
            raise BrokenDirectoryError(f"its extra field {kind:04x} is cut off")
        extra = extra[4 + length :]


def _long_values(size: int, compressed: int, offset: int, extra: bytes) -> tuple[int, int, int]:
    """The three numbers, those that are in the Zip64 field taken from there (4.5.3)."""
    long = zip64_values(extra)
    if long is None:
        return size, compressed, offset
    numbers = iter(long)
    try:
        return (
            next(numbers) if size == _IN_ZIP64 else size,
            next(numbers) if compressed == _IN_ZIP64 else compressed,
            next(numbers) if offset == _IN_ZIP64 else offset,
        )
    except StopIteration:
        raise BrokenDirectoryError("its Zip64 field is too short") from None


def reads_as_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
