"""Taking apart a PREMIS record as `premis_writing` writes it: at the ends of its entities, never parsed as a whole.

Ten thousand objects cost little more than finding where they begin. A record that is written otherwise is refused.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from archive.errors import FormatError
from archive.formats.premis_reading import is_earlier
from archive.formats.premis_writing import (
    HEAD,
)
from archive.model.build import Role
from archive.model.record import FormatView

OBJECT = b' <object xsi:type="premis:'
FILE = b' <object xsi:type="premis:file">\n'
EVENT, AGENT, RIGHTS, _CLOSE = b" <event>\n", b" <agent>\n", b" <rights>\n", b"</premis:premis>\n"
_CLOSINGS = {
    OBJECT: b"\n </object>\n", EVENT: b"\n </event>\n", AGENT: b"\n </agent>\n", RIGHTS: b"\n </rights>\n",
}  # fmt: skip
_LONGEST = 16
_LONG = 1 << 18
"""An entity of so many bytes may be given in parts."""

_TYPED = b"  <objectIdentifier><objectIdentifierType>UUID</objectIdentifierType><objectIdentifierValue>"
_ID = re.compile(rb"<(?:object|agent)IdentifierValue>([^<]*)<")
LOCATION = re.compile(
    rb"<contentLocationType>([^<]*)</contentLocationType><contentLocationValue>([^<]*)</contentLocationValue>"
)
_AT_PATH = b"<contentLocationType>bag path</contentLocationType><contentLocationValue>"
_FORMAT, _FORMAT_END = b"   <format>\n", b"   </format>\n"
_ACTOR = re.compile(rb"<linkingAgentIdentifierValue>([^<]*)<")


def _element(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<%b(?: [^>]*)?>([^<]*)</" % name)


_ORIGINAL_NAME, _EVENT_TYPE = _element(b"originalName"), _element(b"eventType")
_AGENT_TYPE, _AGENT_NAME, _AGENT_VERSION = _element(b"agentType"), _element(b"agentName"), _element(b"agentVersion")
_FORMAT_NAME, _FORMAT_VERSION = _element(b"formatName"), _element(b"formatVersion")
_REGISTRY_NAME, _REGISTRY_KEY = _element(b"formatRegistryName"), _element(b"formatRegistryKey")
_EVENT_VALUE = b"<linkingEventIdentifierValue>"
_LISTS = tuple(
    (b"</%b>\n%b<%b>" % (name, indent, name),
     re.compile(rb"(?:%b<%b>[^\n]*\n)+(?=%b<%b>)" % (indent, name, indent, name)))
    for name, indent in ((b"linkingObjectIdentifier", b"  "), (b"relatedObjectIdentifier", b"   "))
)  # fmt: skip
"""The lists that may name every file: what is between two of their lines, and all their lines but the last."""

_RENDERING = ("normalization", "policy assignment")
_HEAD_OF_EVENT = 1_000


class KnownFile(NamedTuple):
    """A file object of this version: its identifier, and its format as the record writes it."""

    id: str
    format: bytes


@dataclass(slots=True)
class KnownEntities:
    """What a record holds: the package, its representations by role, the files by bag path, the agents by type, name
    and version. `acting` are the agents that had a part in an event; `rendered` says whether renditions were made, or
    decided on. `apart` are the objects of the files that were asked for, the agents and the rights, as written."""

    package: str = ""
    representations: dict[str, str] = field(default_factory=dict)
    files: dict[str, KnownFile] = field(default_factory=dict)
    agents: dict[tuple[str, str, str], str] = field(default_factory=dict)
    acting: set[str] = field(default_factory=set)
    rendered: bool = False
    apart: list[bytes] = field(default_factory=list)


def scan_record(chunks: Iterable[bytes], apart: Collection[str] = ()) -> KnownEntities:
    """What is in the record; the objects of the files at the bag paths `apart` are given as they are, too.

    Raises `FormatError` when it is not written as this program writes one.
    """
    known = KnownEntities()
    formats: dict[bytes, bytes] = {}
    for buffer, begin, end in spans(_shortened(chunks)):
        if buffer.startswith(FILE, begin):
            path, file = _read_file(buffer, begin, end)
            if path is not None:
                known.files[path] = KnownFile(file.id, formats.setdefault(file.format, file.format))
                if path in apart:
                    known.apart.append(buffer[begin:end])
            continue
        if buffer.startswith(OBJECT, begin):
            entity = _read_entity(buffer, begin, end)
            if entity.is_package:
                known.package = entity.id
            else:
                known.representations[entity.name] = entity.id
            continue
        piece = buffer[begin:end]
        if piece.startswith(AGENT):
            key = (_value(_AGENT_TYPE, piece), _value(_AGENT_NAME, piece), _value(_AGENT_VERSION, piece))
            known.agents[key] = id_of(piece)
            known.apart.append(piece)
        elif piece.startswith(RIGHTS):
            known.apart.append(piece)
        elif piece.startswith(EVENT):
            known.rendered = known.rendered or _value(_EVENT_TYPE, piece, 0, _HEAD_OF_EVENT) in _RENDERING
            known.acting.update(f"urn:uuid:{found[1].decode()}" for found in _ACTOR.finditer(piece))
    if not known.package or Role.ORIGINAL.value not in known.representations:
        raise foreign_record()
    return known


def wrap_pieces(pieces: Iterable[bytes]) -> bytes:
    """Entities of a record as a document of their own."""
    return b"".join((HEAD.encode(), *pieces, _CLOSE))


def _read_file(buffer: bytes, begin: int, end: int) -> tuple[str | None, KnownFile]:
    """The bag path, identifier and format of the file object in these bounds; no path for an earlier version's file."""
    number = id_in(buffer, begin, end)
    start = buffer.find(_FORMAT, begin, end)
    stop = buffer.find(_FORMAT_END, start, end)
    if start < 0 or stop < 0:
        raise foreign_record()
    file = KnownFile(number, buffer[start:stop])
    at = buffer.find(_AT_PATH, stop, end)
    if at >= 0:
        at += len(_AT_PATH)
        value = buffer[at : buffer.find(b"<", at, end)]
        return (plain_text(value) if b"&" in value else value.decode()), file
    location = LOCATION.search(buffer, begin, end)
    if location is None:
        raise foreign_record()
    kind = location[1].decode()
    return (None if is_earlier(kind) else bag_path_of(kind, plain_text(location[2]))), file


