"""Zip records that are compared with each other: local headers and the end of the archive (APPNOTE 4.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

LOCAL_SIZE = 30
END_SIZE = 22
MAX_COMMENT = 0xFFFF
_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
DESCRIPTOR_SIZES = (0, 12, 16, 20, 24)
"""What may follow a member's bytes: nothing, or a data descriptor, with or without signature, 32 or 64 bits."""


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


def bytes_after_end(tail: bytes) -> int | None:
    """How many bytes follow the end of central directory and its comment in `tail`, the archive's last bytes.

    None when there is no end record.
    """
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        record = tail[place : place + END_SIZE]
        if len(record) == END_SIZE:
            comment: int = _END.unpack(record)[7]
            rest = len(tail) - place - END_SIZE - comment
            if rest >= 0:
                return rest
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return None
