"""Do a bag's records, manifests and files agree? Both ways, in some 0.4 KiB of memory a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from archive.errors import FormatError
from archive.formats import dublin_core_reading as dublin_core
from archive.formats.premis_reading import PREMIS_NAMESPACES
from archive.formats.statements import read_statements
from archive.formats.xml_elements import children, line_of, local_name, namespace_of, text_of
from archive.formats.xml_safety import XmlRefusedError, can_stream, root_of
from archive.model.codes import agreement as codes
from archive.model.codes import xml as xml_codes
from archive.model.description import Statement
from archive.model.finding import Finding
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.payload import BagMetadata, PayloadComparison
from archive.stages.validation.records.premis_stream import stream_premis
from archive.stages.validation.records.sorts import judge_content
from archive.stages.validation.records.values import is_language

if TYPE_CHECKING:
    from lxml.etree import _Element

PREMIS_PATH = "metadata/preservation/premis.xml"
DC_PATH = "metadata/descriptive/dc.xml"
DCTERMS_PATH = "metadata/descriptive/dcterms.xml"
EAD_PATH = "metadata/descriptive/ead.xml"
STATEMENTS_PATH = "metadata/descriptive/statements.json"

STREAMED_FROM = 128 << 10
"""PREMIS from this size on, in bytes, is read as a stream."""


@runtime_checkable
class StreamedMetadata(Protocol):
    """A bag that can also give a tag file of any size, piece by piece; None where it cannot be read."""

    def tag_chunks(self, path: str) -> Iterator[bytes] | None: ...


def check_agreement(view: BagMetadata, *, premis: bool = True) -> list[Finding]:
    """Judge each record that the bag carries, then whether they agree with each other, the manifests and the files.

    Without `premis` that record, the one that grows with the payload, is left to another check.
    """
    findings: list[Finding] = []
    if premis and view.has(PREMIS_PATH):
        findings += _check_premis(view)
    roots: dict[str, _Element] = {}
    for path in (DC_PATH, DCTERMS_PATH, EAD_PATH):
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
    chunks = _chunks_of(view)
    if chunks is None:
        return []
    objects = PayloadComparison(view, PREMIS_PATH, ours=view.has(STATEMENTS_PATH))
    try:
        _judge_premis(chunks, notes, objects, lambda: _chunks_of(view) or iter(()))
    except XmlRefusedError as refused:
        notes.take(refused.finding)
        return notes.all()
    except OSError as error:
        notes.add(xml_codes.NOT_READABLE, reason=error.strerror or str(error))
        return notes.all()
    if any(map(notes.has, (xml_codes.NOT_WELL_FORMED, xml_codes.DOCTYPE, xml_codes.TOO_MANY_FAULTS))):
        return notes.all()
    return [*notes.all(), *objects.finish()]


def _chunks_of(view: BagMetadata) -> Iterator[bytes] | None:
    if isinstance(view, StreamedMetadata):
        return view.tag_chunks(PREMIS_PATH)
    content = view.tag_bytes(PREMIS_PATH)
    return None if content is None else iter((content,))


def _judge_premis(
    chunks: Iterator[bytes], notes: Notes, objects: PayloadComparison, again: Callable[[], Iterator[bytes]]
) -> None:
    """Judge the record in memory when it is small, and as a stream when it is not."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) > STREAMED_FROM:
            break
    tag, _attributes = root_of(head[: 1 << 16], subject=PREMIS_PATH)
    namespace, _, name = tag.lstrip("{").rpartition("}")
    large = len(head) > STREAMED_FROM and can_stream(head)
    if large and name == "premis" and namespace in PREMIS_NAMESPACES:
        stream_premis(chain((head,), chunks), namespace, notes, objects, again=again)
    else:
        judge_content(head + b"".join(chunks), notes, on_object=objects.take)


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
                _disagree(notes, DCTERMS_PATH, one.line, f"{one.name} {one.value!r} appears in no statement")
        for key in sorted(said - written, key=str):
            if key[0] in dublin_core.TERMS and key[0] not in _DATES:
                _disagree(notes, DCTERMS_PATH, None, f"the statement {key[0]} {key[1]!r} is missing")
    if DC_PATH in roots:
        for one in dublin_core.read_statements(roots[DC_PATH]):
            if _plain(one.value) not in values:
                _disagree(notes, DC_PATH, one.line, f"{one.name} {one.value!r} appears in no statement")
    if EAD_PATH in roots:
        for element, prop in (("unittitle", "title"), ("unitid", _REFERENCE)):
            _compare_ead(notes, roots[EAD_PATH], element, {value for key, value, _tag in said if key == prop})
            _compare_components(notes, roots[EAD_PATH], element, prop, statements)
    elif any(key.startswith("archival.") for key, _value, _tag in said):
        _disagree(notes, STATEMENTS_PATH, None, f"there is an archival description, but no {EAD_PATH}")
    return notes.all()


def _compare_ead(notes: Notes, root: _Element, name: str, values: set[str]) -> None:
    """The titles or reference codes of the unit that ead.xml describes are those of the statements."""
    written = {
        _plain(text_of(one) or ""): line_of(one)
        for described in children(root, "archdesc")
        for did in children(described, "did")
        for one in children(did, name)
    }
    for value, line in written.items():
        if value not in values:
            _disagree(notes, EAD_PATH, line, f"{name} {value!r} appears in no statement")
    for value in sorted(values - written.keys()):
        _disagree(notes, EAD_PATH, None, f"the {name} {value!r} is missing")


def _compare_components(notes: Notes, root: _Element, name: str, prop: str, statements: tuple[Statement, ...]) -> None:
    """The titles or reference codes of components are those of the files; a title that is a file's name is marked.

    Bags of earlier versions have no components.
    """
    if next(root.iter(f"{{{namespace_of(root)}}}dsc"), None) is None:
        return
    found = [one for one in root.iter(f"{{{namespace_of(root)}}}{name}") if not _is_of_package(one)]
    written = {_plain(text_of(one) or ""): line_of(one) for one in found if one.get("localtype") != "file name"}
    of_files = [one for one in statements if one.asserted and one.about is not None and one.property == prop]
    values = {_plain(one.value) for one in of_files}
    for value, line in written.items():
        if value not in values:
            _disagree(notes, EAD_PATH, line, f"{name} {value!r} appears in no statement about a file")
    for value in sorted(values - written.keys()):
        _disagree(notes, EAD_PATH, None, f"the {name} {value!r} of a file is missing")


def _is_of_package(element: _Element) -> bool:
    did = element.getparent()
    unit = None if did is None else did.getparent()
    return unit is not None and local_name(unit) == "archdesc"


_REFERENCE = "archival.reference"
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
