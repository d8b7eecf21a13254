"""The compound file of an Outlook message: its storages and streams as properties (MS-OXMSG, MS-CFB)."""

from __future__ import annotations

import io
import struct
from typing import Any

from archive.errors import RenditionError
from archive.renditions.readers.mapi import (
    BINARY,
    MANY,
    OBJECT,
    STRING8,
    UNICODE,
    Item,
    Property,
    Value,
    unpack_fixed,
)

_DEEPEST = 12
_MOST_STREAMS = 100_000
_PROPERTIES = "__properties_version1.0"
_STREAM = "__substg1.0_"
_NAMES = "__nameid_version1.0"
_EMBEDDED = f"{_STREAM}3701000D"
_VARIABLE = frozenset({STRING8, UNICODE, BINARY, 0x0048})

Path = tuple[str, ...]


def read_storage(content: bytes, name: str) -> Item:
    """The item in an Outlook message. Raises `RenditionError` when it is not one, or is damaged."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as storage:
            return _Storage(storage, name).read_item((), head=32)
    except RenditionError:
        raise
    except (OSError, ValueError, IndexError, struct.error, RecursionError, TypeError, AttributeError) as error:
        said = " ".join(str(error).split())[:160]
        raise RenditionError(f"not readable as an Outlook message: {said}", subject=name) from error


class _Storage:
    """Reads items out of a compound file; the entries below each storage are listed once."""

    def __init__(self, storage: Any, name: str) -> None:
        self._storage = storage
        self._children: dict[Path, list[str]] = {}
        paths = storage.listdir(streams=True, storages=True)
        if len(paths) > _MOST_STREAMS:
            raise RenditionError(f"it has {len(paths):,} parts, more than are read", subject=name)
        for path in paths:
            self._children.setdefault(tuple(path[:-1]), []).append(path[-1])
        if _PROPERTIES not in self._children.get((), []):
            raise RenditionError("it is a compound file, but not an Outlook message", subject=name)
        self._names = self._read_names()

    def read_item(self, path: Path, head: int, depth: int = 0) -> Item:
        """A message with its recipients and attachments. `head` is the length of the header of its properties."""
        item = self._read_holder(path, head)
        for child in sorted(self._children.get(path, [])):
            if child.startswith("__recip_version1.0_"):
                item.recipients.append(self._read_holder((*path, child), 8))
            elif child.startswith("__attach_version1.0_"):
                item.attachments.append(self._read_attachment((*path, child), depth))
            elif not child.startswith(_STREAM) and child not in (_PROPERTIES, _NAMES):
                item.problems.append(f"its part {child} is not known here")
        return item

    def _read_attachment(self, path: Path, depth: int) -> Item:
        attachment = self._read_holder(path, 8)
        inside = (*path, _EMBEDDED)
        if _PROPERTIES in self._children.get(inside, []):
            if depth < _DEEPEST:
                attachment.inner = self.read_item(inside, 24, depth + 1)
            else:
                attachment.problems.append(f"a message that is attached more than {_DEEPEST} times over")
        elif inside in self._children:
            attachment.problems.append("an embedded object")
        return attachment

    def _read_holder(self, path: Path, head: int) -> Item:
        item = Item()
        found = set(self._children.get(path, []))
        stream = self._read((*path, _PROPERTIES)) if _PROPERTIES in found else b""
        for at in range(head, len(stream) - 15, 16):
            kind, number = struct.unpack_from("<HH", stream, at)
            name = self._names.get(number, "") if number >= 0x8000 else ""
            try:
                values = self._read_values(path, found, number, kind, stream[at + 8 : at + 16])
            except (ValueError, OSError, struct.error) as error:
                item.problems.append(f"its property 0x{number:04X} cannot be read: {error}")
                continue
            item.properties.append(Property(number, kind, values, name))
        known = {(one.number, one.kind) for one in item.properties}
        for child in sorted(found):
            # A stream that the list of properties does not have: programs read it all the same.
            tag = child.removeprefix(_STREAM)
            if child.startswith(_STREAM) and len(tag) == 8 and child != _EMBEDDED:
                try:
                    number, kind = int(tag[:4], 16), int(tag[4:], 16)
                    if (number, kind) not in known:
                        values = self._read_values(path, found, number, kind, b"")
                        item.properties.append(Property(number, kind, values, self._names.get(number, "")))
                except (ValueError, OSError, struct.error) as error:
                    item.problems.append(f"its part {child} cannot be read: {error}")
        return item

    def _read_values(self, path: Path, found: set[str], number: int, kind: int, fixed: bytes) -> tuple[Value, ...]:
        single = kind & ~MANY
        stream = f"{_STREAM}{number:04X}{kind:04X}"
        if not kind & MANY:
            if single == OBJECT:
                return ()
            if single not in _VARIABLE:
                return (unpack_fixed(single, fixed),) if fixed else ()
            return (_text_or_bytes(single, self._read((*path, stream))),) if stream in found else ()
        if stream not in found:
            return ()
        content = self._read((*path, stream))
        if single in (STRING8, UNICODE, BINARY):
            count = len(content) // (8 if single == BINARY else 4)
            parts = [f"{stream}-{place:08X}" for place in range(count)]
            return tuple(_text_or_bytes(single, self._read((*path, part))) for part in parts if part in found)
        size = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x0048: 16}.get(single, 8)
        return tuple(unpack_fixed(single, content[at : at + size]) for at in range(0, len(content) - size + 1, size))

    def _read_names(self) -> dict[int, str]:
        """The names of the properties from 0x8000 on (MS-OXMSG 2.2.3)."""
        found = self._children.get((_NAMES,), [])
        entries, strings = (
            self._read((_NAMES, f"{_STREAM}{number}0102")) if f"{_STREAM}{number}0102" in found else b""
            for number in ("0003", "0004")
        )
        names: dict[int, str] = {}
        for at in range(0, len(entries) - 7, 8):
            identifier, form, place = struct.unpack_from("<IHH", entries, at)
            if form & 1:
                length = int.from_bytes(strings[identifier : identifier + 4], "little")
                text = strings[identifier + 4 : identifier + 4 + length].decode("utf-16-le", "replace")
                names[0x8000 + place] = text
            else:
                names[0x8000 + place] = f"0x{identifier:04X}"
        return names

    def _read(self, path: Path) -> bytes:
        content: bytes = self._storage.openstream(list(path)).read()
        return content


def _text_or_bytes(kind: int, content: bytes) -> Value:
    if kind == UNICODE:
        return content.decode("utf-16-le", "replace").rstrip("\0")
    return content.rstrip(b"\0") if kind == STRING8 else content
