"""Carrying a PREMIS record on to the next version of its bag: what is in it stays, and the new is put between.

The record must be written as `premis_writing` writes it; it is taken apart at the ends of its entities and never parsed
as a whole, so that ten thousand objects that stay as they are cost no more than copying them. Who writes the result
into a bag has it validated there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.formats.premis_reading import EARLIER_PATH, is_earlier
from archive.formats.premis_scanning import (
    AGENT,
    EVENT,
    FILE,
    LOCATION,
    OBJECT,
    RIGHTS,
    bag_path_of,
    foreign_record,
    id_in,
    id_of,
    passages,
    plain_text,
)
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
from archive.model.premis import Agent, EntityObject, Event, FileObject, Relationship, RightsStatement

_RANGE = 1 << 20
_RIGHTS_LINK = re.compile(rb"  <linkingRightsStatementIdentifier>.*?</linkingRightsStatementIdentifier>\n")
_RELATED = re.compile(rb"<relatedObjectIdentifierValue>([^<]*)<")
_EVENT_LINK, _HAS_PART = b"  <linkingEventIdentifier>", b">has part</relationshipSubType>\n"
_RELATIONSHIP, _RELATIONSHIP_END = b"  <relationship>\n", b"  </relationship>\n"


@dataclass(slots=True)
class PremisEdits:
    """What is to be changed, by identifiers of objects, and what is to be added.

    `links` are new events of objects, `derivations` new relationships (subtype, object, event), `moved` new bag paths.
    `place_of` gives the new path of the file at a bag path, in what `place` says, None where it keeps the old one.
    `earlier` are file objects of which only earlier versions of the bag hold the file. `fixity` gives further digests
    of the file at a bag path. `parts` are the new files of
    representations. With `rights` (not None) the record's rights are replaced, `rights_links` are those of objects, and
    of the record's agents only `acting` stay: one that only held rights which are gone would be linked to nothing.
    """

    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    derivations: Mapping[str, Sequence[tuple[str, str, str | None]]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    place_of: Callable[[str], str | None] | None = None
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


def edit_record(chunks: Iterable[bytes], edits: PremisEdits) -> Iterator[bytes]:
    """The record of the next version, in pieces: what stays as it is is copied in long ranges.

    Raises `FormatError` as `scan_record`.
    """
    touched = {*edits.links, *edits.derivations, *edits.moved, *edits.earlier, *edits.rights_links}
    touches_all = edits.fixity is not None or edits.rights is not None or edits.place_of is not None
    yield HEAD.encode()
    stage = 0
    kept, first, last = b"", 0, 0
    for buffer, begin, end, is_first, is_last in passages(chunks, lambda at, begin: _stays(at, begin, edits)):
        if buffer is not kept:
            yield kept[first:last]
            kept, first, last = buffer, begin, begin
        is_kept = not touches_all and buffer.startswith(FILE, begin) and id_in(buffer, begin, end) not in touched
        if is_kept or not is_first:
            last = end
            continue
        yield kept[first:last]
        first = last = end
        stage, added = _added_before(buffer, begin, stage, edits)
        yield from added
        if is_last:
            yield from _edited(buffer, begin, end, edits)
        else:
            first = begin
    yield kept[first:last]


def _stays(buffer: bytes, begin: int, edits: PremisEdits) -> bool:
    """Whether the entity that begins here is an event or a representation in which nothing changes."""
    if edits.rights is not None or edits.earlier or buffer.startswith(FILE, begin):
        return False
    if not buffer.startswith(OBJECT, begin):
        return buffer.startswith(EVENT, begin)
    number = id_in(buffer, begin, len(buffer))
    return all(number not in one for one in (edits.links, edits.relationships, edits.parts, edits.rights_links))


def _added_before(buffer: bytes, begin: int, stage: int, edits: PremisEdits) -> tuple[int, list[bytes]]:
    """What is new goes behind the entities of its kind, and before the one that begins here: the kinds added so far,
    and what is added now."""
    added: list[bytes] = []
    if stage < 1 and not buffer.startswith(OBJECT, begin):
        stage = 1
        added += _new_objects(edits)
    if stage < 2 and not buffer.startswith((OBJECT, EVENT), begin):
        stage = 2
        added += ("".join(event_text(event)).encode() for event in edits.events)
    if stage < 3 and not buffer.startswith((OBJECT, EVENT, AGENT), begin):
        stage = 3
        added.append("".join(map(agent_text, edits.agents)).encode())
        if edits.rights:
            added.append(f" <rights>\n{''.join(map(rights_text, edits.rights))} </rights>\n".encode())
    return stage, added


def _edited(buffer: bytes, begin: int, end: int, edits: PremisEdits) -> Iterator[bytes]:
    """An entity of the old record as the new one has it; nothing where it has gone."""
    if buffer.startswith(OBJECT, begin) and not buffer.startswith(FILE, begin):
        yield from _edit_entity(buffer, begin, end, edits)
        return
    piece = buffer[begin:end]
    if piece.startswith(FILE):
        yield _edit_file(piece, edits)
    elif edits.rights is None or not _is_gone(piece, edits):
        yield piece


def _is_gone(piece: bytes, edits: PremisEdits) -> bool:
    return piece.startswith(RIGHTS) or (piece.startswith(AGENT) and id_of(piece) not in edits.acting)


def _new_objects(edits: PremisEdits) -> Iterator[bytes]:
    for entity in edits.entities:
        yield "".join(entity_text(entity)).encode()
    for file in edits.files():
        yield file_text(file).encode()


def _edit_file(piece: bytes, edits: PremisEdits) -> bytes:
    number = id_of(piece)
    if edits.rights is not None and b"<linkingRightsStatementIdentifier>" in piece:
        piece = _RIGHTS_LINK.sub(b"", piece)
    location = LOCATION.search(piece)
    if location is None:
        raise foreign_record()
    is_old = is_earlier(location[1].decode())
    if number in edits.earlier:
        kind = EARLIER_PATH + (", base64" if location[1].endswith(b"base64") else "")
        piece = _with_location(piece, location, kind.encode(), location[2])
        piece = _without_whole(piece)
        is_old = True
    elif (new := _new_place(number, location, edits, is_old=is_old)) is not None:
        place, value = exact_path(new, edits.place)
        piece = _with_location(piece, location, place.encode(), escape_text(value).encode())
    if not is_old and edits.fixity is not None:
        path = edits.moved.get(number) or bag_path_of(location[1].decode(), plain_text(location[2]))
        lines = "".join(fixity_line(*pair) for pair in edits.fixity(path)).encode()
        piece = piece.replace(b"   <size>", lines + b"   <size>", 1)
    derivations = "".join(file_relationship("derivation", *one) for one in edits.derivations.get(number, ()))
    piece = _with_relationships(piece, derivations)
    return _with_links(piece, edits.links.get(number, ()), edits.rights_links.get(number, ()))


def _new_place(number: str, location: re.Match[bytes], edits: PremisEdits, *, is_old: bool) -> str | None:
    """Where the file of an object is now; None where that does not change."""
    if is_old or edits.place_of is None:
        return edits.moved.get(number)
    return edits.place_of(bag_path_of(location[1].decode(), plain_text(location[2])))


def _edit_entity(buffer: bytes, begin: int, end: int, edits: PremisEdits) -> Iterator[bytes]:
    """The package or a representation in these bounds. A representation lists each of its files: they are handed on in
    short ranges, because a list of a million is held once as it is."""
    number = id_in(buffer, begin, end)
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
