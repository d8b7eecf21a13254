"""Headers of tar members: ustar, pax and GNU, from their bytes (POSIX.1-2017, pax)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import adler32

BLOCK = 512
REGULAR = (b"0", b"\x00", b"7")
FOLDER = b"5"
_MAX_EXTENSION = 1 << 20
_NUMBERS = (
    ("mode", 100, 108), ("owner", 108, 116), ("group", 116, 124), ("date", 136, 148),
    ("major device", 329, 337), ("minor device", 337, 345),
)  # fmt: skip
_OCTAL = re.compile(rb" *[0-7]* *")
_PLAIN_OWNERS = re.compile(rb"(?:[0-7]{7}\x00){3}")
_PLAIN_DATE = re.compile(rb"[0-7]{11}[\x00 ]")
_PLAIN_DEVICES = (bytes(16), b"0000000\x000000000\x00")
"""How most writers fill the fields of `_NUMBERS`."""
_WHOLE = re.compile(rb"[0-9]{1,18}")
_TIME = re.compile(rb"-?[0-9]{1,18}(?:\.[0-9]*)?")
_PAX_NUMBERS = {
    **dict.fromkeys((b"mtime", b"atime", b"ctime", b"LIBARCHIVE.creationtime"), _TIME),
    **dict.fromkeys((b"uid", b"gid", b"SCHILY.dev", b"SCHILY.ino", b"SCHILY.nlink"), _WHOLE),
    **dict.fromkeys((b"SCHILY.devmajor", b"SCHILY.devminor"), _WHOLE),
}
_SPACES = 8 * ord(" ")
"""What the checksum's own eight bytes count for in it: they are summed as spaces."""
_ASCII = bytes(range(128))
_LARGEST_OCTAL = 0o77777777777
"""The largest size in bytes that a header can hold in octal; above it the extended header alone tells the size."""


class TarError(ValueError):
    """These bytes are not a tar header; the argument says why."""


class TarHeader(NamedTuple):
    """One header block. `name` and `link` as written there; `size` in bytes; `posix` says ustar.

    `odd` names the field, if any, whose number only some tools can read: the others refuse the member or stop there.
    `prefix` is true where some tools would put more in front of the name.
    """

    name: bytes
    size: int
    kind: bytes
    link: bytes
    posix: bool
    odd: str | None = None
    prefix: bool = False


def parse_header(block: bytes) -> TarHeader | None:
    """The header in these 512 bytes, None for a block of zeros. Raises `TarError`."""
    if not block[0] and block.count(0) == BLOCK:
        return None
    stated = _number(block[148:156])
    plain = _sum(block[:256]) + _sum(block[256:]) - _sum(block[148:156]) + _SPACES
    if stated != plain and stated != plain - 256 * _count_high(block):  # some writers sum signed bytes
        raise TarError("a member's header has a wrong checksum")
    name = block[:100].split(b"\x00", 1)[0]
    posix = block[257:262] == b"ustar"
    prefix = block[345:500].split(b"\x00", 1)[0] if block[345] else b""
    known = block[257:265] == b"ustar\x0000"
    if known and prefix:
        name = prefix + b"/" + name
    size = _number(block[124:136])
    link = block[157:257].split(b"\x00", 1)[0]
    return TarHeader(name, size, block[156:157], link, posix, _odd_field(block), bool(prefix) and not known)


def _sum(data: bytes) -> int:
    """The sum of up to 256 bytes: Adler-32 has it in its low half, modulo 65,521, which 256 bytes cannot reach."""
    return adler32(data, 0) & 0xFFFF


def _count_high(block: bytes) -> int:
    """How many bytes of a header, outside of its checksum, are above 127."""
    return len((block[:148] + block[156:]).translate(None, _ASCII))


def _odd_field(block: bytes) -> str | None:
    """The first field besides size and checksum that does not hold a number; Python reads all of them in any header."""
    if (
        block[329:345] in _PLAIN_DEVICES
        and _PLAIN_OWNERS.fullmatch(block, 100, 124) is not None
        and _PLAIN_DATE.fullmatch(block, 136, 148) is not None
    ):
        return None
    for field_name, start, end in _NUMBERS:
        data = block[start:end]
        if data[:1] not in (b"\x80", b"\xff") and _OCTAL.fullmatch(data.split(b"\x00", 1)[0]) is None:
            return field_name
    return None


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
        raise TarError("a member's header holds something that is not a number")
    return int(text, 8)


