"""Reading PREMIS of any version, right or wrong: elements in, views out.

Elements are known by their local names, so that versions 1, 2 and 3 are read alike; what the versions name differently
(`eventDetail`, `relatedObjectIdentification`) is read under both names. Clause: PREMIS Data Dictionary 2.2 and 3.0.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING

from archive.formats.xml_elements import child_text, children, line_of, local_name, text_of, texts
from archive.model.record import (
    AgentView,
    EventView,
    FixityView,
    FormatView,
    GrantView,
    Identifier,
    ObjectView,
    RecordField,
    RelationshipView,
    RightsView,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

PREMIS_3 = "http://www.loc.gov/premis/v3"
PREMIS_2 = "info:lc/xmlns/premis-v2"
PREMIS_1 = ("http://www.loc.gov/standards/premis", "http://www.loc.gov/standards/premis/v1")
PREMIS_DIAS = "http://arkivverket.no/standarder/PREMIS"
"""PREMIS 2.0 as the national archives of Norway and Sweden write it, in a namespace of its own."""
PREMIS_NAMESPACES = (PREMIS_3, PREMIS_2, PREMIS_DIAS, *PREMIS_1)
RIGHTS_STATEMENTS = ("rightsStatement", "permissionStatement")
ENTITIES = ("object", "event", "agent", "rights")

EARLIER_PATH = "bag path in an earlier version"
"""The type of a content location of a file that an update removed or replaced: its object stays in the record."""

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_CATEGORIES = {
    "file": "file", "representation": "representation", "bitstream": "bitstream",
    "intellectualentity": "intellectualEntity",
}  # fmt: skip


LISTED = ("linkingObjectIdentifier", "relatedObjectIdentifier")
"""The links of which an event or a relationship may have as many as there are files."""


def shorten_list(element: _Element) -> bool:
    """False where a stream's element is not one of `LISTED`. Else the link before it in an event or relationship goes.

    The lists are then never whole in memory. Those of rights statements stay.
    """
    if local_name(element) not in LISTED:
        return False
    parent, before = element.getparent(), element.getprevious()
    if parent is None or before is None or local_name(parent) not in ("event", "relationship"):
        return True
    if before.tag == element.tag:
        parent.remove(before)
    return True


def is_earlier(location_type: str) -> bool:
    """True for the type of a location in an earlier version of the bag, as a path or as the base64 of one."""
    return location_type.startswith(EARLIER_PATH)


def version_of(namespace: str) -> str | None:
    """The major version that a PREMIS namespace stands for: "3", "2" or "1"; None for another namespace."""
    if namespace == PREMIS_3:
        return "3"
    if namespace in (PREMIS_2, PREMIS_DIAS):
        return "2"
    return "1" if namespace in PREMIS_1 else None


def read_identifier(element: _Element) -> Identifier:
    """An identifier or a link: children named ...Type, ...Value and ...Role."""
    kind, value, roles = "", "", []
    for child in element:
        name = local_name(child)
        if name.endswith("Type"):
            kind = text_of(child) or ""
        elif name.endswith("Value"):
            value = text_of(child) or ""
        elif name.endswith("Role") and (role := text_of(child)):
            roles.append(role)
    return Identifier(kind, value, tuple(roles))


def read_fields(elements: Iterable[_Element]) -> tuple[RecordField, ...]:
    """These elements as they are written."""
    return tuple(_field(element) for element in elements if isinstance(element.tag, str))


def _field(element: _Element) -> RecordField:
    attributes = tuple((str(name).rpartition("}")[2], str(value)) for name, value in element.attrib.items())
    if len(element):
        text = (element.text or "").strip() or None
        return RecordField(local_name(element), text, attributes, read_fields(element))
    return RecordField(local_name(element), text_of(element), attributes)


def _rest(element: _Element, known: frozenset[str]) -> tuple[RecordField, ...]:
    return read_fields(child for child in children(element) if local_name(child) not in known)


def category_of(element: _Element) -> str | None:
    """The category of a PREMIS object: by xsi:type in versions 2 and 3, by objectCategory in version 1."""
    written = element.get(_XSI_TYPE)
    word = written.rpartition(":")[2] if written else child_text(element, "objectCategory")
    if word is None:
        return None
    return _CATEGORIES.get(word.strip().lower(), word.strip())


_OBJECT = frozenset({
    "objectIdentifier", "objectCharacteristics", "originalName", "storage", "relationship", "linkingEventIdentifier",
    "linkingRightsStatementIdentifier", "linkingPermissionStatementIdentifier", "objectCategory",
})  # fmt: skip
RELATED_OBJECTS = ("relatedObjectIdentifier", "relatedObjectIdentification")
RELATED_EVENTS = ("relatedEventIdentifier", "relatedEventIdentification")
"""The names of version 3, and those of 2 and 1."""

_RELATIONSHIP = frozenset({"relationshipType", "relationshipSubType", *RELATED_OBJECTS, *RELATED_EVENTS})
_STORAGE = frozenset({"contentLocation"})
_CHARACTERISTICS = frozenset({"fixity", "size", "format"})


def read_file_format(element: _Element) -> tuple[str, FormatView] | None:
    """The bag path of a file object and its format, without notes; None for any other object or where one is missing.

    It costs a fifth of `read_object`. Of several formats the first with a registry key counts.
    """
    front = str(element.tag).removesuffix("object")
    location = f"{front}storage/{front}contentLocation/{front}contentLocation"
    path = _bag_path(element.findtext(f"{location}Type"), element.findtext(f"{location}Value"))
    if path is None or category_of(element) != "file":
        return None
    found = [
        FormatView(
            one.findtext(f"{front}formatDesignation/{front}formatName"),
            one.findtext(f"{front}formatDesignation/{front}formatVersion"),
            one.findtext(f"{front}formatRegistry/{front}formatRegistryName"),
            one.findtext(f"{front}formatRegistry/{front}formatRegistryKey"),
        )
        for one in element.iterfind(f"{front}objectCharacteristics/{front}format")
    ]
    chosen = [one for one in found if one.key] or [one for one in found if one.name]
    return (path, chosen[0]) if chosen else None


def _bag_path(kind: str | None, value: str | None) -> str | None:
    """The path of a content location; None where it is none in the bag."""
    if value is None or kind == "bag path":
        return value
    if kind != "bag path, base64":
        return None
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "surrogateescape")
    except ValueError:
        return None


def linked_events(element: _Element) -> tuple[str, ...]:
    """The values of the identifiers of the events that an object links to, in their order."""
    front = str(element.tag).removesuffix("object")
    found = element.iterfind(f"{front}linkingEventIdentifier/{front}linkingEventIdentifierValue")
    return tuple((one.text or "").strip() for one in found)


def read_object(element: _Element) -> ObjectView:
    """The view of a PREMIS `object` element."""
    characteristics = list(children(element, "objectCharacteristics"))
    size = next((text for one in characteristics if (text := child_text(one, "size"))), None)
    return ObjectView(
        line=line_of(element),
        category=category_of(element),
        identifiers=tuple(map(read_identifier, children(element, "objectIdentifier"))),
        original_name=child_text(element, "originalName"),
        size=int(size) if size and size.isascii() and size.isdigit() and len(size) < 20 else None,
        fixity=tuple(_fixity(one) for each in characteristics for one in children(each, "fixity")),
        formats=tuple(_format(one) for each in characteristics for one in children(each, "format")),
        locations=tuple(
            read_identifier(one)
            for storage in children(element, "storage")
            for one in children(storage, "contentLocation")
        ),
        relationships=tuple(map(read_relationship, children(element, "relationship"))),
        events=tuple(map(read_identifier, children(element, "linkingEventIdentifier"))),
        rights=tuple(
            map(
                read_identifier,
                children(element, "linkingRightsStatementIdentifier", "linkingPermissionStatementIdentifier"),
            )
        ),
        others=(
            *(one for each in characteristics for one in _rest(each, _CHARACTERISTICS)),
            *(one for storage in children(element, "storage") for one in _rest(storage, _STORAGE)),
            *_rest(element, _OBJECT),
        ),
    )


def _fixity(element: _Element) -> FixityView:
    return FixityView(
        child_text(element, "messageDigestAlgorithm") or "",
        child_text(element, "messageDigest") or "",
        child_text(element, "messageDigestOriginator"),
    )


def _format(element: _Element) -> FormatView:
    designation = next(children(element, "formatDesignation"), None)
    registry = next(children(element, "formatRegistry"), None)
    return FormatView(
        name=None if designation is None else child_text(designation, "formatName"),
        version=None if designation is None else child_text(designation, "formatVersion"),
        registry=None if registry is None else child_text(registry, "formatRegistryName"),
        key=None if registry is None else child_text(registry, "formatRegistryKey"),
        role=None if registry is None else child_text(registry, "formatRegistryRole"),
        notes=texts(children(element, "formatNote")),
    )


def read_relationship(element: _Element) -> RelationshipView:
    """The view of a PREMIS `relationship` element, with the names of version 3 or those of 2 and 1."""
    related = list(children(element, *RELATED_OBJECTS, *RELATED_EVENTS))
    return RelationshipView(
        child_text(element, "relationshipType") or "",
        child_text(element, "relationshipSubType") or "",
        tuple(map(read_identifier, children(element, *RELATED_OBJECTS))),
        tuple(map(read_identifier, children(element, *RELATED_EVENTS))),
        (
            *read_fields(one for each in related for one in children(each) if local_name(one).endswith("Sequence")),
            *_rest(element, _RELATIONSHIP),
        ),
    )


_EVENT = frozenset({
    "eventIdentifier", "eventType", "eventDateTime", "eventDetail", "eventDetailInformation", "eventOutcomeInformation",
    "linkingAgentIdentifier", "linkingObjectIdentifier",
})  # fmt: skip


def read_event(element: _Element) -> EventView:
    """The view of a PREMIS `event` element."""
    outcomes = list(children(element, "eventOutcomeInformation"))
    details = [*children(element, "eventDetail")]
    for wrapper in children(element, "eventDetailInformation"):
        details.extend(children(wrapper, "eventDetail"))
    extensions = [
        *(e for w in children(element, "eventDetailInformation") for e in children(w, "eventDetailExtension")),
        *(
            e
            for outcome in outcomes
            for detail in children(outcome, "eventOutcomeDetail")
            for e in children(detail, "eventOutcomeDetailExtension")
        ),
    ]
    return EventView(
        line=line_of(element),
        identifiers=tuple(map(read_identifier, children(element, "eventIdentifier"))),
        type=child_text(element, "eventType"),
        date=child_text(element, "eventDateTime"),
        details=texts(details),
        outcomes=texts(one for outcome in outcomes for one in children(outcome, "eventOutcome")),
        outcome_notes=texts(
            note
            for outcome in outcomes
            for detail in children(outcome, "eventOutcomeDetail")
            for note in children(detail, "eventOutcomeDetailNote")
        ),
        agents=tuple(map(read_identifier, children(element, "linkingAgentIdentifier"))),
        objects=tuple(map(read_identifier, children(element, "linkingObjectIdentifier"))),
        others=(*read_fields(extensions), *_rest(element, _EVENT)),
    )


_AGENT = frozenset({
    "agentIdentifier", "agentName", "agentType", "agentVersion", "agentNote", "linkingEventIdentifier",
    "linkingRightsStatementIdentifier",
})  # fmt: skip


def read_agent(element: _Element) -> AgentView:
    """The view of a PREMIS `agent` element."""
    return AgentView(
        line=line_of(element),
        identifiers=tuple(map(read_identifier, children(element, "agentIdentifier"))),
        names=texts(children(element, "agentName")),
        type=child_text(element, "agentType"),
        version=child_text(element, "agentVersion"),
        notes=texts(children(element, "agentNote")),
        events=tuple(map(read_identifier, children(element, "linkingEventIdentifier"))),
        rights=tuple(map(read_identifier, children(element, "linkingRightsStatementIdentifier"))),
        others=_rest(element, _AGENT),
    )


_RIGHTS = frozenset({
    "rightsStatementIdentifier", "permissionStatementIdentifier", "rightsBasis", "rightsGranted", "permissionGranted",
    "linkingObjectIdentifier", "linkingObject", "linkingAgentIdentifier", "grantingAgent",
})  # fmt: skip


def read_rights(element: _Element) -> tuple[RightsView, ...]:
    """The views of the statements in a PREMIS `rights` element; an extension becomes a statement with only `others`.

    A statement that stands by itself, as Archivematica puts them into METS, is read alike.
    """
    if local_name(element) in RIGHTS_STATEMENTS:
        return (_statement(element),)
    statements = list(children(element, *RIGHTS_STATEMENTS))
    views = [_statement(one) for one in statements]
    extensions = read_fields(children(element, "rightsExtension"))
    if extensions:
        views.append(RightsView(line_of(element), (), None, others=extensions))
    return tuple(views)


def _statement(element: _Element) -> RightsView:
    return RightsView(
        line=line_of(element),
        identifiers=tuple(
            map(read_identifier, children(element, "rightsStatementIdentifier", "permissionStatementIdentifier"))
        ),
        basis=child_text(element, "rightsBasis"),
        grants=tuple(map(_grant, children(element, "rightsGranted", "permissionGranted"))),
        objects=tuple(map(read_identifier, children(element, "linkingObjectIdentifier", "linkingObject"))),
        agents=tuple(map(read_identifier, children(element, "linkingAgentIdentifier", "grantingAgent"))),
        others=_rest(element, _RIGHTS),
    )


def _grant(element: _Element) -> GrantView:
    return GrantView(
        act=child_text(element, "act"),
        restrictions=texts(children(element, "restriction")),
        grant_term=_term(next(children(element, "termOfGrant"), None)),
        restriction_term=_term(next(children(element, "termOfRestriction"), None)),
        notes=texts(children(element, "rightsGrantedNote", "permissionNote")),
    )


def _term(element: _Element | None) -> tuple[str | None, str | None] | None:
    return None if element is None else (child_text(element, "startDate"), child_text(element, "endDate"))
