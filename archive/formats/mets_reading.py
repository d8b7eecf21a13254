"""Reading METS: its header's agents, its files and references, and the PREMIS and Dublin Core embedded in it.

Clause: METS 1.12; METS 2 is read by the same local names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.formats.dublin_core_reading import is_statement
from archive.formats.premis_reading import PREMIS_NAMESPACES
from archive.formats.xml_elements import children, line_of, local_name, namespace_of, text_of, texts
from archive.model.record import AgentView, FileReference

if TYPE_CHECKING:
    from lxml.etree import _Element

METS = "http://www.loc.gov/METS/"
METS_2 = "http://www.loc.gov/METS/v2"
METS_ROSETTA = "http://www.exlibrisgroup.com/xsd/dps/rosettaMets"
METS_NAMESPACES = (METS, METS_2, METS_ROSETTA)
XLINK = "http://www.w3.org/1999/xlink"

SECTIONS = frozenset({"dmdSec", "techMD", "rightsMD", "sourceMD", "digiprovMD"})
_HOLDERS = SECTIONS | {"md"}
"""Elements that hold one record each: those of METS 1, and `md` of METS 2."""

REFERENCE_TARGETS = {
    "DMDID": frozenset({"dmdSec", "md"}),
    "ADMID": frozenset({"amdSec", "techMD", "rightsMD", "sourceMD", "digiprovMD", "md"}),
    "FILEID": frozenset({"file", "fileGrp"}),
    "STRUCTID": frozenset({"div", "structMap"}),
}
"""Attributes that hold XML IDs, and the elements each may lead to. An fptr may name a fileGrp: E-ARK CSIP does."""


def is_mets(element: _Element) -> bool:
    """True for an element of METS 1 or 2, or of Rosetta's copy of METS 1."""
    return namespace_of(element) in METS_NAMESPACES


def href_of(element: _Element) -> str | None:
    """The address that an FLocat, mdRef or mptr gives: xlink:href, or LOCREF in METS 2.

    An href in another namespace is taken too: there are records with a mistaken one for XLink.
    """
    value = element.get(f"{{{XLINK}}}href", element.get("LOCREF"))
    if value is not None:
        return str(value)
    named = (one for name, one in element.attrib.items() if str(name).rpartition("}")[2] == "href")
    return next(map(str, named), None)


def read_mets_agents(root: _Element) -> tuple[AgentView, ...]:
    """The agents of the header: no identifiers, a role."""
    return tuple(
        AgentView(
            line=line_of(agent),
            identifiers=(),
            names=texts(children(agent, "name")),
            type=_other(agent, "TYPE", "OTHERTYPE"),
            notes=texts(children(agent, "note")),
            role=_other(agent, "ROLE", "OTHERROLE"),
        )
        for header in children(root, "metsHdr")
        for agent in children(header, "agent")
    )


def _other(element: _Element, attribute: str, instead: str) -> str | None:
    value = element.get(attribute)
    return element.get(instead) or value if value == "OTHER" else value


def read_references(root: _Element) -> tuple[FileReference, ...]:
    """Every file of the file section, every referenced metadata record and every other METS, in document order."""
    references = []
    for element in root.iter(*_tags("file", "mdRef", "mptr")):
        if local_name(element) == "mptr":
            references.append(_reference(element, href_of(element), None, "METS"))
            continue
        if local_name(element) == "mdRef":
            references.append(_reference(element, href_of(element), None, _other(element, "MDTYPE", "OTHERMDTYPE")))
            continue
        use = _use_of(element)
        places = [href_of(place) for place in children(element, "FLocat")] or [None]
        references.extend(_reference(element, place, use, None) for place in places)
    return tuple(references)


def _tags(*names: str) -> tuple[str, ...]:
    return tuple(f"{{{namespace}}}{name}" for namespace in METS_NAMESPACES for name in names)


def _use_of(element: _Element) -> str | None:
    node: _Element | None = element
    while node is not None and local_name(node) in ("file", "fileGrp"):
        if use := node.get("USE"):
            return str(use)
        node = node.getparent()
    return None


def _reference(element: _Element, href: str | None, use: str | None, metadata_type: str | None) -> FileReference:
    size = element.get("SIZE") or ""
    return FileReference(
        line=line_of(element),
        id=element.get("ID"),
        href=href,
        use=use,
        mime=element.get("MIMETYPE"),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 20 else None,
        checksum=element.get("CHECKSUM"),
        checksum_type=element.get("CHECKSUMTYPE"),
        metadata_type=metadata_type,
    )


def embedded(root: _Element) -> Iterator[tuple[_Element, _Element]]:
    """Pairs of a metadata section (or the wrapping element) and each element directly inside its xmlData.

    Where Dublin Core statements are there without a container, xmlData itself is given as one.
    """
    for data in root.iter(*_tags("xmlData")):
        section = data
        while (parent := section.getparent()) is not None and local_name(section) not in _HOLDERS:
            section = parent
        inside = [content for content in data if isinstance(content.tag, str)]
        if inside and all(is_statement(content) for content in inside):
            inside = [data]
        for content in inside:
            yield section, content


def premis_entities(content: _Element) -> Iterator[_Element]:
    """The PREMIS entities in an embedded element: itself, or the children of a `premis` container."""
    if namespace_of(content) not in PREMIS_NAMESPACES:
        return
    if local_name(content) == "premis":
        yield from (child for child in content if isinstance(child.tag, str))
    else:
        yield content


def mets_identifier(root: _Element) -> str | None:
    """OBJID, or the first alternative record identifier."""
    if value := root.get("OBJID"):
        return str(value)
    return next(
        (
            text_of(one)
            for header in children(root, "metsHdr")
            for one in children(header, "altRecordID", "metsDocumentID")
        ),
        None,
    )
