"""Zip records that are compared with each other: local headers and the end of the archive (APPNOTE 4.3)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

LOCAL_SIZE = 30
END_SIZE = 22
MAX_COMMENT = 0xFFFF
_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
MAX_DESCRIPTOR = 24
_UNICODE_PATH = 0x7075


@dataclass(frozen=True, slots=True)
class LocalHeader:
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


@dataclass(frozen=True, slots=True)
class EndRecord:
    """The end of central directory: how many entries it states, its comment, and how many bytes follow it."""

    entries: int
    comment: bytes
    after: int


def parse_end(tail: bytes) -> EndRecord | None:
    """The end record in `tail`, the archive's last bytes; None when there is none."""
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        record = tail[place : place + END_SIZE]
        if len(record) == END_SIZE:
            fields = _END.unpack(record)
            start = place + END_SIZE
            rest = len(tail) - start - fields[7]
            if rest >= 0:
                return EndRecord(fields[4], tail[start : start + fields[7]], rest)
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return None