class ViewedFile(NamedTuple):
    """What a record says of one file of this version: bag path, format, identifiers of its events."""

    path: str
    format: FormatView
    events: tuple[str, ...]


class ViewedEntity(NamedTuple):
    """The package or one of its representations: identifier and original name."""

    is_package: bool
    id: str
    name: str


def view_record(chunks: Iterable[bytes]) -> Iterator[ViewedFile | ViewedEntity | bytes]:
    """What is said of each object; of each event and agent the XML, with few of its links to objects.

    It costs a fifth of parsing the record. Raises `FormatError` as `scan_record`.
    """
    for buffer, begin, end in spans(_shortened(chunks)):
        if buffer.startswith(FILE, begin):
            path, file = _read_file(buffer, begin, end)
            if path is not None:
                events = buffer[begin:end].split(_EVENT_VALUE)[1:]
                linked = tuple(one[: one.find(b"<")].decode() for one in events)
                yield ViewedFile(path, format_of(file.format), linked)
        elif buffer.startswith(OBJECT, begin):
            yield _read_entity(buffer, begin, end)
        elif buffer.startswith((EVENT, AGENT), begin):
            yield buffer[begin:end]


def _read_entity(buffer: bytes, begin: int, end: int) -> ViewedEntity:
    is_package = not buffer.startswith(OBJECT + b"representation", begin)
    return ViewedEntity(is_package, id_in(buffer, begin, end), _value(_ORIGINAL_NAME, buffer, begin, end))


