"""Writes compound files (MS-CFB) and Outlook messages (MS-OXMSG, MS-OXTNEF) for the tests, with nothing of ours."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Tree = dict[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    left: int = _FREE
    right: int = _FREE
    child: int = _FREE
    start: int = _END
    size: int = 0


def compound_file(tree: Tree) -> bytes:
    """A compound file of version 3 with these storages and streams."""
    entries = [_Entry("Root Entry", 5)]
    small, large = bytearray(), bytearray()
    mini_fat: list[int] = []
    fat: list[int] = []

    def chain(count: int, table: list[int]) -> int:
        first = len(table)
        table += [*range(first + 1, first + count), _END]
        return first

    def add(children: Tree) -> int:
        numbers = []
        for name in sorted(children, key=lambda one: (len(one), one.upper())):
            content = children[name]
            number = len(entries)
            entries.append(_Entry(name, 2 if isinstance(content, bytes) else 1))
            numbers.append(number)
            if not isinstance(content, bytes):
                entries[number].child = add(content)
                continue
            entries[number].size = len(content)
            if not content:
                continue
            unit, table, room = (_MINI, mini_fat, small) if len(content) < _CUTOFF else (_SECTOR, fat, large)
            entries[number].start = chain(-(-len(content) // unit), table)
            room += content + bytes(-len(content) % unit)

        def balance(low: int, high: int) -> int:
            if low >= high:
                return _FREE
            middle = (low + high) // 2
            entries[numbers[middle]].left = balance(low, middle)
            entries[numbers[middle]].right = balance(middle + 1, high)
            return numbers[middle]

        return balance(0, len(numbers))

    entries[0].child = add(tree)
    sectors = bytearray(large)

    def store(content: bytes) -> int:
        nonlocal sectors
        if not content:
            return _END
        start = chain(-(-len(content) // _SECTOR), fat)
        sectors += content + bytes(-len(content) % _SECTOR)
        return start

    entries[0].start, entries[0].size = store(bytes(small)), len(small)
    packed = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_start = store(packed + b"\xff" * (-len(packed) % _SECTOR))
    directory = b"".join(
        struct.pack(
            "<64sHBBIII16sIQQIQ", one.name.encode("utf-16-le"), 2 * len(one.name) + 2, one.kind, 1, one.left,
            one.right, one.child, bytes(16), 0, 0, 0, one.start, one.size,
        )
        for one in entries
    )  # fmt: skip
    unused = struct.pack("<64sHBBIII", b"", 0, 0, 0, _FREE, _FREE, _FREE) + bytes(48)
    directory_start = store(directory + unused * (-len(entries) % 4))
    needed = 0
    while needed * 128 < len(fat) + needed:
        needed += 1
    assert needed <= 109
    own = [*range(len(fat), len(fat) + needed)]
    fat += [_FAT] * needed
    fat += [_FREE] * (needed * 128 - len(fat))
    sectors += struct.pack(f"<{len(fat)}I", *fat)
    mini_sectors = -(-len(packed) // _SECTOR)
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6), 0,
        needed, directory_start, 0, _CUTOFF, mini_start, mini_sectors, _END, 0,
        own[0] if own else _FREE,
    )  # fmt: skip
    header += struct.pack("<108I", *[*own[1:], *[_FREE] * (109 - len(own))])
    return header + bytes(sectors)


@dataclass
class Outlook:
    """A message to be written. A property is (number, kind): a value; names are those of properties from 0x8000 on."""

    properties: dict[tuple[int, int], object] = field(default_factory=dict)
    recipients: list[dict[tuple[int, int], object]] = field(default_factory=list)
    attachments: list[dict[tuple[int, int], object]] = field(default_factory=list)
    names: dict[int, str | int] = field(default_factory=dict)


def file_time(*when: int) -> int:
    """A time in UTC as Outlook counts it."""
    return int((datetime(*when, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def outlook_message(message: Outlook) -> bytes:
    """The message as an .msg file."""
    tree = _holder(message, 32)
    entries, strings = b"", b""
    for number, name in sorted(message.names.items()):
        if isinstance(name, int):
            entries += struct.pack("<IHH", name, 2 << 1, number - 0x8000)
        else:
            text = name.encode("utf-16-le")
            entries += struct.pack("<IHH", len(strings), 2 << 1 | 1, number - 0x8000)
            strings += struct.pack("<I", len(text)) + text + bytes(-len(text) % 4)
    tree["__nameid_version1.0"] = {
        "__substg1.0_00020102": b"", "__substg1.0_00030102": entries, "__substg1.0_00040102": strings,
    }  # fmt: skip
    return compound_file(tree)


def _holder(message: Outlook, head: int) -> Tree:
    tree = _properties(message.properties, head)
    for place, recipient in enumerate(message.recipients):
        tree[f"__recip_version1.0_#{place:08X}"] = _properties(recipient, 8)
    for place, attachment in enumerate(message.attachments):
        tree[f"__attach_version1.0_#{place:08X}"] = _properties(attachment, 8)
    return tree


def _properties(properties: dict[tuple[int, int], object], head: int) -> Tree:
    tree: Tree = {}
    stream = bytes(head)
    for (number, kind), value in properties.items():
        fixed = bytes(8)
        name = f"__substg1.0_{number:04X}{kind:04X}"
        if isinstance(value, Outlook):
            tree[name] = _holder(value, 24)
            fixed = b"\xff\xff\xff\xff\x01\0\0\0"
        elif isinstance(value, tuple):
            parts = [_packed(kind & 0xFFF, one) + (b"\0\0" if kind == 0x101F else b"") for one in value]
            tree[name] = b"".join(struct.pack("<I", len(part)) for part in parts)
            for place, part in enumerate(parts):
                tree[f"{name}-{place:08X}"] = part
        elif isinstance(value, str | bytes):
            tree[name] = _packed(kind, value)
            fixed = struct.pack("<II", len(_packed(kind, value)) + (2 if kind == 0x1F else 1 if kind == 0x1E else 0), 0)
        else:
            assert isinstance(value, int)
            fixed = struct.pack("<q", value)
        stream += struct.pack("<HHI", kind, number, 6) + fixed
    tree["__properties_version1.0"] = stream
    return tree


def _packed(kind: int, value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-16-le" if kind == 0x1F else "utf-8")
    assert isinstance(value, bytes)
    return value


def winmail(
    properties: dict[tuple[int, int], object], attachments: list[tuple[str, bytes, dict[tuple[int, int], object]]]
) -> bytes:
    """A winmail.dat: the properties of the message, and attachments by their short names, contents and properties."""
    made = struct.pack("<IH", 0x223E9F78, 1)
    made += _attribute(1, 0x00069007, struct.pack("<II", 1252, 0)) + _attribute(1, 0x00069003, _listed(properties))
    for name, content, more in attachments:
        made += _attribute(2, 0x00069002, bytes(14)) + _attribute(2, 0x00018010, name.encode() + b"\0")
        made += _attribute(2, 0x0006800F, content) + (_attribute(2, 0x00069005, _listed(more)) if more else b"")
    return made


def _attribute(level: int, tag: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def _listed(properties: dict[tuple[int, int], object]) -> bytes:
    made = struct.pack("<I", len(properties))
    for (number, kind), value in properties.items():
        made += struct.pack("<HH", kind, number)
        if number >= 0x8000:
            name = "Keywords".encode("utf-16-le") + b"\0\0"
            made += bytes(16) + struct.pack("<II", 1, len(name)) + name + bytes(-len(name) % 4)
        if isinstance(value, str | bytes):
            packed = _packed(kind, value) + (b"\0\0" if kind == 0x1F else b"\0" if kind == 0x1E else b"")
            made += struct.pack("<II", 1, len(packed)) + packed + bytes(-len(packed) % 4)
        else:
            assert isinstance(value, int)
            made += struct.pack("<q" if kind in (0x40, 0x14) else "<i", value)
    return made
