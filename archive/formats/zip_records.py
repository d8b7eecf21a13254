"""Zip records that are compared with each other: local headers and the end of the archive (APPNOTE 4.3)."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LOCAL_SIZE = 30
END_SIZE = 22
MAX_COMMENT = 0xFFFF
_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
MAX_DESCRIPTOR = 24
LOCATOR_SIZE = 20
END64_SIZE = 56
_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_UNICODE_PATH = 0x7075
_ZIP64 = 0x0001
_FOLDED = re.compile(rb"[\x00-\x1f]|;[0-9]+$")


class LocalHeader(NamedTuple):
    """A member's own header. `tail` is how many bytes of name and extra follow it."""

    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    name_length: int
    tail: int

    @property
    def described_later(self) -> bool:
        """True when sizes and CRC come after the data."""
        return bool(self.flags & 8)


def parse_local_header(data: bytes) -> LocalHeader | None:
    """The local header in these 30 bytes, or None when they are none."""
    if len(data) < LOCAL_SIZE or data[:4] != b"PK\x03\x04":
        return None
    _, _, flags, method, _, _, crc, compressed, size, name, extra = _LOCAL.unpack(data)
    return LocalHeader(flags, method, crc, compressed, size, name, name + extra)


def is_descriptor(data: bytes, crc: int, compressed: int, size: int) -> bool:
    """True when `data` is a data descriptor that says this, with or without signature, 32 or 64 bits (4.3.9)."""
    bodies = [struct.pack("<IQQ", crc, compressed, size)]
    if max(compressed, size) < 1 << 32:
        bodies.append(struct.pack("<III", crc, compressed, size))
    return any(data in (body, b"PK\x07\x08" + body) for body in bodies)


def unicode_path(extra: bytes, stored: bytes) -> tuple[bytes | None, bool]:
    """The Info-ZIP Unicode path in an extra field (4.6.9), None where there is none, and whether it is sound.

    It is sound when it was made for the name `stored`, and there is one at most.
    """
    found: list[bytes] = []
    sound, head = True, b"\x01" + struct.pack("<I", zlib.crc32(stored))
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH:
            found.append(body[5:])
            sound = sound and len(body) > 5 and body.startswith(head)
    return (found[0] if found else None), sound and len(found) < 2


def zip64_values(extra: bytes) -> tuple[int, ...] | None:
    """The 64-bit numbers of a Zip64 extended information field (4.5.3) in their order; None where there is none.

    The last number of a field whose length is not a multiple of eight is the disk, and is left out here.
    """
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _ZIP64:
            whole = len(body) // 8
            return struct.unpack(f"<{whole}Q", body[: 8 * whole])
    return None


def is_sound_extra(extra: bytes) -> bool:
    """True when an extra field is whole records to its last byte, and none that names or sizes occurs twice (4.5.1)."""
    seen: set[int] = set()
    while extra:
        if len(extra) < 4:
            return False
        kind, length = struct.unpack_from("<HH", extra)
        if len(extra) < 4 + length or (kind in (_ZIP64, _UNICODE_PATH) and kind in seen):
            return False
        seen.add(kind)
        extra = extra[4 + length :]
    return True


def other_readings(name: bytes, stored: bytes, *, utf8: bool) -> tuple[bytes, ...]:
    """The names under which common tools unpack the member `name`, besides itself.

    `stored` are the bytes of the name in the archive, `utf8` what its flag says of them. Info-ZIP drops control
    characters and a version number as VMS has it, libarchive composes letters, Python reads what is not marked as
    UTF-8 in CP437 (APPNOTE D.1).
    """
    if name.isascii() and name.decode("ascii").isprintable() and b";" not in name:
        return ()
    text = name.decode("utf-8", "surrogateescape")
    found = {_FOLDED.sub(b"", name), unicodedata.normalize("NFC", text).encode("utf-8", "surrogateescape")}
    if not utf8:
        found.add(stored.decode("cp437").encode())
    return tuple(found - {name})


@dataclass(frozen=True, slots=True)
class EndRecord:
    """The end of the central directory (4.3.16): the numbers as it states them, its comment, the bytes after it.

    `place` is where it begins, counted from the start of the bytes it was read from. `after` is below zero where the
    file ends before the comment does.
    """

    disk: int
    directory_disk: int
    entries_here: int
    entries: int
    directory_size: int
    directory_start: int
    comment: bytes
    after: int
    place: int


def parse_end(tail: bytes) -> EndRecord | None:
    """The end record in `tail`, the archive's last bytes; None when there is none.

    The last one with its whole comment counts; where there is none, the last with a part of it.
    """
    cut_off: EndRecord | None = None
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        record = tail[place : place + END_SIZE]
        if len(record) == END_SIZE:
            _, disk, directory_disk, here, entries, size, start, length = _END.unpack(record)
            first = place + END_SIZE
            rest = len(tail) - first - length
            comment = tail[first : first + length]
            found = EndRecord(disk, directory_disk, here, entries, size, start, comment, rest, place)
            if rest >= 0:
                return found
            cut_off = cut_off or found
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return cut_off


@dataclass(frozen=True, slots=True)
class End64:
    """The Zip64 end record and its locator (4.3.14, 4.3.15), as far as they state what other records state too."""

    disks: int
    disk: int
    directory_disk: int
    entries_here: int
    entries: int
    directory_size: int
    directory_start: int


def parse_end64(locator: bytes, record: bytes) -> End64 | None:
    """The Zip64 end in its locator (20 bytes) and record (56 bytes); None when they are not these."""
    if len(locator) != LOCATOR_SIZE or locator[:4] != b"PK\x06\x07" or len(record) != END64_SIZE:
        return None
    _, locator_disk, _, disks = _LOCATOR.unpack(locator)
    signature, length, _, _, disk, directory_disk, here, entries, size, start = _END64.unpack(record)
    if signature != b"PK\x06\x06" or length != END64_SIZE - 12:
        return None
    return End64(disks, max(disk, locator_disk), directory_disk, here, entries, size, start)


def locator_target(locator: bytes) -> int | None:
    """Where the locator says that the Zip64 end record begins; None when these bytes are not a locator."""
    if len(locator) != LOCATOR_SIZE or locator[:4] != b"PK\x06\x07":
        return None
    return int(_LOCATOR.unpack(locator)[2])


def judge_end(end: EndRecord, end64: End64 | None, entries: int, directory_size: int) -> Iterator[str]:
    """What the end records say that is not so: readers differ in which of these numbers they believe.

    `entries` and `directory_size` (bytes) are those of the directory that was read.
    """
    if not {end.disk, end.directory_disk} <= ({0} if end64 is None else {0, 0xFFFF}):
        yield "its end says that it is a part of several disks"
    stated = {
        "members": (end.entries, 0xFFFF, entries, None if end64 is None else end64.entries),
        "members on this disk": (end.entries_here, 0xFFFF, entries, None if end64 is None else end64.entries_here),
        "bytes in its directory": (
            end.directory_size,
            0xFFFFFFFF,
            directory_size,
            None if end64 is None else end64.directory_size,
        ),
    }
    for what, (short, elsewhere, found, long) in stated.items():
        if long is not None and long != found:
            yield f"its Zip64 end says {long} {what}, it has {found}"
        if short != found and not (short == elsewhere and long is not None):
            yield f"its end says {short} {what}, it has {found}"
    if end64 is not None:
        if end64.disks != 1 or end64.disk or end64.directory_disk:
            yield "its Zip64 end says that it is a part of several disks"
        if end.directory_start not in (0xFFFFFFFF, end64.directory_start):
            yield "its two ends name different places of the directory"
