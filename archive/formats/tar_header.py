"""Headers of tar members: ustar, pax and GNU, from their bytes (POSIX.1-2017, pax)."""

from __future__ import annotations

from dataclasses import dataclass

BLOCK = 512
REGULAR = (b"0", b"\x00", b"7")
FOLDER = b"5"
_MAX_EXTENSION = 1 << 20


class TarError(ValueError):
    """These bytes are no tar header; the argument says why."""


@dataclass(frozen=True, slots=True)
class TarHeader:
    """One header block. `name` and `link` as written there; `size` in bytes."""

    name: bytes
    size: int
    kind: bytes
    link: bytes


def parse_header(block: bytes) -> TarHeader | None:
    """The header in these 512 bytes, None for a block of zeros. Raises `TarError`."""
    if block.count(0) == BLOCK:
        return None
    stated = _number(block[148:156])
    plain = sum(block[:148]) + 8 * 32 + sum(block[156:])
    signed = plain - 256 * sum(1 for byte in block[:148] + block[156:] if byte > 127)
    if stated not in (plain, signed):
        raise TarError("a member's header has a wrong checksum")
    name = block[:100].split(b"\x00", 1)[0]
    if block[257:262] == b"ustar" and block[263:265] == b"00":
        prefix = block[345:500].split(b"\x00", 1)[0]
        name = prefix + b"/" + name if prefix else name
    size = _number(block[124:136])
    return TarHeader(name, size, block[156:157], block[157:257].split(b"\x00", 1)[0])


def _number(data: bytes) -> int:
    if data[:1] in (b"\x80", b"\xff"):
        value = int.from_bytes(data[1:], "big")
        if data[:1] == b"\xff" or value >= 1 << 62:
            raise TarError("a member's header holds an impossible number")
        return value
    text = data.split(b"\x00", 1)[0].strip(b" ")
    if not text:
        return 0
    if text.strip(b"01234567"):
        raise TarError("a member's header holds what is no number")
    return int(text, 8)


def check_extension(size: int) -> None:
    """Raises `TarError` when an extended header is larger than any honest one."""
    if size > _MAX_EXTENSION:
        raise TarError("an extended header is larger than any honest one")


def parse_pax(data: bytes) -> dict[bytes, bytes]:
    """The records of a pax extended header: "LENGTH KEY=VALUE\\n" each. Raises `TarError`."""
    records: dict[bytes, bytes] = {}
    place = 0
    while place < len(data):
        space = data.find(b" ", place, place + 12)
        digits = data[place:space] if space > 0 else b""
        if not digits.isdigit():
            raise TarError("an extended header is malformed")
        end = place + int(digits)
        record = data[space + 1 : end]
        key, equals, value = record[:-1].partition(b"=")
        if end > len(data) or end <= space or not record.endswith(b"\n") or not equals:
            raise TarError("an extended header is malformed")
        records[key] = value
        place = end
    return records
