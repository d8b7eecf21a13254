"""The properties of Outlook's items (MS-OXCDATA, MS-OXPROPS): their types, their names, and their values as text."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from archive.formats.encodings import codec_of

Value = int | float | bool | str | bytes | None

STRING8, UNICODE, BINARY, OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
MANY = 0x1000
"""The bit in a type that says that there may be several values."""
TIME = 0x0040
_FIXED = {0x0002: "<h", 0x0003: "<i", 0x0004: "<f", 0x0005: "<d", 0x000B: "<H", 0x0014: "<q", TIME: "<q", 0x0006: "<q",
          0x0007: "<d", 0x000A: "<I"}  # fmt: skip
_ERA = datetime(1601, 1, 1, tzinfo=UTC)
_CODE_PAGES = {
    65001: "utf-8", 65000: "utf-7", 20127: "ascii", 28591: "latin-1", 1200: "utf-16-le", 1201: "utf-16-be",
    20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp",
    50225: "iso-2022-kr", 51932: "euc-jp", 51949: "euc-kr", 51936: "gb2312", 52936: "hz-gb-2312", 54936: "gb18030",
    936: "gbk", 949: "cp949", 950: "big5", 932: "shift_jis", 1361: "johab", 10000: "macintosh",
    38598: "iso-8859-8-i", **{28590 + number: f"iso-8859-{number}" for number in range(2, 16)},
}  # fmt: skip

SUBJECT, BODY, HTML, RTF, MESSAGE_CLASS = 0x0037, 0x1000, 0x1013, 0x1009, 0x001A
HEADERS, CODE_PAGE, BODY_CODE_PAGE = 0x007D, 0x3FFD, 0x3FDE


@dataclass(frozen=True, slots=True)
class Property:
    """One property. `values` are as stored: bytes for strings of one byte a letter, whose code page others name.

    `name` is that of a named property, such as "Keywords" or "0x8208", else "".
    """

    number: int
    kind: int
    values: tuple[Value, ...]
    name: str = ""


@dataclass(slots=True)
class Item:
    """A message, an appointment, a contact: its own properties, those of its recipients, and what is attached.

    An attachment that is a message has that as `inner`. `problems` name what of it could not be read.
    """

    properties: list[Property] = field(default_factory=list)
    recipients: list[Item] = field(default_factory=list)
    attachments: list[Item] = field(default_factory=list)
    inner: Item | None = None
    problems: list[str] = field(default_factory=list)

    def find(self, number: int) -> Property | None:
        """The first property of that number that has a value."""
        return next((one for one in self.properties if one.number == number and one.values), None)

    def whole(self, number: int) -> int | None:
        """A property that is a whole number."""
        found = self.find(number)
        value = found.values[0] if found is not None else None
        return value if isinstance(value, int) else None

    def content(self, number: int) -> bytes | None:
        """A property that is bytes."""
        found = self.find(number)
        value = found.values[0] if found is not None else None
        return value if isinstance(value, bytes) else None


def unpack_fixed(kind: int, content: bytes) -> Value:
    """The value of a property of a fixed length (MS-OXCDATA 2.11.1); the bytes themselves where the type is not known.

    Raises `ValueError` when there are too few of them.
    """
    form = _FIXED.get(kind)
    if form is None:
        return content
    size = struct.calcsize(form)
    if len(content) < size:
        raise ValueError(f"a property of type 0x{kind:04X} has {len(content)} bytes, and needs {size}")
    value: Value = struct.unpack(form, content[:size])[0]
    return bool(value) if kind == 0x000B else value


def label_of(code_page: int | None) -> str | None:
    """The label of an encoding for the number of a code page of Windows; None where it is not known here."""
    if code_page is None:
        return None
    label = _CODE_PAGES.get(code_page, f"cp{code_page}")
    return label if codec_of(label) is not None else None


def time_of(value: Value) -> str | None:
    """A time, counted from 1601 in steps of 100 ns, as ISO 8601; None for what is none."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        return None
    try:
        return f"{_ERA + timedelta(microseconds=value // 10):%Y-%m-%d %H:%M:%SZ}"
    except OverflowError:
        return None
