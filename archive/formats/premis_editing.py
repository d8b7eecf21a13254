"""Carrying a PREMIS record on to the next version of its bag: what is in it stays, and the new is put between.

The record must be written as `premis_writing` writes it; it is taken apart at the ends of its entities and never parsed
as a whole, so that ten thousand objects that stay as they are cost no more than copying them. Who writes the result
into a bag has it validated there.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archive.errors import FormatError
from archive.formats.premis_reading import EARLIER_PATH, is_earlier
from archive.formats.premis_writing import (
    HEAD,
    agent_text,
    entity_text,
    event_text,
    exact_path,
    file_relationship,
    file_text,
    fixity_line,
    identifier_line,
    part_of_text,
    relationship_text,
    rights_text,
)
from archive.formats.xml_elements import escape_text
from archive.model.build import Role
from archive.model.premis import Agent, EntityObject, Event, FileObject, Relationship, RightsStatement

_OBJECT = b' <object xsi:type="premis:'
_FILE = b' <object xsi:type="premis:file">\n'
_EVENT, _AGENT, _RIGHTS, _CLOSE = b" <event>\n", b" <agent>\n", b" <rights>\n", b"</premis:premis>\n"
_CLOSINGS = {
    _OBJECT: b"\n </object>\n", _EVENT: b"\n </event>\n", _AGENT: b"\n </agent>\n", _RIGHTS: b"\n </rights>\n",
}  # fmt: skip
_LONGEST = 16
_RANGE = 1 << 20
_TYPED = b"  <objectIdentifier><objectIdentifierType>UUID</objectIdentifierType><objectIdentifierValue>"
_ID = re.compile(rb"<(?:object|agent)IdentifierValue>([^<]*)<")
_LOCATION = re.compile(
    rb"<contentLocationType>([^<]*)</contentLocationType><contentLocationValue>([^<]*)</contentLocationValue>"
)
_AT_PATH = b"<contentLocationType>bag path</contentLocationType><contentLocationValue>"
_FORMAT, _FORMAT_END = b"   <format>\n", b"   </format>\n"
_RIGHTS_LINK = re.compile(rb"  <linkingRightsStatementIdentifier>.*?</linkingRightsStatementIdentifier>\n")
_RELATED = re.compile(rb"<relatedObjectIdentifierValue>([^<]*)<")
_ACTOR = re.compile(rb"<linkingAgentIdentifierValue>([^<]*)<")
_ORIGINAL_NAME, _AGENT_TYPE, _AGENT_NAME, _AGENT_VERSION, _EVENT_TYPE = (
    re.compile(rb"<%b(?: [^>]*)?>([^<]*)</" % name)
    for name in (b"originalName", b"agentType", b"agentName", b"agentVersion", b"eventType")
)
_RENDERING = ("normalization", "policy assignment")
_HEAD_OF_EVENT = 1_000
_EVENT_LINK, _HAS_PART = b"  <linkingEventIdentifier>", b">has part</relationshipSubType>\n"
_RELATIONSHIP, _RELATIONSHIP_END = b"  <relationship>\n", b"  </relationship>\n"


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


@dataclass(slots=True)
class PremisEdits:
    """What is to be changed, by identifiers of objects, and what is to be added.

    `links` are new events of objects, `derivations` new relationships (subtype, object, event), `moved` new bag paths,
    or paths in what `place` says.
    `earlier` are file objects of which only earlier versions of the bag hold the file. `fixity` gives further digests
    of the file at a bag path. `parts` are the new files of
    representations. With `rights` (not None) the record's rights are replaced, `rights_links` are those of objects, and
    of the record's agents only `acting` stay: one that only held rights which are gone would be linked to nothing.
    """

    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    derivations: Mapping[str, Sequence[tuple[str, str, str | None]]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    place: str = "bag path"
    earlier: frozenset[str] = frozenset()
    fixity: Callable[[str], Sequence[tuple[str, str]]] | None = None
    relationships: Mapping[str, Sequence[Relationship]] = field(default_factory=dict)
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    entities: tuple[EntityObject, ...] = ()
    files: Callable[[], Iterable[FileObject]] = tuple
    events: tuple[Event, ...] = ()
    agents: tuple[Agent, ...] = ()
    rights: tuple[RightsStatement, ...] | None = None
    rights_links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    acting: frozenset[str] = frozenset()


def scan_record(chunks: Iterable[bytes], apart: Collection[str] = ()) -> KnownEntities:
    """What is in the record; the objects of the files at the bag paths `apart` are given as they are, too.

    Raises `FormatError` when it is not written as this program writes one.
    """
    known = KnownEntities()
    formats: dict[bytes, bytes] = {}
    for buffer, begin, end in _spans(chunks):
        if buffer.startswith(_FILE, begin):
            path, file = _read_file(buffer, begin, end)
            if path is not None:
                known.files[path] = KnownFile(file.id, formats.setdefault(file.format, file.format))
                if path in apart:
                    known.apart.append(buffer[begin:end])
            continue
        if buffer.startswith(_OBJECT, begin):  # a representation lists all its parts, and is not copied
            name, number = _value(_ORIGINAL_NAME, buffer, begin, end), _id_in(buffer, begin, end)
            if buffer.startswith(_OBJECT + b"representation", begin):
                known.representations[name] = number
            else:
                known.package = number
            continue
        piece = buffer[begin:end]
        if piece.startswith(_AGENT):
            key = (_value(_AGENT_TYPE, piece), _value(_AGENT_NAME, piece), _value(_AGENT_VERSION, piece))
            known.agents[key] = _id_of(piece)
            known.apart.append(piece)
        elif piece.startswith(_RIGHTS):
            known.apart.append(piece)
        elif piece.startswith(_EVENT):
            known.rendered = known.rendered or _value(_EVENT_TYPE, piece, 0, _HEAD_OF_EVENT) in _RENDERING
            known.acting.update(f"urn:uuid:{found[1].decode()}" for found in _ACTOR.finditer(piece))
    if not known.package or Role.ORIGINAL.value not in known.representations:
        raise _foreign()
    return known


def wrap_pieces(pieces: Iterable[bytes]) -> bytes:
    """Entities of a record as a document of their own."""
    return b"".join((HEAD.encode(), *pieces, _CLOSE))


def _read_file(buffer: bytes, begin: int, end: int) -> tuple[str | None, KnownFile]:
    """The bag path, identifier and format of the file object in these bounds; no path for an earlier version's file."""
    number = _id_in(buffer, begin, end)
    start = buffer.find(_FORMAT, begin, end)
    stop = buffer.find(_FORMAT_END, start, end)
    if start < 0 or stop < 0:
        raise _foreign()
    file = KnownFile(number, buffer[start:stop])
    at = buffer.find(_AT_PATH, stop, end)
    if at >= 0:
        at += len(_AT_PATH)
        value = buffer[at : buffer.find(b"<", at, end)]
        return (_plain(value) if b"&" in value else value.decode()), file
    location = _LOCATION.search(buffer, begin, end)
    if location is None:
        raise _foreign()
    kind = location[1].decode()
    return (None if is_earlier(kind) else _path(kind, _plain(location[2]))), file


