"""Writing PREMIS 3 as a stream: the `premis:` prefix throughout, xsi:type values with their prefix.

Validators and readers exist that match `premis:file` letter by letter; a default namespace would be as correct and less
understood. Terms of the Library of Congress carry their vocabulary where they stand once (events, agents, rights,
representations); in the objects of single files they are left bare, which keeps a file within 4 KiB.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator

from archive.formats.xml_elements import FORBIDDEN, escape_text
from archive.model.premis import (
    Agent,
    EntityObject,
    Event,
    FileObject,
    Grant,
    PremisRecord,
    Relationship,
    RightsStatement,
)

ALGORITHMS = {
    "md5": "MD5", "sha1": "SHA-1", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512",
    "sha3224": "SHA3-224", "sha3256": "SHA3-256", "sha3384": "SHA3-384", "sha3512": "SHA3-512",
    "blake2b": "BLAKE2b-512", "blake2s": "BLAKE2s-256",
}  # fmt: skip
"""BagIt's names and those of the Library of Congress's cryptographicHashFunctions, where it has them."""

_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
)
_PART = 1 << 16


def write_premis(record: PremisRecord) -> Iterator[bytes]:
    """The record as XML in UTF-8, in pieces of about 64 KiB. Nothing as long as the payload is held in memory."""
    parts: list[str] = []
    size = 0
    for part in _write(record):
        parts.append(part)
        size += len(part)
        if size >= _PART:
            yield "".join(parts).encode("utf-8")
            parts.clear()
            size = 0
    yield "".join(parts).encode("utf-8")


def exact_path(path: str) -> tuple[str, str]:
    """Location type and value for a bag path: the path, or base64 of its bytes where XML cannot hold it."""
    if FORBIDDEN.search(path):
        raw = path.encode("utf-8", "surrogateescape")
        return "bag path, base64", base64.b64encode(raw).decode("ascii")
    return "bag path", path


def _write(record: PremisRecord) -> Iterator[str]:
    yield _HEAD
    for entity in record.entities:
        yield from _write_entity(entity)
    for file in record.files():
        yield _write_file(file)
    for event in record.events:
        yield from _write_event(event)
    for agent in record.agents:
        yield _write_agent(agent)
    if record.rights:
        yield " <premis:rights>\n"
        for statement in record.rights:
            yield _write_rights(statement)
        yield " </premis:rights>\n"
    yield "</premis:premis>\n"


def _identifier(name: str, value: str, depth: int = 2, role: str | None = None, role_name: str = "") -> str:
    pad = " " * depth
    end = f"<premis:{role_name}>{escape_text(role)}</premis:{role_name}>" if role else ""
    return (
        f"{pad}<premis:{name}><premis:{name}Type>UUID</premis:{name}Type>"
        f"<premis:{name}Value>{value}</premis:{name}Value>{end}</premis:{name}>\n"
    )


def _term(name: str, value: str, vocabulary: str, depth: int = 2) -> str:
    return (
        f'{" " * depth}<premis:{name} authority="{vocabulary}" authorityURI="{_VOCABULARY}{vocabulary}">'
        f"{escape_text(value)}</premis:{name}>\n"
    )


def _text(name: str, value: str | None, depth: int = 2) -> str:
    return "" if not value else f"{' ' * depth}<premis:{name}>{escape_text(value)}</premis:{name}>\n"


def _inline(name: str, value: str | None) -> str:
    return "" if not value else f"<premis:{name}>{escape_text(value)}</premis:{name}>"


def _write_entity(entity: EntityObject) -> Iterator[str]:
    kind = "representation" if entity.level else "intellectualEntity"
    yield f' <premis:object xsi:type="premis:{kind}">\n' + _identifier("objectIdentifier", entity.id)
    if entity.level:
        level = _text("preservationLevelType", entity.level[0], 3) + _text("preservationLevelValue", entity.level[1], 3)
        yield f"  <premis:preservationLevel>\n{level}  </premis:preservationLevel>\n"
    yield _text("originalName", entity.name)
    for relationship in entity.relationships:
        yield from _write_relationship(relationship)
    yield "".join(_identifier("linkingEventIdentifier", one) for one in entity.events)
    yield "".join(_identifier("linkingRightsStatementIdentifier", one) for one in entity.rights)
    yield " </premis:object>\n"


def _write_relationship(relationship: Relationship) -> Iterator[str]:
    yield (
        "  <premis:relationship>\n"
        + _term("relationshipType", relationship.type, "relationshipType", 3)
        + _term("relationshipSubType", relationship.subtype, "relationshipSubType", 3)
    )
    for related in relationship.objects():
        yield _identifier("relatedObjectIdentifier", related, 3)
    if relationship.event:
        yield _identifier("relatedEventIdentifier", relationship.event, 3)
    yield "  </premis:relationship>\n"


def _write_file(file: FileObject) -> str:
    parts = [' <premis:object xsi:type="premis:file">\n', _identifier("objectIdentifier", file.id)]
    parts.append("  <premis:objectCharacteristics>\n   <premis:compositionLevel>0</premis:compositionLevel>\n")
    for algorithm, digest in file.fixity:
        parts.append(
            f"   <premis:fixity><premis:messageDigestAlgorithm>{algorithm}</premis:messageDigestAlgorithm>"
            f"<premis:messageDigest>{digest}</premis:messageDigest></premis:fixity>\n"
        )
    found = file.format
    parts.append(f"   <premis:size>{file.size}</premis:size>\n   <premis:format>\n    <premis:formatDesignation>")
    parts.append(_inline("formatName", found.name) + _inline("formatVersion", found.version))
    parts.append("</premis:formatDesignation>\n")
    if found.puid:
        registry = _inline("formatRegistryName", "PRONOM") + _inline("formatRegistryKey", found.puid)
        parts.append(f"    <premis:formatRegistry>{registry}</premis:formatRegistry>\n")
    parts.append(_text("formatNote", found.note, 4) + "   </premis:format>\n")
    if file.application:
        name, version = file.application
        parts.append(
            "   <premis:creatingApplication>\n"
            + _text("creatingApplicationName", name, 4)
            + _text("creatingApplicationVersion", version, 4)
            + "   </premis:creatingApplication>\n"
        )
    place, value = exact_path(file.path)
    parts.append(
        "  </premis:objectCharacteristics>\n"
        + _text("originalName", file.original_name)
        + "  <premis:storage><premis:contentLocation>"
        f"<premis:contentLocationType>{place}</premis:contentLocationType>"
        f"<premis:contentLocationValue>{escape_text(value)}</premis:contentLocationValue>"
        "</premis:contentLocation></premis:storage>\n"
    )
    parts.append(_file_relationship("structural", "is part of", file.part_of, None))
    for subtype, related, event in file.derivations:
        parts.append(_file_relationship("derivation", subtype, related, event))
    parts.extend(_identifier("linkingEventIdentifier", event) for event in file.events)
    parts.extend(_identifier("linkingRightsStatementIdentifier", one) for one in file.rights)
    parts.append(" </premis:object>\n")
    return "".join(parts)


def _file_relationship(kind: str, subtype: str, related: str, event: str | None) -> str:
    return (
        "  <premis:relationship>\n"
        f"   <premis:relationshipType>{kind}</premis:relationshipType>\n"
        f"   <premis:relationshipSubType>{subtype}</premis:relationshipSubType>\n"
        + _identifier("relatedObjectIdentifier", related, 3)
        + (_identifier("relatedEventIdentifier", event, 3) if event else "")
        + "  </premis:relationship>\n"
    )


def _write_event(event: Event) -> Iterator[str]:
    yield (
        " <premis:event>\n"
        + _identifier("eventIdentifier", event.id)
        + _term("eventType", event.type, "eventType")
        + _text("eventDateTime", event.when)
        + "  <premis:eventDetailInformation>\n"
        + _text("eventDetail", event.detail, 3)
        + "  </premis:eventDetailInformation>\n  <premis:eventOutcomeInformation>\n"
        + _term("eventOutcome", event.outcome, "eventOutcome", 3)
        + "   <premis:eventOutcomeDetail>\n"
        + _text("eventOutcomeDetailNote", event.note, 4)
        + "   </premis:eventOutcomeDetail>\n  </premis:eventOutcomeInformation>\n"
    )
    for agent in event.agents:
        yield _identifier("linkingAgentIdentifier", agent.id, 2, agent.role, "linkingAgentRole")
    for link in event.objects():
        yield _identifier("linkingObjectIdentifier", link.id, 2, link.role, "linkingObjectRole")
    yield " </premis:event>\n"


def _write_agent(agent: Agent) -> str:
    return (
        " <premis:agent>\n"
        + _identifier("agentIdentifier", agent.id)
        + _text("agentName", agent.name)
        + (_term("agentType", agent.type, "agentType") if agent.type else "")
        + _text("agentVersion", agent.version)
        + _text("agentNote", agent.note)
        + " </premis:agent>\n"
    )


def _write_rights(statement: RightsStatement) -> str:
    parts = [
        "  <premis:rightsStatement>\n",
        _identifier("rightsStatementIdentifier", statement.id, 3),
        _term("rightsBasis", statement.basis, "rightsBasis", 3),
        _BASES[statement.basis](statement),
    ]
    parts.extend(_write_grant(grant) for grant in statement.grants)
    parts.extend(_identifier("linkingObjectIdentifier", one, 3) for one in statement.objects)
    parts.extend(
        _identifier("linkingAgentIdentifier", one.id, 3, one.role, "linkingAgentRole") for one in statement.agents
    )
    parts.append("  </premis:rightsStatement>\n")
    return "".join(parts)


def _document(kind: str, uri: str | None) -> str:
    if not uri:
        return ""
    name = f"{kind}DocumentationIdentifier"
    return (
        f"    <premis:{name}><premis:{name}Type>URI</premis:{name}Type>"
        f"<premis:{name}Value>{escape_text(uri)}</premis:{name}Value></premis:{name}>\n"
    )


def _notes(kind: str, notes: Iterable[str]) -> str:
    return "".join(_text(f"{kind}Note", note, 4) for note in notes)


def _copyright(one: RightsStatement) -> str:
    return (
        "   <premis:copyrightInformation>\n"
        + _term("copyrightStatus", one.status or "unknown", "copyrightStatus", 4)
        + _text("copyrightJurisdiction", one.jurisdiction or "unknown", 4)
        + _notes("copyright", one.notes)
        + _document("copyright", one.document)
        + "   </premis:copyrightInformation>\n"
    )


def _license(one: RightsStatement) -> str:
    return (
        "   <premis:licenseInformation>\n"
        + _document("license", one.document)
        + _text("licenseTerms", one.terms, 4)
        + _notes("license", one.notes)
        + "   </premis:licenseInformation>\n"
    )


def _statute(one: RightsStatement) -> str:
    return (
        "   <premis:statuteInformation>\n"
        + _text("statuteJurisdiction", one.jurisdiction or "unknown", 4)
        + _text("statuteCitation", one.citation or "not cited", 4)
        + _notes("statute", one.notes)
        + _document("statute", one.document)
        + "   </premis:statuteInformation>\n"
    )


def _other(one: RightsStatement) -> str:
    return (
        "   <premis:otherRightsInformation>\n"
        + _document("otherRights", one.document)
        + _text("otherRightsBasis", one.other or "access decision", 4)
        + _notes("otherRights", one.notes)
        + "   </premis:otherRightsInformation>\n"
    )


_BASES = {"copyright": _copyright, "license": _license, "statute": _statute, "other": _other}


def _write_grant(grant: Grant) -> str:
    term = ""
    if grant.since or grant.until:
        name = "termOfRestriction" if grant.restriction else "termOfGrant"
        dates = _text("startDate", grant.since, 5) + _text("endDate", grant.until, 5)
        term = f"    <premis:{name}>\n{dates}    </premis:{name}>\n"
    return (
        "   <premis:rightsGranted>\n"
        + _text("act", grant.act, 4)
        + _text("restriction", grant.restriction, 4)
        + term
        + _notes("rightsGranted", grant.notes)
        + "   </premis:rightsGranted>\n"
    )
