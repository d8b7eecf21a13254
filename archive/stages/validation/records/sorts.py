"""What sort of record is it? Then its own judge has it. One document in memory, by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.formats import dublin_core_reading, mets_reading, premis_reading
from archive.formats.xml_elements import line_of, local_name, namespace_of
from archive.formats.xml_safety import DEFAULT_LIMITS, XmlLimits, XmlRefusedError, parse_xml
from archive.model.codes import xml as codes
from archive.model.finding import Fact
from archive.stages.validation.records.dublin_core import judge_dublin_core
from archive.stages.validation.records.ead import is_ead, judge_ead
from archive.stages.validation.records.mets import judge_mets
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.premis_stream import OnObject, judge_premis

if TYPE_CHECKING:
    from lxml.etree import _Element


_ENVELOPES = frozenset({
    "http://www.openarchives.org/OAI/2.0/", "http://www.loc.gov/zing/srw/", dublin_core_reading.RDF,
    "http://docs.oasis-open.org/ns/search-ws/sruResponse",
})  # fmt: skip
"""Namespaces of answers that carry records: OAI-PMH, SRU, RDF. What they themselves say is not what is judged."""


def judge_content(
    content: bytes,
    notes: Notes,
    *,
    facts: dict[str, Fact] | None = None,
    limits: XmlLimits = DEFAULT_LIMITS,
    on_object: OnObject | None = None,
) -> _Element | None:
    """Judge a document in memory; its root, or None where it could not be read. A METS profile is not a METS.

    `on_object` is called with every PREMIS object of a PREMIS document, `facts` is told what sort of record it is.
    """
    told: dict[str, Fact] = {} if facts is None else facts
    try:
        root = parse_xml(content, subject=notes.subject, limits=limits).getroot()
    except XmlRefusedError as refused:
        notes.take(refused.finding)
        return None
    if local_name(root) == "METS_Profile":
        notes.add(codes.UNKNOWN_KIND, line_of(root), root="METS_Profile")
    elif is_ead(root):
        told["record"] = "EAD"
        judge_ead(root, notes)
    elif mets_reading.is_mets(root):
        told["record"] = "METS"
        judge_mets(root, notes)
    elif namespace_of(root) in premis_reading.PREMIS_NAMESPACES:
        told["record"] = "PREMIS"
        if on_object is None:
            judge_premis(root, notes)
        else:
            judge_premis(root, notes, on_object)
    else:
        _judge_inside(root, notes, told)
    return root


def _judge_inside(root: _Element, notes: Notes, facts: dict[str, Fact]) -> None:
    """Dublin Core in whatever container, or records inside something that is not known here."""
    found = 0
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if mets_reading.is_mets(element) and local_name(element) == "mets":
            facts["record"] = "METS"
            judge_mets(element, notes)
        elif is_ead(element):
            facts["record"] = "EAD"
            judge_ead(element, notes)
        elif namespace_of(element) in premis_reading.PREMIS_NAMESPACES:
            facts["record"] = "PREMIS"
            judge_premis(element, notes)
        elif dublin_core_reading.is_container(element):
            facts["record"] = "Dublin Core"
            judge_dublin_core(element, notes)
        else:
            waiting.extend(child for child in reversed(element) if isinstance(child.tag, str))
            continue
        found += 1
        if element is not root and found == 1:
            if namespace_of(root) in _ENVELOPES:
                notes.add(codes.FOREIGN_PART, line_of(root), namespace=namespace_of(root))
            else:
                notes.add(codes.UNKNOWN_WRAPPER, line_of(root), root=local_name(root))
    if not found:
        notes.add(codes.UNKNOWN_KIND, line_of(root), root=local_name(root))
