"""Taking apart a PREMIS record as `premis_writing` writes it: at the ends of its entities, never parsed as a whole.

Ten thousand objects cost little more than finding where they begin. A record that is written otherwise is refused.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Collection, Iterable, Iterator
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
_OBJECT_LINKS = re.compile(rb"(?:  <linkingObjectIdentifier>[^\n]*\n)+(?=  <linkingObjectIdentifier>)")
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
    for buffer, begin, end in spans(chunks):
        if buffer.startswith(FILE, begin):
            path, file = _read_file(buffer, begin, end)
            if path is not None:
                known.files[path] = KnownFile(file.id, formats.setdefault(file.format, file.format))
                if path in apart:
                    known.apart.append(buffer[begin:end])
            continue
        if buffer.startswith(OBJECT, begin):  # a representation lists all its parts, and is not copied
            name, number = _value(_ORIGINAL_NAME, buffer, begin, end), id_in(buffer, begin, end)
            if buffer.startswith(OBJECT + b"representation", begin):
                known.representations[name] = number
            else:
                known.package = number
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


def view_record(chunks: Iterable[bytes]) -> Iterator[tuple[str, FormatView, tuple[str, ...]] | bytes]:
    """Of each file object the bag path, format and linked events; of each event and agent the XML, with at most one
    link to an object. It costs a fifth of parsing the record. Raises `FormatError` as `scan_record`."""
    for buffer, begin, end in spans(chunks):
        if buffer.startswith(FILE, begin):
            path, file = _read_file(buffer, begin, end)
            if path is not None:
                events = buffer[begin:end].split(_EVENT_VALUE)[1:]
                yield path, format_of(file.format), tuple(one[: one.find(b"<")].decode() for one in events)
        elif buffer.startswith((EVENT, AGENT), begin):
            yield _OBJECT_LINKS.sub(b"", buffer[begin:end])


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
    head, waiting, last = HEAD.encode(), [b""], b""
    begun, closing = False, None
    for chunk in chunks:
        waiting.append(chunk)
        if begun:
            seen = last + chunk
            _refuse_foreign(seen)
            last = seen[-_LONGEST:]
            if closing is not None and seen.find(closing) < 0:
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
        while (closing := _closing(buffer, at)) is not None:
            end = buffer.find(closing, at)
            if end < 0:
                break
            end += len(closing)
            yield buffer, at, end
            at = end
        waiting = [buffer[at:]]
    buffer = b"".join(waiting)
    if buffer != _CLOSE or not begun:
        raise foreign_record()
    yield buffer, 0, len(buffer)


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
