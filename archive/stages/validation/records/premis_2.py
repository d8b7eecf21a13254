"""The structure of PREMIS 2, as rules: its XML schema is not shipped, so these are used instead of it.

Clause: PREMIS Data Dictionary 2.2 (July 2012) and the structure of its schema: children in this order, so many of each.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from archive.formats.premis_reading import category_of
from archive.formats.xml_elements import line_of, local_name
from archive.model.codes import premis as codes
from archive.stages.validation.records.notes import Notes

if TYPE_CHECKING:
    from lxml.etree import _Element

_LINKS = "relationship* linkingEventIdentifier* linkingIntellectualEntityIdentifier* linkingRightsStatementIdentifier*"
_TERM = "startDate? endDate?"

STRUCTURE = {
    "premis": "object* event* agent* rights* mdSec*",
    "object file": "objectIdentifier+ preservationLevel* significantProperties* objectCharacteristics+ originalName?"
    f" storage* environment* signatureInformation* {_LINKS}",
    "object representation": "objectIdentifier+ preservationLevel* significantProperties* originalName? environment*"
    f" {_LINKS}",
    "object bitstream": "objectIdentifier+ significantProperties* objectCharacteristics+ storage* environment*"
    f" signatureInformation* {_LINKS}",
    "event": "eventIdentifier eventType eventDateTime eventDetail? eventOutcomeInformation* linkingAgentIdentifier*"
    " linkingObjectIdentifier*",
    "agent": "agentIdentifier+ agentName* agentType? agentNote* agentExtension* linkingEventIdentifier*"
    " linkingRightsStatementIdentifier*",
    "rightsStatement": "rightsStatementIdentifier rightsBasis copyrightInformation? licenseInformation?"
    " statuteInformation* otherRightsInformation? rightsGranted* linkingObjectIdentifier* linkingAgentIdentifier*",
    "objectCharacteristics": "compositionLevel fixity* size? format+ creatingApplication* inhibitors*"
    " objectCharacteristicsExtension*",
    "fixity": "messageDigestAlgorithm messageDigest messageDigestOriginator?",
    "format": "formatDesignation? formatRegistry? formatNote*",
    "formatDesignation": "formatName formatVersion?",
    "formatRegistry": "formatRegistryName formatRegistryKey formatRegistryRole?",
    "creatingApplication": "creatingApplicationName? creatingApplicationVersion? dateCreatedByApplication?"
    " creatingApplicationExtension*",
    "storage": "contentLocation? storageMedium?",
    "contentLocation": "contentLocationType contentLocationValue",
    "relationship": "relationshipType relationshipSubType relatedObjectIdentification+ relatedEventIdentification*",
    "relatedObjectIdentification": "relatedObjectIdentifierType relatedObjectIdentifierValue relatedObjectSequence?",
    "relatedEventIdentification": "relatedEventIdentifierType relatedEventIdentifierValue relatedEventSequence?",
    "objectIdentifier": "objectIdentifierType objectIdentifierValue",
    "eventIdentifier": "eventIdentifierType eventIdentifierValue",
    "agentIdentifier": "agentIdentifierType agentIdentifierValue",
    "rightsStatementIdentifier": "rightsStatementIdentifierType rightsStatementIdentifierValue",
    "linkingObjectIdentifier": "linkingObjectIdentifierType linkingObjectIdentifierValue linkingObjectRole*",
    "linkingEventIdentifier": "linkingEventIdentifierType linkingEventIdentifierValue",
    "linkingAgentIdentifier": "linkingAgentIdentifierType linkingAgentIdentifierValue linkingAgentRole*",
    "linkingRightsStatementIdentifier": "linkingRightsStatementIdentifierType linkingRightsStatementIdentifierValue",
    "eventOutcomeInformation": "eventOutcome? eventOutcomeDetail*",
    "eventOutcomeDetail": "eventOutcomeDetailNote? eventOutcomeDetailExtension*",
    "copyrightInformation": "copyrightStatus copyrightJurisdiction copyrightStatusDeterminationDate? copyrightNote*"
    " copyrightDocumentationIdentifier* copyrightApplicableDates?",
    "licenseInformation": "licenseIdentifier? licenseDocumentationIdentifier* licenseTerms? licenseNote*"
    " licenseApplicableDates?",
    "statuteInformation": "statuteJurisdiction statuteCitation statuteInformationDeterminationDate? statuteNote*"
    " statuteDocumentationIdentifier* statuteApplicableDates?",
    "otherRightsInformation": "otherRightsDocumentationIdentifier* otherRightsBasis otherRightsApplicableDates?"
    " otherRightsNote*",
    "rightsGranted": "act restriction* termOfGrant? termOfRestriction? rightsGrantedNote*",
    "termOfGrant": _TERM,
    "termOfRestriction": _TERM,
    "preservationLevel": "preservationLevelValue preservationLevelRole? preservationLevelRationale*"
    " preservationLevelDateAssigned?",
    "significantProperties": "significantPropertiesType? significantPropertiesValue? significantPropertiesExtension*",
}


@cache
def _rules(name: str) -> tuple[dict[str, str], re.Pattern[str]] | None:
    """Allowed children with their sign ("" once, "?", "*", "+"), and a pattern over their names in order."""
    if name not in STRUCTURE:
        return None
    allowed = {}
    pattern = ""
    for part in STRUCTURE[name].split():
        sign = part[-1] if part[-1] in "?*+" else ""
        child = part.rstrip("?*+")
        allowed[child] = sign
        pattern += f"(?:{child} ){sign}"
    return allowed, re.compile(pattern)


def check_structure(element: _Element, notes: Notes) -> None:
    """Judge a PREMIS 2 element and everything in it that is not an extension."""
    name = local_name(element)
    if name == "object":
        category = category_of(element)
        if category not in ("file", "representation", "bitstream"):
            notes.add(
                codes.STRUCTURE, line_of(element), parent="object",
                problem=f"xsi:type is {category or 'missing'}, not file, representation or bitstream",
            )  # fmt: skip
            return
        name = f"object {category}"
    rules = _rules(name)
    if rules is not None:
        _check_children(element, name, *rules, notes)
    for child in element:
        if isinstance(child.tag, str) and not local_name(child).endswith("Extension"):
            check_structure(child, notes)


def _check_children(
    element: _Element, name: str, allowed: dict[str, str], pattern: re.Pattern[str], notes: Notes
) -> None:
    found = [local_name(child) for child in element if isinstance(child.tag, str)]
    if pattern.fullmatch("".join(f"{child} " for child in found)):
        return
    unknown = sorted(set(found) - set(allowed))
    missing = [child for child, sign in allowed.items() if sign in ("", "+") and child not in found]
    repeated = sorted(child for child, sign in allowed.items() if sign in ("", "?") and found.count(child) > 1)
    problems = [
        *(f"<{child}> is not allowed here" for child in unknown),
        *(f"<{child}> is missing" for child in missing),
        *(f"<{child}> is there more than once" for child in repeated),
    ] or ["the elements are not in the order of the schema"]
    for problem in problems:
        notes.add(codes.STRUCTURE, line_of(element), parent=name, problem=problem)
