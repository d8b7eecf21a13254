"""Reading Dublin Core in any form: oai_dc, qualifieddc, dcterms records, RDF, DSpace's own form, loose elements.

Clause: DCMI Metadata Terms; Guidelines for implementing Dublin Core in XML; OAI-PMH 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.formats.xml_elements import line_of, local_name, namespace_of, text_of
from archive.model.record import StatementView

if TYPE_CHECKING:
    from lxml.etree import _Element

DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {DC: "dc", DCTERMS: "dcterms", DC.rstrip("/"): "dc", DCTERMS.rstrip("/"): "dcterms"}

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

ELEMENTS = frozenset({
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
})  # fmt: skip
"""The fifteen of the Dublin Core Metadata Element Set 1.1."""

TERMS = ELEMENTS | frozenset({
    "alternative", "tableOfContents", "abstract", "created", "valid", "available", "issued", "modified", "dateAccepted",
    "dateCopyrighted", "dateSubmitted", "extent", "medium", "isVersionOf", "hasVersion", "isReplacedBy", "replaces",
    "isRequiredBy", "requires", "isPartOf", "hasPart", "isReferencedBy", "references", "isFormatOf", "hasFormat",
    "conformsTo", "spatial", "temporal", "audience", "accrualMethod", "accrualPeriodicity", "accrualPolicy",
    "instructionalMethod", "provenance", "rightsHolder", "mediator", "educationLevel", "accessRights", "license",
    "bibliographicCitation",
})  # fmt: skip
"""The properties of DCMI Metadata Terms, 2020-01-20."""

_CONTAINERS = frozenset({"dc", "qualifieddc", "simpledc", "dublincore", "dublin_core", "dcvalue", "dc-record"})
_DSPACE_VALUES = ("dcvalue",)


def is_statement(element: _Element) -> bool:
    """True for an element of Dublin Core by its namespace that is none of the containers in that namespace."""
    return namespace_of(element) in PREFIXES and not is_container(element) and local_name(element) != "record"


def is_container(element: _Element) -> bool:
    """True for an element whose children are Dublin Core statements, whatever its own name."""
    return local_name(element).lower() in _CONTAINERS or any(
        isinstance(child.tag, str) and namespace_of(child) in PREFIXES for child in element
    )


def find_containers(root: _Element) -> Iterator[_Element]:
    """Every Dublin Core record in the document, outermost first, none inside another."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if is_container(element):
            yield element
        else:
            waiting.extend(child for child in reversed(element) if isinstance(child.tag, str))


def read_statements(container: _Element) -> tuple[StatementView, ...]:
    """The values of one record in order; empty ones too, with an empty value. xml:lang is inherited (XML 1.0 2.12)."""
    inherited = _language_around(container)
    statements = []
    for element in container.iterchildren("*"):
        name, scheme = _name(element), element.get(XSI_TYPE)
        language = element.get(XML_LANG, element.get("lang", inherited))
        if local_name(element) in _DSPACE_VALUES:
            language = element.get("language") or language
        resource = element.get(f"{{{RDF}}}resource")
        value = text_of(element) or resource or ""
        statements.append(StatementView(line_of(element), name, value, language or None, scheme))
    return tuple(statements)


def _language_around(container: _Element) -> str | None:
    element: _Element | None = container
    while element is not None:
        if (language := element.get(XML_LANG)) is not None:
            return str(language)
        element = element.getparent()
    return None


def _name(element: _Element) -> str:
    local = local_name(element)
    prefix = PREFIXES.get(namespace_of(element))
    if prefix is not None:
        return f"{prefix}:{local}"
    if local in _DSPACE_VALUES:
        qualifier = element.get("qualifier") or "none"
        name = f"dc.{element.get('element') or ''}"
        return name if qualifier.lower() == "none" else f"{name}.{qualifier}"
    if not namespace_of(element) and local in TERMS:
        return f"dc:{local}" if local in ELEMENTS else f"dcterms:{local}"
    return f"{element.prefix}:{local}" if element.prefix else local