def edit_record(chunks: Iterable[bytes], edits: PremisEdits) -> Iterator[bytes]:
    """The record of the next version, in pieces: what stays as it is is copied in long ranges.

    Raises `FormatError` as `scan_record`.
    """
    touched = {*edits.links, *edits.derivations, *edits.moved, *edits.earlier, *edits.rights_links}
    touches_all = edits.fixity is not None or edits.rights is not None
    yield HEAD.encode()
    stage = 0
    kept, first, last = b"", 0, 0
    for buffer, begin, end in _spans(chunks):
        if buffer is not kept:
            yield kept[first:last]
            kept, first, last = buffer, begin, begin
        if not touches_all and buffer.startswith(_FILE, begin) and _id_in(buffer, begin, end) not in touched:
            last = end
            continue
        yield kept[first:last]
        first = last = end
        stage, added = _added_before(buffer, begin, stage, edits)
        yield from added
        yield from _edited(buffer, begin, end, edits)
    yield kept[first:last]


def _added_before(buffer: bytes, begin: int, stage: int, edits: PremisEdits) -> tuple[int, list[bytes]]:
    """What is new goes behind the entities of its kind, and before the one that begins here: the kinds added so far,
    and what is added now."""
    added: list[bytes] = []
    if stage < 1 and not buffer.startswith(_OBJECT, begin):
        stage = 1
        added += _new_objects(edits)
    if stage < 2 and not buffer.startswith((_OBJECT, _EVENT), begin):
        stage = 2
        added += ("".join(event_text(event)).encode() for event in edits.events)
    if stage < 3 and not buffer.startswith((_OBJECT, _EVENT, _AGENT), begin):
        stage = 3
        added.append("".join(map(agent_text, edits.agents)).encode())
        if edits.rights:
            added.append(f" <rights>\n{''.join(map(rights_text, edits.rights))} </rights>\n".encode())
    return stage, added


