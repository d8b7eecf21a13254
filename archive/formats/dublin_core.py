"""Writing Dublin Core: dc.xml (the fifteen elements in oai_dc) and dcterms.xml (every term, in qualifieddc).

Clause: DCMI Metadata Terms (2020); Guidelines for implementing Dublin Core in XML (2003); OAI-PMH 2.0, oai_dc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archive.formats.description_checks import DCMI_TYPES
from archive.formats.edtf import is_edtf, is_w3cdtf
from archive.formats.identifiers import is_uri
from archive.formats.language import check_language
from archive.formats.xml_elements import escape_text
from archive.model.description import DATES, ELEMENTS, TERMS, Statement

ELEMENT_OF = {
    "alternative": "title", "abstract": "description", "tableOfContents": "description", "created": "date",
    "issued": "date", "modified": "date", "valid": "date", "available": "date", "dateAccepted": "date",
    "dateCopyrighted": "date", "dateSubmitted": "date", "extent": "format", "medium": "format",
    "bibliographicCitation": "identifier", "spatial": "coverage", "temporal": "coverage", "isPartOf": "relation",
    "hasPart": "relation", "isVersionOf": "relation", "hasVersion": "relation", "isFormatOf": "relation",
    "hasFormat": "relation", "references": "relation", "isReferencedBy": "relation", "replaces": "relation",
    "isReplacedBy": "relation", "requires": "relation", "isRequiredBy": "relation", "conformsTo": "relation",
    "accessRights": "rights", "license": "rights",
}  # fmt: skip
"""The element that each term refines (dumb-down). Terms that refine none of the 15 are written only to dcterms.xml."""

_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_MIME = re.compile(r"(?:application|audio|font|image|message|model|multipart|text|video|chemical|x-[a-z]+)/[\w.+-]+")
_SCHEMA_TIME = re.compile(r"[\d-]+T(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):\d\d)")
_URI_TERMS = frozenset(
    ["identifier", "license", "rights", "source", "relation", "isPartOf", "isVersionOf", "references", "conformsTo"]
)


def write_dc(statements: Iterable[Statement]) -> Iterator[bytes]:
    """dc.xml: each asserted value under the element that its term refines, in the order of the fifteen."""
    yield (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        b' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
    )
    found: dict[str, dict[tuple[str, str | None], None]] = {}
    for statement in _writable(statements):
        element = ELEMENT_OF.get(statement.property, statement.property)
        if element in ELEMENTS:
            found.setdefault(element, {})[statement.value, _tag(statement)] = None
    for element in ELEMENTS:
        for value, tag in found.get(element, {}):
            language = f' xml:lang="{tag}"' if tag else ""
            yield f"  <dc:{element}{language}>{escape_text(value)}</dc:{element}>\n".encode()
    yield b"</oai_dc:dc>\n"


def write_dcterms(statements: Iterable[Statement]) -> Iterator[bytes]:
    """dcterms.xml: each asserted value under its own term, with its language, or its type where it is of that type."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<qualifieddc xmlns:dcterms="http://purl.org/dc/terms/" {_XSI}>\n'
    ).encode()
    order = {term: number for number, term in enumerate(TERMS)}
    known = (statement for statement in _writable(statements) if statement.property in order)
    seen: set[tuple[str, str, str | None]] = set()
    for statement in sorted(known, key=lambda one: order[one.property]):
        term, tag = statement.property, _tag(statement)
        if (term, statement.value, tag) in seen:
            continue
        seen.add((term, statement.value, tag))
        scheme = None if tag else scheme_of(statement)
        attribute = f' xml:lang="{tag}"' if tag else f' xsi:type="dcterms:{scheme}"' if scheme else ""
        yield f"  <dcterms:{term}{attribute}>{escape_text(statement.value)}</dcterms:{term}>\n".encode()
    yield b"</qualifieddc>\n"


def scheme_of(statement: Statement) -> str | None:
    """The encoding scheme of DCMI that the value is in; W3CDTF only for a plain date, so never for other EDTF."""
    term, value = statement.property, statement.value
    if term in DATES or term == "temporal":
        return "W3CDTF" if is_w3cdtf(value) and _is_in_schema(value) else None
    if term == "type":
        return "DCMIType" if value in DCMI_TYPES else None
    if term == "language":
        return "RFC4646" if check_language(value).valid else None
    if term == "format":
        return "IMT" if _MIME.fullmatch(value) else None
    return "URI" if term in _URI_TERMS and is_uri(value) else None


def _is_in_schema(value: str) -> bool:
    """True where the schema's own types take the date, too: they know no year 0, and no time without seconds."""
    return not value.startswith("0000") and ("T" not in value or _SCHEMA_TIME.fullmatch(value) is not None)


def _writable(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The asserted statements about the package; a date that is none is left to statements.json."""
    for statement in statements:
        if statement.asserted and not (statement.property in DATES and not is_edtf(statement.value)):
            yield statement


def _tag(statement: Statement) -> str | None:
    tag = statement.language
    return tag if tag and check_language(tag).valid else None
