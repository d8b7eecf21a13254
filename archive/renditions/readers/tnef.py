"""winmail.dat: the items that Outlook packs as TNEF (MS-OXTNEF)."""

from __future__ import annotations

import struct

from archive.renditions.readers.mapi import (
    BINARY,
    BODY,
    CODE_PAGE,
    MANY,
    MESSAGE_CLASS,
    OBJECT,
    STRING8,
    SUBJECT,
    UNICODE,
    Item,
    Property,
    Value,
    unpack_fixed,
)

_SIGNATURE = b"\x78\x9f\x3e\x22"
_HEAD = struct.Struct("<BII")
_DEEPEST = 12
_MOST_PROPERTIES = 20_000
_RENDERING, _PROPERTIES, _RECIPIENTS, _ATTACHMENT = 0x9002, 0x9003, 0x9004, 0x9005
_TITLE, _DATA, _OEM_CODE_PAGE = 0x8010, 0x800F, 0x9007
_PLAIN = {0x8004: SUBJECT, 0x800C: BODY, 0x8008: MESSAGE_CLASS}
"""Attributes that are texts of their own, and the properties for which they are written."""
_TECHNICAL = frozenset({0x9006, 0x8009, 0x800D, 0x8005, 0x8006, 0x8020, 0x8007, 0x800A, 0x800B, 0x8000, 0x9001, 0x8012,
                        0x8013, 0x9008, 0x9009})  # fmt: skip
"""Attributes whose values the properties of the message have as well, or that mean nothing to a person."""
_METAFILE = 0x8011
FILE_NAME, FILE_DATA, LONG_FILE_NAME = 0x3704, 0x3701, 0x3707


def read_tnef(content: bytes, depth: int = 0) -> Item:
    """The item in a winmail.dat. What is damaged or cut off is in its `problems`; what came before is kept.

    Raises `ValueError` when it is not TNEF at all.
    """
    if not content.startswith(_SIGNATURE):
        raise ValueError("it does not begin as TNEF does")
    item = Item()
    attachment: Item | None = None
    at = 6
    while at < len(content):
        if at + _HEAD.size > len(content):
            item.problems.append("it is cut off")
            break
        level, tag, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        value = content[at : at + length]
        said = content[at + length : at + length + 2]
        at += length + 2
        if level not in (1, 2) or len(value) < length or len(said) < 2:
            item.problems.append("it is cut off or damaged")
            break
        if sum(value) & 0xFFFF != int.from_bytes(said, "little"):
            item.problems.append(f"the checksum of its part 0x{tag & 0xFFFF:04X} does not fit")
        number = tag & 0xFFFF
        if level == 2 and (number == _RENDERING or attachment is None):
            attachment = Item()
            item.attachments.append(attachment)
        try:
            _take(item, attachment if level == 2 else None, number, value, depth)
        except (ValueError, struct.error) as error:
            item.problems.append(f"its part 0x{number:04X} cannot be read: {error}")
    return item


def _take(item: Item, attachment: Item | None, number: int, value: bytes, depth: int) -> None:
    holder = attachment if attachment is not None else item
    if number in (_PROPERTIES, _ATTACHMENT):
        properties, inner = _read_properties(_Cursor(value), depth)
        holder.properties += properties
        holder.inner = inner or holder.inner
    elif number == _RECIPIENTS:
        cursor = _Cursor(value)
        for _ in range(cursor.number()):
            item.recipients.append(Item(_read_properties(cursor, depth)[0]))
    elif number == _OEM_CODE_PAGE and len(value) >= 4:
        # It comes first, and holds where the properties name none.
        item.properties.append(Property(CODE_PAGE, 0x0003, (int.from_bytes(value[:4], "little"),)))
    elif number in _PLAIN and attachment is None:
        item.properties.append(Property(_PLAIN[number], STRING8, (value.rstrip(b"\0"),)))
    elif number == _TITLE:
        holder.properties.append(Property(FILE_NAME, STRING8, (value.rstrip(b"\0"),)))
    elif number == _DATA:
        holder.properties.append(Property(FILE_DATA, BINARY, (value,)))
    elif number not in (_RENDERING, _METAFILE, *_TECHNICAL):
        item.problems.append(f"its part 0x{number:04X} is not known here")


class _Cursor:
    """A place in the bytes of properties. Each step raises `ValueError` when there are too few of them."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, size: int, *, padded: bool = True) -> bytes:
        value = self.content[self.at : self.at + size]
        if len(value) < size:
            raise ValueError("it is cut off")
        self.at += size + (-size % 4 if padded else 0)
        return value

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")


def _read_properties(cursor: _Cursor, depth: int) -> tuple[list[Property], Item | None]:
    """A counted list of properties (MS-OXTNEF 2.1.3.4), and the message that one of them is."""
    made: list[Property] = []
    inner: Item | None = None
    count = cursor.number()
    if count > _MOST_PROPERTIES:
        raise ValueError(f"it says that it has {count:,} properties")
    for _ in range(count):
        tag = cursor.number()
        kind, number = tag & 0xFFFF, tag >> 16
        name = _read_name(cursor) if number >= 0x8000 else ""
        values = _read_values(cursor, kind)
        if kind == OBJECT:
            packed = values[0] if values else b""
            start = packed.find(_SIGNATURE, 0, 20) if isinstance(packed, bytes) else -1
            if isinstance(packed, bytes) and start >= 0 and depth < _DEEPEST:
                inner = read_tnef(packed[start:], depth + 1)
                continue
        made.append(Property(number, kind, values, name))
    return made, inner


def _read_name(cursor: _Cursor) -> str:
    cursor.take(16)
    if cursor.number() == 0:
        return f"0x{cursor.number():04X}"
    return cursor.take(cursor.number()).decode("utf-16-le", "replace").rstrip("\0")


def _read_values(cursor: _Cursor, kind: int) -> tuple[Value, ...]:
    single = kind & ~MANY
    many = cursor.number() if kind & MANY or single in (STRING8, UNICODE, BINARY, OBJECT) else 1
    if many > _MOST_PROPERTIES:
        raise ValueError(f"a property says that it has {many:,} values")
    if single in (STRING8, UNICODE, BINARY, OBJECT):
        return tuple(_text_or_bytes(single, cursor.take(cursor.number())) for _ in range(many))
    size = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 2, 0x0048: 16, 0x0001: 0}.get(single, 8)
    return tuple(unpack_fixed(single, cursor.take(size)) for _ in range(many))


def _text_or_bytes(kind: int, content: bytes) -> Value:
    if kind == UNICODE:
        return content.decode("utf-16-le", "replace").rstrip("\0")
    return content.rstrip(b"\0") if kind == STRING8 else content
