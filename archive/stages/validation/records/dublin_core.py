"""Judging Dublin Core: the schema where the container has one, then names, values, languages and typed values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.formats import dublin_core_reading as reading
from archive.formats.dublin_core_reading import DC, DCTERMS, OAI_DC, XSI_TYPE
from archive.formats.edtf import is_w3cdtf
from archive.formats.identifiers import check_identifier
from archive.formats.xml_elements import line_of, local_name, namespace_of, text_of
from archive.model.codes import dublin_core as codes
from archive.model.finding import FindingKind
from archive.stages.validation.records import schemas as record_schemas
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.values import check_language_tag, check_text, is_date, is_language

if TYPE_CHECKING:
    from lxml.etree import _Element

DCMI_TYPES = frozenset({
    "Collection", "Dataset", "Event", "Image", "InteractiveResource", "MovingImage", "PhysicalObject", "Service",
    "Software", "Sound", "StillImage", "Text",
})  # fmt: skip
_DCMITYPE = "http://purl.org/dc/dcmitype/"
_DATES = frozenset({
    "date", "created", "valid", "available", "issued", "modified", "dateAccepted", "dateCopyrighted", "dateSubmitted",
})  # fmt: skip
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2}|[^\x00-\xa0\"<>\\^`{|}])+"
)
_PATTERNS = {
    "IMT": re.compile(
        r"(?:application|audio|chemical|example|font|haptics|image|message|model|multipart|text|video)"
        r"/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*(?:[ \t]*;.*)?"
    ),
    "ISO639-2": re.compile(r"[a-z]{3}"),
    "ISO639-3": re.compile(r"[a-z]{3}"),
    "ISO3166": re.compile(r"[A-Za-z]{2,3}|\d{3}"),
    "Point": re.compile(r".*=.*", re.DOTALL),
    "Box": re.compile(r".*=.*", re.DOTALL),
    "Period": re.compile(r".*(?:start|end)\s*=.*", re.DOTALL),
}
_LANGUAGES = frozenset({"RFC1766", "RFC3066", "RFC4646", "RFC5646"})
_FREE = frozenset({"LCSH", "MESH", "DDC", "LCC", "UDC", "TGN", "NLM"})
_NAMES = {DC: reading.ELEMENTS, DCTERMS: reading.TERMS}


def judge_dublin_core(container: _Element, notes: Notes, *, embedded: bool = False) -> None:
    """Judge one record: its container against a schema, where there is one, then every statement in it.

    `embedded` says that it is in a METS, where an empty element is an unfilled field and no error.
    """
    ruled = _check_container(container, notes, codes.CONTAINER_EMBEDDED if embedded else codes.CONTAINER)
    nested = codes.NESTED_ELEMENT if ruled else codes.STRUCTURED_VALUE
    titles = values = 0
    seen: set[tuple[str, str, str | None]] = set()
    for element in container.iter():
        if isinstance(element.tag, str):
            check_language_tag(element, notes)
    for element, statement in zip(
        (child for child in container if isinstance(child.tag, str)), reading.read_statements(container), strict=True
    ):
        values += bool(statement.value)
        name = local_name(element)
        titles += bool(statement.value) and (name == "title" or statement.name == "dc.title")
        if embedded and not statement.value and name in _NAMES.get(namespace_of(element), ()):
            notes.add(codes.EMPTY_EMBEDDED, line_of(element), element=statement.name)
        else:
            unknown = codes.UNKNOWN_EMBEDDED if embedded else codes.UNKNOWN_ELEMENT
            _check_statement(element, name, statement.value, notes, unknown=unknown, nested=nested)
        key = (statement.name, statement.value, statement.language)
        if statement.value and key in seen:
            notes.add(codes.DUPLICATE_STATEMENT, line_of(element), element=statement.name)
        seen.add(key)
    if not values:
        notes.add(codes.EMPTY_RECORD, line_of(container))
    elif not titles:
        notes.add(codes.NO_TITLE, line_of(container))


def _check_container(container: _Element, notes: Notes, unknown: FindingKind) -> bool:
    """Check the container; True when there is a schema for it, which then has ruled what a statement may hold."""
    name = local_name(container)
    if namespace_of(container) == OAI_DC:
        record_schemas.check_schema(record_schemas.OAI_DC, container, notes)
    elif container.tag == "qualifieddc":
        record_schemas.check_schema(record_schemas.QUALIFIED_DC, container, notes)
    elif _is_simple(container):
        notes.add(codes.NO_NAMESPACE, line_of(container), root=name)
    else:
        notes.add(unknown, line_of(container), root=name)
    return namespace_of(container) == OAI_DC or container.tag == "qualifieddc"


def _is_simple(container: _Element | None) -> bool:
    """True for RODA's `simpledc`, whose elements are in no namespace."""
    return container is not None and container.tag == "simpledc"


