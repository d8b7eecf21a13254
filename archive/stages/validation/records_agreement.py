"""Do a bag's records, manifests and files tell the same? Both ways, in some 1.5 KiB of memory a file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from itertools import chain
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from archive.errors import FormatError
from archive.formats import dublin_core_reading as dublin_core
from archive.formats.premis_reading import PREMIS_NAMESPACES, category_of, read_identifier
from archive.formats.statements import read_statements
from archive.formats.xml_elements import child_text, children, line_of
from archive.formats.xml_safety import XmlRefusedError, root_of
from archive.model.codes import agreement as codes
from archive.model.codes import xml as xml_codes
from archive.model.finding import Finding
from archive.model.package import FileRecord
from archive.stages.validation.record_notes import Notes
from archive.stages.validation.record_values import is_language, normal_algorithm
from archive.stages.validation.records_judging import judge_content
from archive.stages.validation.records_premis_links import show
from archive.stages.validation.records_premis_reading import stream_premis

if TYPE_CHECKING:
    from lxml.etree import _Element

PREMIS_PATH = "metadata/preservation/premis.xml"
DC_PATH = "metadata/descriptive/dc.xml"
DCTERMS_PATH = "metadata/descriptive/dcterms.xml"
STATEMENTS_PATH = "metadata/descriptive/statements.json"

_STREAMED_FROM = 4 << 20
_PATH_TYPES = ("bag path", "bag path, base64")


class BagMetadata(Protocol):
    """What is needed of a bag. `payload` gives digests in the order of `algorithms`, "" for one not given."""

    @property
    def algorithms(self) -> tuple[str, ...]: ...
    def has(self, path: str) -> bool: ...
    def tag_bytes(self, path: str) -> bytes | None: ...
    def payload(self) -> Iterator[FileRecord]: ...


@runtime_checkable
class StreamedMetadata(Protocol):
    """A bag that can also give a tag file of any size, piece by piece; None where it cannot be read."""

    def tag_chunks(self, path: str) -> Iterator[bytes] | None: ...


class _Told(NamedTuple):
    """What PREMIS tells of one file: line, size (-1 when not told), digests as raw bytes (empty when not told)."""

    line: int
    size: int
    digests: tuple[bytes, ...]

    def pack(self) -> bytes:
        """The same in one piece: tens of thousands of these are held at a time."""
        parts = [len(digest).to_bytes(1, "big") + digest for digest in self.digests]
        return _HEAD.pack(self.line, self.size) + b"".join(parts)

    @classmethod
    def unpack(cls, packed: bytes) -> _Told:
        line, size = _HEAD.unpack_from(packed)
        digests, at = [], _HEAD.size
        while at < len(packed):
            end = at + 1 + packed[at]
            digests.append(packed[at + 1 : end])
            at = end
        return cls(line, size, tuple(digests))


_HEAD = Struct(">qq")


class _Objects:
    """The file objects of the record, by the path each says it has."""

    def __init__(self, notes: Notes, algorithms: tuple[str, ...], *, ours: bool) -> None:
        self._notes = notes
        self._names = tuple(normal_algorithm(name) for name in algorithms)
        self._ours = ours
        self.by_path: dict[str, bytes] = {}
        self.placed = False

    def take(self, element: _Element) -> None:
        """Note what one object says. An object of another category than file has no place of its own."""
        if category_of(element) != "file":
            return
        path = _place_of(element)
        line = line_of(element)
        if path is None:
            if self._ours:
                identifier = next(map(read_identifier, children(element, "objectIdentifier")), None)
                name = show(None if identifier is None else identifier.key)
                self._notes.add(codes.NO_PLACE, line, source=name)
            return
        self.placed = True
        if path in self.by_path:
            self._notes.take(codes.DESCRIBED_TWICE.at(path, record_line=line))
            return
        self.by_path[path] = _Told(line, *self._facts_of(element)).pack()

    def _facts_of(self, element: _Element) -> tuple[int, tuple[bytes, ...]]:
        size, digests = -1, {}
        for characteristics in children(element, "objectCharacteristics"):
            text = child_text(characteristics, "size")
            if text is not None and text.isascii() and text.isdigit():
                size = int(text)
            for fixity in children(characteristics, "fixity"):
                algorithm = normal_algorithm(child_text(fixity, "messageDigestAlgorithm") or "")
                try:
                    raw = bytes.fromhex(child_text(fixity, "messageDigest") or "")
                except ValueError:
                    continue
                digests[_SAME.get(algorithm, algorithm)] = raw[:255]
        return size, tuple(digests.get(_SAME.get(name, name), b"") for name in self._names)


_SAME = {"blake2b512": "blake2b", "blake2s256": "blake2s"}


def _place_of(element: _Element) -> str | None:
    """The bag path of a file object, exactly as written: blanks around a name belong to it."""
    for storage in children(element, "storage"):
        for location in children(storage, "contentLocation"):
            sort = child_text(location, "contentLocationType") or ""
            value = next(children(location, "contentLocationValue"), None)
            text = "" if value is None else value.text or ""
            if sort == _PATH_TYPES[1]:
                try:
                    return base64.b64decode(text, validate=True).decode("utf-8", "surrogateescape")
                except (binascii.Error, ValueError):
                    return None
            if sort == _PATH_TYPES[0] or text.startswith("data/"):
                return text
    return None


def check_agreement(view: BagMetadata) -> list[Finding]:
    """Judge each record that the bag carries, then whether they agree with each other, the manifests and the files."""
    findings: list[Finding] = []
    if view.has(PREMIS_PATH):
        findings += _check_premis(view)
    roots: dict[str, _Element] = {}
    for path in (DC_PATH, DCTERMS_PATH):
        content = view.tag_bytes(path) if view.has(path) else None
        if content is not None:
            notes = Notes(path)
            root = judge_content(content, notes)
            if root is not None:
                roots[path] = root
            findings += notes.all()
    if view.has(STATEMENTS_PATH):
        findings += _check_statements(view.tag_bytes(STATEMENTS_PATH), roots)
    return findings


def _check_premis(view: BagMetadata) -> list[Finding]:
    notes = Notes(PREMIS_PATH)
    objects = _Objects(notes, view.algorithms, ours=view.has(STATEMENTS_PATH))
    chunks = _chunks_of(view)
    if chunks is None:
        return []
    try:
        _judge_premis(chunks, notes, objects)
    except XmlRefusedError as refused:
        notes.take(refused.finding)
        return notes.all()
    if notes.has(xml_codes.NOT_WELL_FORMED) or notes.has(xml_codes.DOCTYPE):
        return notes.all()
    if objects.placed or view.has(STATEMENTS_PATH):
        _compare(view, objects, notes)
    return notes.all()


def _chunks_of(view: BagMetadata) -> Iterator[bytes] | None:
    if isinstance(view, StreamedMetadata):
        return view.tag_chunks(PREMIS_PATH)
    content = view.tag_bytes(PREMIS_PATH)
    return None if content is None else iter((content,))


def _judge_premis(chunks: Iterator[bytes], notes: Notes, objects: _Objects) -> None:
    """Judge the record in memory when it is small, and as a stream when it is not."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) > _STREAMED_FROM:
            break
    tag, _attributes = root_of(head[: 1 << 16], subject=PREMIS_PATH)
    namespace, _, name = tag.lstrip("{").rpartition("}")
    if name == "premis" and namespace in PREMIS_NAMESPACES and len(head) > _STREAMED_FROM:
        stream_premis(chain((head,), chunks), namespace, notes, objects.take)
    else:
        judge_content(head + b"".join(chunks), notes, on_object=objects.take)


