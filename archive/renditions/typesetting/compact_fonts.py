"""What a PDF needs to know of a CFF table: whether its glyphs are keyed by CIDs, and by which (Adobe TN 5176)."""

from __future__ import annotations

import struct

_ROS = (12, 30)
_CHARSET = (15,)


def find_cids(table: bytes, glyphs: int) -> tuple[int, ...] | None:
    """The CID of every glyph, or None for a font that is keyed by names. Raises ValueError, IndexError or
    `struct.error` for a table that cannot be read.
    """
    names = _skip_index(table, table[2])
    start, end = _first_of_index(table, names)
    operators = dict(_read_dictionary(table[start:end]))
    if _ROS not in operators:
        return None
    return tuple(_read_charset(table, operators[_CHARSET][0], glyphs))


def _offsets(table: bytes, at: int) -> tuple[int, int, int]:
    """How many entries an INDEX has, the size of its offsets, and where its data are counted from."""
    (count,) = struct.unpack_from(">H", table, at)
    size = table[at + 2] if count else 0
    return count, size, at + 2 + size * (count + 1)


def _offset(table: bytes, at: int, number: int) -> int:
    _, size, data = _offsets(table, at)
    place = at + 3 + number * size
    return data + int.from_bytes(table[place : place + size], "big")


def _skip_index(table: bytes, at: int) -> int:
    count, _, _ = _offsets(table, at)
    return _offset(table, at, count) if count else at + 2


def _first_of_index(table: bytes, at: int) -> tuple[int, int]:
    return _offset(table, at, 0), _offset(table, at, 1)


def _read_dictionary(data: bytes) -> list[tuple[tuple[int, ...], list[int]]]:
    """Operators and their operands; of real numbers only the place is kept."""
    entries: list[tuple[tuple[int, ...], list[int]]] = []
    operands: list[int] = []
    at = 0
    while at < len(data):
        first = data[at]
        at += 1
        if first <= 21:
            key: tuple[int, ...] = (first,)
            if first == 12:
                key = (12, data[at])
                at += 1
            entries.append((key, operands))
            operands = []
        elif first == 28:
            operands.append(struct.unpack_from(">h", data, at)[0])
            at += 2
        elif first == 29:
            operands.append(struct.unpack_from(">i", data, at)[0])
            at += 4
        elif first == 30:
            while data[at] & 0x0F != 0x0F:
                at += 1
            at += 1
            operands.append(0)
        elif 32 <= first <= 246:
            operands.append(first - 139)
        elif first <= 250:
            operands.append((first - 247) * 256 + data[at] + 108)
            at += 1
        elif first <= 254:
            operands.append(-(first - 251) * 256 - data[at] - 108)
            at += 1
        else:
            raise ValueError("a reserved byte in a dictionary")
    return entries


def _read_charset(table: bytes, at: int, glyphs: int) -> list[int]:
    cids = [0]
    form = table[at]
    at += 1
    if form == 0:
        cids += struct.unpack_from(f">{glyphs - 1}H", table, at)
        return cids
    step = 3 if form == 1 else 4
    while len(cids) < glyphs:
        first, left = struct.unpack_from(">HB" if form == 1 else ">HH", table, at)
        cids += range(first, first + left + 1)
        at += step
    return cids[:glyphs]