def _shortened(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The record with only some of the lines of lists that may name every file, the last ones among them."""
    waiting: list[bytes] = []
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if not end:
            waiting.append(chunk)
            continue
        lines = b"".join((*waiting, chunk[:end]))
        waiting = [chunk[end:]]
        for between, all_but_last in _LISTS:
            if between in lines:
                lines = all_but_last.sub(b"", lines)
        yield lines
    yield b"".join(waiting)


@lru_cache(maxsize=1024)
def format_of(written: bytes) -> FormatView:
    """The format of a `KnownFile`; thousands of files share a few."""
    name, version, registry, key = (
        _value(one, written) or None for one in (_FORMAT_NAME, _FORMAT_VERSION, _REGISTRY_NAME, _REGISTRY_KEY)
    )
    return FormatView(name, version, registry, key)


def spans(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """The record without its head: where in a buffer each entity begins, with its indent, and ends, with its last line;
    the closing tag comes last.

    The pieces of an entity that is longer than a chunk are joined when its end has come, once.
    """
    return ((one.buffer, one.begin, one.end) for one in passages(chunks, lambda buffer, begin: False))


class Passage(NamedTuple):
    """An entity in a buffer, or a part of one: `is_first` and `is_last` say which."""

    buffer: bytes
    begin: int
    end: int
    is_first: bool = True
    is_last: bool = True


def passages(chunks: Iterable[bytes], may_part: Callable[[bytes, int], bool]) -> Iterator[Passage]:
    """As `spans`, but a long entity is given in parts where `may_part` says so of the place in a buffer at which it
    begins: then no list that names every file is ever whole in memory."""
    head, waiting, held, last = HEAD.encode(), [b""], 0, b""
    begun, is_first, is_whole = False, True, False
    closing: bytes | None = None
    for chunk in chunks:
        waiting.append(chunk)
        held += len(chunk)
        if begun:
            seen = last + chunk
            _refuse_foreign(seen)
            last = seen[-_LONGEST:]
            if closing is not None and seen.find(closing) < 0 and (is_whole or held < _LONG):
                continue
        buffer = b"".join(waiting)
        if not begun:
            if len(buffer) < len(head):
                continue
            if not buffer.startswith(head):
                raise foreign_record()
            buffer, begun = buffer[len(head) :], True
            _refuse_foreign(buffer)
            last = buffer[-_LONGEST:]
        at = 0
        while (closing := closing if not is_first else _closing(buffer, at)) is not None:
            end = buffer.find(closing, at)
            if end < 0:
                break
            end += len(closing)
            yield Passage(buffer, at, end, is_first)
            at, is_first, is_whole = end, True, False
        if closing is not None and len(buffer) - at >= _LONG:
            end = buffer.rindex(b"\n")  # with which the closing begins
            is_whole = is_whole or end <= at or (is_first and not may_part(buffer, at))
            if not is_whole:
                yield Passage(buffer, at, end, is_first, False)
                at, is_first = end, False
        waiting = [buffer[at:]]
        held = len(buffer) - at
    buffer = b"".join(waiting)
    if buffer != _CLOSE or not begun:
        raise foreign_record()
    yield Passage(buffer, 0, len(buffer))


def _refuse_foreign(content: bytes) -> None:
    """Raise `FormatError` for a comment, a section or an instruction, of which this program writes none."""
    for sign, opening in ((b"!", b"<!"), (b"?", b"<?")):  # one byte is found faster
        if content.find(sign) >= 0 and content.find(opening) >= 0:
            raise foreign_record()


def _closing(buffer: bytes, at: int) -> bytes | None:
    """How the entity ends that begins here; None where that cannot be told."""
    for start, end in _CLOSINGS.items():
        if buffer.startswith(start, at):
            return end
    return None


def foreign_record() -> FormatError:
    return FormatError(
        "it is not written as this program writes PREMIS, so nothing can be added to it",
        subject="metadata/preservation/premis.xml",
        remedy="Create a new bag from the files: archive create",
    )


def id_of(piece: bytes) -> str:
    return id_in(piece, 0, len(piece))


def id_in(buffer: bytes, begin: int, end: int) -> str:
    """The identifier of the object or agent in these bounds."""
    at = begin + len(FILE)
    if buffer.startswith(_TYPED, at):
        at += len(_TYPED)
        return f"urn:uuid:{buffer[at : at + 36].decode()}"
    found = _ID.search(buffer, begin, end)
    if found is None:
        raise foreign_record()
    return f"urn:uuid:{found[1].decode()}"


def _value(pattern: re.Pattern[bytes], piece: bytes, begin: int = 0, end: int = sys.maxsize) -> str:
    found = pattern.search(piece, begin, end)
    return "" if found is None else plain_text(found[1])


def plain_text(value: bytes) -> str:
    """Text without the escapes of `escape_text`."""
    text = value.decode("utf-8")
    if "&" not in text:
        return text
    return text.replace("&#13;", "\r").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def bag_path_of(kind: str, value: str) -> str:
    if not kind.endswith("base64"):
        return value
    return base64.b64decode(value).decode("utf-8", "surrogateescape")