def check_extension(size: int) -> None:
    """Raises `TarError` when an extended header is larger than any honest one."""
    if size > _MAX_EXTENSION:
        raise TarError("an extended header is larger than any honest one")


def parse_pax(data: bytes) -> tuple[dict[bytes, bytes], frozenset[bytes]]:
    """The records of a pax extended header, "LENGTH KEY=VALUE\\n" each, and the keys it gives two values.

    Raises `TarError`.
    """
    records: dict[bytes, bytes] = {}
    contradicted: set[bytes] = set()
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
        if records.setdefault(key, value) != value:
            contradicted.add(key)
        records[key] = value
        place = end
    return records, frozenset(contradicted)


@dataclass(slots=True)
class Extensions:
    """The extended headers that precede one member, and those that hold for all that follow.

    Tools differ in which of several they believe, so whatever is said twice is remembered as a contradiction.
    """

    pax: dict[bytes, bytes] = field(default_factory=dict)
    gnu: dict[bytes, bytes] = field(default_factory=dict)
    everywhere: dict[bytes, bytes] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    headers: int = 0

    @property
    def pending(self) -> bool:
        """True when an extended header waits for its member."""
        return bool(self.headers or self.gnu)

    def take(self, kind: bytes, data: bytes) -> None:
        """Take the content of an extended header of type x, g, L or K. Raises `TarError`."""
        if kind == b"g":
            records, contradicted = parse_pax(data)
            if records.keys() & {b"path", b"linkpath", b"size"}:
                self.contradictions.append("a global header gives every member the same name or size")
            self.everywhere |= records
        elif kind == b"x":
            records, contradicted = parse_pax(data)
            if self.headers:
                self.contradictions.append("it has two extended headers")
            self.headers += 1
            self.pax |= records
        else:
            contradicted = frozenset()
            key = b"path" if kind == b"L" else b"linkpath"
            if key in self.gnu:
                self.contradictions.append("it has two GNU long names")
            name = data.split(b"\x00", 1)[0]
            if data[len(name) :].strip(b"\x00"):
                self.contradictions.append("its GNU long name goes on after its end")
            self.gnu[key] = name
        if contradicted:
            keys = b", ".join(sorted(contradicted)).decode("utf-8", "replace")
            self.contradictions.append(f"an extended header gives two values for {keys}")

    def resolve(self, header: TarHeader) -> tuple[bytes, int, dict[bytes, bytes], list[str]]:
        """Name, size in bytes, pax facts and contradictions of the member of `header`; forgets what was for it alone.

        Raises `TarError`.
        """
        if not (self.headers or self.pax or self.gnu or self.everywhere or self.contradictions or header.prefix):
            return header.name, header.size, {}, []
        facts, gnu, why = self.everywhere | self.pax, self.gnu, self.contradictions
        self.pax, self.gnu, self.contradictions, self.headers = {}, {}, [], 0
        if gnu.keys() & facts.keys():
            why.append("a GNU long name and a pax header both name it")
        why += _find_odd_values(facts)
        if header.prefix:
            why.append("only some tools read the bytes after its header's numbers as the beginning of its name")
        name = facts.get(b"path", gnu.get(b"path", header.name))
        stated = facts.get(b"size")
        if facts.get(b"SCHILY.realsize", b"%d" % header.size if stated is None else stated) != (
            b"%d" % header.size if stated is None else stated
        ):
            why.append("an extended header names a second size, which only some tools read")
        if stated is None:
            return name, header.size, facts, why
        if not stated.isdigit() or len(stated) > 19:
            raise TarError("an extended header holds an impossible size")
        size = int(stated)
        if header.size not in (size, 0) or (header.size != size and size <= _LARGEST_OCTAL):
            why.append("its header and its extended header name two sizes")
        return name, size, facts, why


def _find_odd_values(facts: dict[bytes, bytes]) -> list[str]:
    """Numbers of an extended header that only some tools can read: the others refuse the member or stop there."""
    return [
        f"{key.decode()} in its extended header is not a number, which only some tools pass over"
        for key, form in _PAX_NUMBERS.items()
        if key in facts and form.fullmatch(facts[key]) is None
    ]