def _edited(buffer: bytes, begin: int, end: int, edits: PremisEdits) -> Iterator[bytes]:
    """An entity of the old record as the new one has it; nothing where it has gone."""
    if buffer.startswith(_OBJECT, begin) and not buffer.startswith(_FILE, begin):
        yield from _edit_entity(buffer, begin, end, edits)
        return
    piece = buffer[begin:end]
    if piece.startswith(_FILE):
        yield _edit_file(piece, edits)
    elif edits.rights is None or not _is_gone(piece, edits):
        yield piece


def _is_gone(piece: bytes, edits: PremisEdits) -> bool:
    return piece.startswith(_RIGHTS) or (piece.startswith(_AGENT) and _id_of(piece) not in edits.acting)


def _new_objects(edits: PremisEdits) -> Iterator[bytes]:
    for entity in edits.entities:
        yield "".join(entity_text(entity)).encode()
    for file in edits.files():
        yield file_text(file).encode()


def _spans(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
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
                raise _foreign()
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
        raise _foreign()
    yield buffer, 0, len(buffer)


def _refuse_foreign(content: bytes) -> None:
    """Raise `FormatError` for a comment, a section or an instruction, of which this program writes none."""
    for sign, opening in ((b"!", b"<!"), (b"?", b"<?")):  # one byte is found faster
        if content.find(sign) >= 0 and content.find(opening) >= 0:
            raise _foreign()


def _closing(buffer: bytes, at: int) -> bytes | None:
    """How the entity ends that begins here; None where that cannot be told."""
    for start, end in _CLOSINGS.items():
        if buffer.startswith(start, at):
            return end
    return None


def _foreign() -> FormatError:
    return FormatError(
        "it is not written as this program writes PREMIS, so nothing can be added to it",
        subject="metadata/preservation/premis.xml",
        remedy="Make a new bag from the files with archive create",
    )


def _edit_file(piece: bytes, edits: PremisEdits) -> bytes:
    number = _id_of(piece)
    if edits.rights is not None and b"<linkingRightsStatementIdentifier>" in piece:
        piece = _RIGHTS_LINK.sub(b"", piece)
    location = _LOCATION.search(piece)
    if location is None:
        raise _foreign()
    is_old = is_earlier(location[1].decode())
    if number in edits.earlier:
        kind = EARLIER_PATH + (", base64" if location[1].endswith(b"base64") else "")
        piece = _with_location(piece, location, kind.encode(), location[2])
        piece = _without_whole(piece)
        is_old = True
    elif number in edits.moved:
        place, value = exact_path(edits.moved[number], edits.place)
        piece = _with_location(piece, location, place.encode(), escape_text(value).encode())
    if not is_old and edits.fixity is not None:
        path = edits.moved.get(number) or _path(location[1].decode(), _plain(location[2]))
        lines = "".join(fixity_line(*pair) for pair in edits.fixity(path)).encode()
        piece = piece.replace(b"   <size>", lines + b"   <size>", 1)
    derivations = "".join(file_relationship("derivation", *one) for one in edits.derivations.get(number, ()))
    piece = _with_relationships(piece, derivations)
    return _with_links(piece, edits.links.get(number, ()), edits.rights_links.get(number, ()))


def _edit_entity(buffer: bytes, begin: int, end: int, edits: PremisEdits) -> Iterator[bytes]:
    """The package or a representation in these bounds. A representation lists each of its files: they are handed on in
    short ranges, because a list of a million is held once as it is."""
    number = _id_in(buffer, begin, end)
    added = edits.parts.get(number, ())
    relationships = "".join("".join(relationship_text(one)) for one in edits.relationships.get(number, ()))
    at = buffer.find(_HAS_PART, begin, end)
    if at < 0:
        if added:
            whole = Relationship("structural", "has part", lambda: iter(added))
            relationships = "".join(relationship_text(whole)) + relationships
    else:
        first, last = at + len(_HAS_PART), buffer.index(_RELATIONSHIP_END, at, end)
        kept = [*_kept_parts(buffer, first, last, edits.earlier)]
        if kept or added:
            yield buffer[begin:first]
            yield from (
                buffer[start : min(start + _RANGE, stop)]
                for start, stop in kept
                for start in range(start, stop, _RANGE)
            )
            yield "".join(identifier_line("relatedObjectIdentifier", one, 3) for one in added).encode()
            begin = last
        else:
            yield buffer[begin : buffer.rindex(_RELATIONSHIP, begin, at)]
            begin = last + len(_RELATIONSHIP_END)
    piece = buffer[begin:end]
    if edits.rights is not None:
        piece = _RIGHTS_LINK.sub(b"", piece)
    piece = _with_relationships(piece, relationships)
    yield _with_links(piece, edits.links.get(number, ()), edits.rights_links.get(number, ()))


def _kept_parts(buffer: bytes, begin: int, end: int, earlier: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where the lines of a list of parts are that stay: all but those of files that only earlier versions have."""
    gone = {one.removeprefix("urn:uuid:").encode() for one in earlier}
    start = begin
    for found in _RELATED.finditer(buffer, begin, end) if gone else ():
        if found[1] in gone:
            line = buffer.rindex(b"\n", 0, found.start()) + 1
            if line > start:
                yield start, line
            start = buffer.index(b"\n", found.end()) + 1
    if end > start:
        yield start, end


def _with_location(piece: bytes, location: re.Match[bytes], kind: bytes, value: bytes) -> bytes:
    written = (
        b"<contentLocationType>" + kind + b"</contentLocationType><contentLocationValue>" + value
        + b"</contentLocationValue>"
    )  # fmt: skip
    return piece[: location.start()] + written + piece[location.end() :]


def _without_whole(piece: bytes) -> bytes:
    """The file object without its being part of a representation of this version."""
    for block in _blocks(piece):
        text = piece[slice(*block)]
        if b">is part of</relationshipSubType>" in text:
            whole = _RELATED.search(text)
            assert whole is not None
            return piece.replace(part_of_text(whole[1].decode()).encode(), b"", 1)
    return piece


def _with_relationships(piece: bytes, text: str) -> bytes:
    if not text:
        return piece
    places = (_EVENT_LINK, b"  <linkingRightsStatementIdentifier>", b" </object>\n")
    at = next(found for found in map(piece.find, places) if found >= 0)
    return piece[:at] + text.encode() + piece[at:]


def _with_links(piece: bytes, events: Sequence[str], rights: Sequence[str]) -> bytes:
    if not events and not rights:
        return piece
    at = piece.find(b"  <linkingRightsStatementIdentifier>")
    at = piece.rindex(b" </object>\n") if at < 0 else at
    new = "".join(identifier_line("linkingEventIdentifier", one) for one in events)
    own = "".join(identifier_line("linkingRightsStatementIdentifier", one) for one in rights)
    return piece[:at] + new.encode() + own.encode() + piece[at:]


def _blocks(piece: bytes) -> Iterator[tuple[int, int]]:
    """Where each relationship of an object begins and ends."""
    at = 0
    while (begin := piece.find(_RELATIONSHIP, at)) >= 0:
        at = piece.index(_RELATIONSHIP_END, begin) + len(_RELATIONSHIP_END)
        yield begin, at


def _id_of(piece: bytes) -> str:
    return _id_in(piece, 0, len(piece))


def _id_in(buffer: bytes, begin: int, end: int) -> str:
    """The identifier of the object or agent in these bounds."""
    at = begin + len(_FILE)
    if buffer.startswith(_TYPED, at):
        at += len(_TYPED)
        return f"urn:uuid:{buffer[at : at + 36].decode()}"
    found = _ID.search(buffer, begin, end)
    if found is None:
        raise _foreign()
    return f"urn:uuid:{found[1].decode()}"


def _value(pattern: re.Pattern[bytes], piece: bytes, begin: int = 0, end: int = sys.maxsize) -> str:
    found = pattern.search(piece, begin, end)
    return "" if found is None else _plain(found[1])


def _plain(value: bytes) -> str:
    """Text without the escapes of `escape_text`."""
    text = value.decode("utf-8")
    if "&" not in text:
        return text
    return text.replace("&#13;", "\r").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def _path(kind: str, value: str) -> str:
    if not kind.endswith("base64"):
        return value
    return base64.b64decode(value).decode("utf-8", "surrogateescape")