def _compare(view: BagMetadata, objects: _Objects, notes: Notes) -> None:
    algorithms = view.algorithms
    for record in view.payload():
        packed = objects.by_path.pop(record.path, None)
        if packed is None:
            notes.take(codes.NOT_DESCRIBED.at(record.path))
            continue
        told = _Told.unpack(packed)
        if told.size != record.size:
            found = "no" if told.size < 0 else str(told.size)
            notes.take(
                codes.SIZE_DISAGREES.at(record.path, record_line=told.line, found=found, expected=str(record.size))
            )
        for algorithm, digest, raw in zip(algorithms, record.digests, told.digests, strict=True):
            if not digest:
                continue
            if not raw:
                notes.take(codes.DIGEST_MISSING.at(record.path, record_line=told.line, algorithm=algorithm))
            elif raw != bytes.fromhex(digest):
                notes.take(
                    codes.DIGEST_DISAGREES.at(
                        record.path, record_line=told.line, algorithm=algorithm, found=raw.hex(), expected=digest
                    )
                )
    for path, packed in objects.by_path.items():
        if path.startswith("data/") or not view.has(path):
            line = _Told.unpack(packed).line
            notes.take(codes.NOT_LISTED_BY_MANIFEST.at(path, record_line=line))


def _check_statements(content: bytes | None, roots: dict[str, _Element]) -> list[Finding]:
    """dc.xml and dcterms.xml say what statements.json says: nothing more, and nothing less."""
    notes = Notes(STATEMENTS_PATH)
    if content is None:
        return []
    try:
        statements, _restricted = read_statements(content)
    except FormatError as error:
        notes.add(codes.STATEMENTS_DISAGREE, problem=error.problem)
        return notes.all()
    asserted = [one for one in statements if one.asserted and one.about is None]
    said = {(one.property, _plain(one.value), _language(one.language)) for one in asserted}
    values = {value for _property, value, _tag in said}
    if DCTERMS_PATH in roots:
        written = set()
        for one in dublin_core.read_statements(roots[DCTERMS_PATH]):
            key = (one.name.rpartition(":")[2], _plain(one.value), _language(one.language))
            written.add(key)
            if key not in said:
                _disagree(notes, DCTERMS_PATH, one.line, f"{one.name} {one.value!r} stands in no statement")
        for key in sorted(said - written, key=str):
            if key[0] in dublin_core.TERMS and key[0] not in _DATES:
                _disagree(notes, DCTERMS_PATH, None, f"the statement {key[0]} {key[1]!r} is missing")
    if DC_PATH in roots:
        for one in dublin_core.read_statements(roots[DC_PATH]):
            if _plain(one.value) not in values:
                _disagree(notes, DC_PATH, one.line, f"{one.name} {one.value!r} stands in no statement")
    return notes.all()


_DATES = frozenset({
    "date", "created", "issued", "modified", "valid", "available", "dateAccepted", "dateCopyrighted", "dateSubmitted",
})  # fmt: skip


def _disagree(notes: Notes, path: str, line: int | None, problem: str) -> None:
    notes.take(codes.STATEMENTS_DISAGREE.at(path, line=line, problem=problem[:200]))


def _plain(value: str) -> str:
    """A value as both sides can hold it: white space run together, characters that XML cannot hold as U+FFFD."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in value).split())


def _language(tag: str | None) -> str | None:
    return tag.lower() if tag and is_language(tag) else None
