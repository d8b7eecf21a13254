"""Judging PREMIS: each entity by itself (schema, values, terms), then all of them by their links.

A record is fed entity by entity, whether it is streamed from a large file, parsed at once or embedded in METS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.formats import premis_reading as reading
from archive.formats.premis_reading import read_identifier
from archive.formats.xml_elements import child_text, children, line_of, local_name, namespace_of, text_of
from archive.model.codes import premis as codes
from archive.model.codes import xml as xml_codes
from archive.model.record import Identifier
from archive.stages.validation.records import premis_values as values
from archive.stages.validation.records import schemas as record_schemas
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.premis_2 import check_structure
from archive.stages.validation.records.premis_links import AGENT, EVENT, OBJECT, RIGHTS, LinkGraph, Names
from archive.stages.validation.records.values import (
    check_language_tag,
    check_text,
    is_date,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

KINDS = {
    "object": OBJECT, "event": EVENT, "agent": AGENT, "rights": RIGHTS,
    **dict.fromkeys(reading.RIGHTS_STATEMENTS, RIGHTS),
}  # fmt: skip

_IDENTIFIERS = {
    OBJECT: ("objectIdentifier",), EVENT: ("eventIdentifier",), AGENT: ("agentIdentifier",),
    RIGHTS: ("rightsStatementIdentifier", "permissionStatementIdentifier"),
}  # fmt: skip
LINK_ELEMENTS = frozenset({
    "linkingObjectIdentifier", "linkingEventIdentifier", "linkingAgentIdentifier", "linkingRightsStatementIdentifier",
    "linkingPermissionStatementIdentifier", "linkingEnvironmentIdentifier", "linkingObject", "grantingAgent",
})  # fmt: skip
_DATES = frozenset({
    "eventDateTime", "dateCreatedByApplication", "startDate", "endDate", "copyrightStatusDeterminationDate",
    "preservationLevelDateAssigned", "statuteInformationDeterminationDate",
})  # fmt: skip
_OPTIONAL = frozenset({
    "originalName", "formatVersion", "messageDigestOriginator", "eventDetail", "eventOutcomeDetailNote", "agentNote",
    "agentName", "agentVersion", "formatNote", "rightsGrantedNote", "copyrightNote", "licenseNote", "licenseTerms",
    "statuteNote", "otherRightsNote", "preservationLevelRationale", "creatingApplicationVersion", "formatRegistryRole",
    "linkingAgentRole", "linkingObjectRole", "creatingApplicationName", "inhibitorKey", "significantPropertiesValue",
    "signatureProperties", "preservationLevelRole", "relatedEnvironmentCharacteristic", "environmentNote",
    "environmentDesignationNote", "environmentVersion", "environmentOrigin", "swVersion", "swOtherInformation",
    "hwOtherInformation", "eventOutcome", "storageMedium", "agentType",
})  # fmt: skip
_LOCATIONS = frozenset({"contentLocationValue", "originalName", "eventDetail", "eventOutcomeDetailNote"})
_NUMBERS = frozenset({"size", "compositionLevel", "relatedObjectSequence", "relatedEventSequence"})
_DIGITS = re.compile(r"\s*\+?\d{1,19}\s*", re.ASCII)
_LEAK = re.compile(r"(?:^|[\s\"'=(])(?:file://|/(?:home|Users|root|tmp|mnt|media|var|srv|opt)/|[A-Za-z]:\\|\\\\\w)")
_GROUPS = frozenset({"formatRegistry", "rightsStatement", "relationship", "eventOutcomeInformation"})
_XML_IDS = {"xmlID"}
_IDREF = re.compile(r"(?:Link|Rel)\w+XmlID")
_OPEN_END = "open"
_NO_END = frozenset({"unknown"})
_NAMES = frozenset({"originalName", "contentLocationValue"})
"""Names of files are kept as they are: what is odd in them is not a fault of the record."""
_OPTIONAL_GROUPS = frozenset({"formatRegistry", "contentLocation", "preservationLevel", "creatingApplication"})


class PremisJudge:
    """Judges one record. `own_schema` is False inside METS, whose schema has judged the PREMIS 3 in it.

    `strict` is False there too: sections tell what belongs together, so that links may be told on one side only.
    """

    def __init__(
        self, notes: Notes, *, own_schema: bool = True, strict: bool = True, names: Names | None = None
    ) -> None:
        self.notes = notes
        self.graph = LinkGraph(notes, names)
        self.versions: dict[str, int] = {}
        self._own_schema = own_schema
        self._strict = strict
        self._ids: dict[str, int] = {}
        self._idrefs: list[tuple[str, str, int]] = []

    def open(self, element: _Element) -> int:
        """Enter an entity whose end has not come yet, so that its links can be taken while they arrive."""
        kind = KINDS[local_name(element)]
        identifiers = tuple(map(read_identifier, children(element, *_IDENTIFIERS[kind])))
        return self.graph.enter(kind, identifiers, line_of(element), whole=_is_whole(element))

    def take(self, element: _Element, section: int = 0, opened: int | None = None) -> int:
        """Judge one entity; its number in the graph. `section` is the METS section it is in, 0 outside of METS;

        `opened` is what `open` gave for it.
        """
        name = local_name(element)
        version = reading.version_of(namespace_of(element)) or ""
        self.versions.setdefault(version, line_of(element))
        self._check_form(element, version)
        self._check_inside(element, version)
        if name == "rights":
            statements = list(children(element, *reading.RIGHTS_STATEMENTS))
            numbers = [self._enter(RIGHTS, one, section) for one in statements]
            return numbers[0] if numbers else -1
        return self._enter(KINDS[name], element, section, opened)

    def take_link(self, entity: int, element: _Element) -> None:
        """A link of an opened entity, or a related object in one of its relationships, judged by itself."""
        version = reading.version_of(namespace_of(element)) or ""
        self._check_form(element, version)
        self._check_inside(element, version)
        if local_name(element) in LINK_ELEMENTS:
            self._link(entity, element)
            return
        parent = element.getparent()
        subtype = "" if parent is None else child_text(parent, "relationshipSubType") or ""
        self.graph.relate(entity, subtype, _plain(read_identifier(element)), line_of(element))

    def is_right(self, element: _Element) -> bool:
        """True when nothing is wrong in an element by itself; nothing is noted and no link is taken."""
        judge = PremisJudge(Notes(""), own_schema=False)
        judge._check_inside(element, reading.version_of(namespace_of(element)) or "")
        return not judge.notes.total and not judge._ids and not judge._idrefs

    def finish(self, *, alone: bool = False) -> None:
        """Judge what only the whole record shows."""
        known = {version for version in self.versions if version}
        if len(known) > 1:
            found = ", ".join(f"{one} (line {self.versions[one]})" for one in sorted(known))
            self.notes.add(codes.MIXED_VERSIONS, max(self.versions.values()), found=found)
        for attribute, value, line in self._idrefs:
            if value not in self._ids:
                self.notes.add(xml_codes.BROKEN_IDREF, line, attribute=attribute, id=value)
        strict = self._strict and known == {"3"}
        self.graph.judge(alone=alone, strict=strict, embedded=not strict)
        if "1" in known:
            self.notes.add(xml_codes.NO_SCHEMA, None, standard="PREMIS 1")
        if "2" in known and self._strict:
            self.notes.add(xml_codes.NO_SCHEMA, None, standard="PREMIS 2")
        elif "2" in known:
            how = "what of it is in this METS was checked by rules"
            self.notes.add(xml_codes.OTHER_SCHEMA, None, standard="PREMIS 2", instead=how)

    def _check_form(self, element: _Element, version: str) -> None:
        if version == "3" and self._own_schema:
            record_schemas.check_schema(record_schemas.PREMIS, element, self.notes)
        elif version == "2":
            check_structure(element, self.notes)

    def _enter(self, kind: int, element: _Element, section: int, opened: int | None = None) -> int:
        number = opened
        if number is None:
            identifiers = tuple(map(read_identifier, children(element, *_IDENTIFIERS[kind])))
            number = self.graph.enter(kind, identifiers, line_of(element), section, whole=_is_whole(element))
        for child in element:
            name = local_name(child)
            if name in LINK_ELEMENTS:
                self._link(number, child)
            elif name == "relationship":
                self._relate(number, child)
        return number

    def _link(self, entity: int, element: _Element) -> None:
        outside = element.get("simpleLink") is not None
        self.graph.link(entity, local_name(element), read_identifier(element), line_of(element), outside=outside)

    def _relate(self, entity: int, element: _Element) -> None:
        subtype = child_text(element, "relationshipSubType") or ""
        for one in children(element, *reading.RELATED_OBJECTS):
            self.graph.relate(entity, subtype, _plain(read_identifier(one)), line_of(one))
        for one in children(element, *reading.RELATED_EVENTS):
            self.graph.link(entity, "relatedEventIdentifier", _plain(read_identifier(one)), line_of(one))

    def _check_inside(self, entity: _Element, version: str) -> None:
        """Every element of the entity but what is in extensions."""
        waiting = [entity]
        own = namespace_of(entity)
        while waiting:
            element = waiting.pop()
            for key, value in element.attrib.items():
                self._check_attribute(str(key), str(value), element)
            name = local_name(element)
            inside = [child for child in element if isinstance(child.tag, str)]
            for child in inside:
                if namespace_of(child) != own:
                    if version_of_child := reading.version_of(namespace_of(child)):
                        self.versions.setdefault(version_of_child, line_of(child))
                elif not local_name(child).endswith("Extension"):
                    waiting.append(child)
            if name == "fixity":
                values.check_fixity(element, self.notes)
            elif name == "objectCharacteristics":
                values.check_digests(element, self.notes)
            elif name in ("termOfGrant", "termOfRestriction"):
                values.check_term(element, self.notes)
            elif name in _GROUPS:
                values.check_group(element, name, self.notes)
            elif name.endswith("Identifier"):
                values.check_identifier(element, self.notes)
            if not inside:
                self._check_leaf(element, name, version)

    def _check_attribute(self, key: str, value: str, element: _Element) -> None:
        line = line_of(element)
        if key in _XML_IDS:
            if value in self._ids:
                self.notes.add(xml_codes.DUPLICATE_ID, line, id=value, first=self._ids[value])
            self._ids.setdefault(value, line)
        elif _IDREF.fullmatch(key):
            self._idrefs.append((key, value, line))
        elif key.endswith("}lang"):
            check_language_tag(element, self.notes)

    def _check_leaf(self, element: _Element, name: str, version: str) -> None:
        text = text_of(element)
        line = line_of(element)
        if text is None:
            if name not in ("storage", "eventDetailInformation") and not name.endswith("Extension"):
                around = element.getparent()
                optional = name in _OPTIONAL or (
                    around is not None and local_name(around) in _OPTIONAL_GROUPS and text_of(around) is None
                )
                self.notes.add(codes.EMPTY_OPTIONAL if optional else codes.EMPTY_VALUE, line, element=name)
            return
        if name not in _NAMES:
            check_text(text, line, self.notes)
        if name in _DATES:
            word = text.lower()
            open_end = name == "endDate" and (word == _OPEN_END or (word in _NO_END and version != "3"))
            if not is_date(text) and not open_end:
                self.notes.add(codes.BAD_DATE, line, element=name, found=text)
        elif name in _NUMBERS:
            if not _DIGITS.fullmatch(text) and not (name == "compositionLevel" and text == "unknown"):
                self.notes.add(codes.BAD_NUMBER, line, element=name, found=text)
        elif name in values.TERMS:
            values.check_word(element, name, text, version, self.notes)
        if name in _LOCATIONS and _LEAK.search(text):
            self.notes.add(codes.PATH_LEAK, line, element=name, found=text)


def _is_whole(element: _Element) -> bool:
    return reading.category_of(element) in ("representation", "intellectualEntity")


def _plain(identifier: Identifier) -> Identifier:
    return Identifier(identifier.type, identifier.value)