def _check_statement(
    element: _Element, name: str, value: str, notes: Notes, *, unknown: FindingKind, nested: FindingKind
) -> None:
    line, namespace = line_of(element), namespace_of(element)
    shown = f"{reading.PREFIXES.get(namespace, element.prefix or '')}:{name}".lstrip(":")
    if namespace in _NAMES and name not in _NAMES[namespace]:
        notes.add(unknown, line, element=shown)
        return
    if namespace in _NAMES and any(
        isinstance(child.tag, str) and namespace_of(child) != reading.RDF for child in element
    ):
        notes.add(nested, line, element=shown)
        return
    plain = not namespace and _is_simple(element.getparent())
    if plain and name not in reading.TERMS:
        notes.add(unknown, line, element=f"<{name}>")
        return
    if not namespace and name != "dcvalue" and not plain:
        notes.add(unknown, line, element=f"<{name}> in no namespace")
        return
    if not value:
        notes.add(codes.EMPTY_STATEMENT, line, element=shown)
        return
    check_text(value, line, notes)
    if namespace not in _NAMES and not plain:
        return
    if name == "identifier":
        checked = check_identifier(value)
        if checked.problem is not None:
            notes.add(
                codes.BAD_IDENTIFIER, line, element=shown, scheme=checked.scheme or "identifier", found=value,
                problem=checked.problem,
            )  # fmt: skip
    scheme = element.get(XSI_TYPE)
    if scheme is not None:
        _check_typed(element, shown, scheme, text_of(element) or "", notes)
    elif name in _DATES:
        if not is_date(value):
            notes.add(codes.BAD_DC_DATE, line, element=shown, found=value)
    elif name == "language":
        if not is_language(value):
            notes.add(codes.ODD_LANGUAGE_VALUE, line, element=shown, found=value)
    elif name == "type":
        _check_type(value, line, notes)


def _check_type(value: str, line: int, notes: Notes) -> None:
    plain = value.replace(" ", "").lower()
    near = next((one for one in DCMI_TYPES if one.lower() == plain), None)
    if near is not None and near != value:
        notes.add(codes.ODD_TYPE, line, found=value, expected=near)


def _check_typed(element: _Element, shown: str, written: str, value: str, notes: Notes) -> None:
    """A value with an encoding scheme: the scheme is one of the standard's, and the value has its form."""
    line = line_of(element)
    prefix, _, scheme = written.strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    if namespace is not None and namespace not in (DCTERMS, DC, _DCMITYPE):
        if scheme.upper().startswith("EDTF") and not is_date(value):
            notes.add(codes.BAD_TYPED_VALUE, line, element=shown, scheme=scheme, found=value)
        else:
            notes.add(codes.OTHER_SCHEME, line, element=shown, scheme=written)
    elif namespace not in (DCTERMS, _DCMITYPE) or (
        scheme not in _PATTERNS and scheme not in _LANGUAGES | _FREE | {"W3CDTF", "DCMIType", "URI"}
    ):
        notes.add(codes.UNKNOWN_SCHEME, line, element=shown, scheme=written)
    elif scheme == "W3CDTF":
        if not is_w3cdtf(value):
            notes.add(codes.BAD_W3CDTF, line, element=shown, found=value)
    elif scheme == "URI":
        if not _URI.fullmatch(value):
            notes.add(codes.BAD_URI, line, element=shown, found=value)
    elif scheme in _LANGUAGES:
        if not is_language(value):
            notes.add(codes.BAD_TYPED_VALUE, line, element=shown, scheme=scheme, found=value)
    elif (scheme == "DCMIType" and value not in DCMI_TYPES) or (
        scheme in _PATTERNS and not _PATTERNS[scheme].fullmatch(value)
    ):
        notes.add(codes.BAD_TYPED_VALUE, line, element=shown, scheme=scheme, found=value)
