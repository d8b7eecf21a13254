"""Writing PREMIS 3 as a stream: the root and the types of objects with the prefix `premis:`, other elements without.

Validators and readers exist that match `premis:file` letter by letter, so types keep their prefix; prefixes on every
element were a sixth of the record. Identifiers of type UUID are bare UUIDs. Clause: PREMIS 3.0 XML schema.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache

from archive.formats.rights_uris import ACCESS_URIS, COAR
from archive.formats.xml_elements import FORBIDDEN, escape_text
from archive.model.premis import (
    Agent,
    EntityObject,
    Event,
    FileObject,
    Format,
    Grant,
    Link,
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

LAST_MODIFIED = "last modified, as received"
"""The significant property for a file's modification time before it was packed."""

_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/"
_PRONOM = "http://www.nationalarchives.gov.uk/PRONOM/"
HASHES = "cryptographicHashFunctions"
_CODES: dict[str, dict[str, str]] = {
    "actsGranted": {},
    "agentType": {"hardware": "har", "organization": "org", "person": "per", "software": "sof"},
    "copyrightStatus": {"copyrighted": "cpr", "public domain": "pub", "publicdomain": "pub", "unknown": "unk"},
    "eventRelatedAgentRole": {"authorizer": "aut", "executing program": "exe", "implementer": "imp"},
    "eventOutcome": {"success": "suc", "fail": "fai", "warning": "war"},
    "relationshipType": {"derivation": "der", "structural": "str"},
    "relationshipSubType": {
        "has part": "hsp", "has source": "hss", "is part of": "isp", "is represented by": "isr", "is source of": "iso",
        "represents": "rep",
    },
    "rightsBasis": {
        "copyright": "cop", "institutional policy": "ins", "license": "lic", "other": "oth", "statute": "sta",
    },
    "eventType": {
        "accession": "acc", "deaccession": "dea", "deletion": "del", "digital signature generation": "dsg",
        "digital signature validation": "dig", "dissemination": "dis", "fixity check": "fix",
        "format identification": "for", "information package creation": "ipc", "ingestion": "ing",
        "message digest calculation": "mes", "metadata extraction": "mee", "metadata modification": "mem",
        "migration": "mig", "modification": "mod", "normalization": "nor", "policy assignment": "poa",
        "recovery": "rec", "replication": "rep", "transfer": "tra", "unpacking": "unp", "validation": "val",
        "virus check": "vir",
    },
    HASHES: {
        "MD5": "md5", "SHA-1": "sha1", "SHA-224": "sha224", "SHA-256": "sha256", "SHA-384": "sha384",
        "SHA-512": "sha512",
    },
}  # fmt: skip
"""The codes of terms in the Library of Congress's vocabularies, which their addresses end in."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" xmlns="http://www.loc.gov/premis/v3"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
)
"""Elements are written without a prefix: a sixth of the record would be prefixes. Types keep it (`premis:file`)."""
_PART = 1 << 16


def write_premis(record: PremisRecord, events: Iterable[str] = ()) -> Iterator[bytes]:
    """The record as XML in UTF-8, in pieces of about 64 KiB. Nothing as long as the payload is held in memory.

    `events` are further ones, as XML, which come after those of the record.
    """
    parts: list[str] = []
    size = 0
    for part in _write(record, events):
        parts.append(part)
        size += len(part)
        if size >= _PART:
            yield "".join(parts).encode("utf-8")
            parts.clear()
            size = 0
    yield "".join(parts).encode("utf-8")


def exact_path(path: str, kind: str = "bag path") -> tuple[str, str]:
    """Location type and value for a path in a bag, or in what `kind` says: base64 where XML cannot hold it."""
    if FORBIDDEN.search(path):
        raw = path.encode("utf-8", "surrogateescape")
        return f"{kind}, base64", base64.b64encode(raw).decode("ascii")
    return kind, path


def _write(record: PremisRecord, events: Iterable[str]) -> Iterator[str]:
    yield HEAD
    for entity in record.entities:
        yield from entity_text(entity)
    for file in record.files():
        yield file_text(file)
    for event in record.events:
        yield from event_text(event)
    yield from events
    for agent in record.agents:
        yield agent_text(agent)
    if record.rights:
        yield " <rights>\n"
        for statement in record.rights:
            yield rights_text(statement)
        yield " </rights>\n"
    yield "</premis:premis>\n"


def identifier_line(name: str, value: str, depth: int = 2, role: str | None = None, role_name: str = "") -> str:
    pad, value = " " * depth, value.removeprefix("urn:uuid:")
    end = ""
    if role:
        attributes = _authority("eventRelatedAgentRole", role) if role in _CODES["eventRelatedAgentRole"] else ""
        end = f"<{role_name}{attributes}>{escape_text(role)}</{role_name}>"
    return f"{pad}<{name}><{name}Type>UUID</{name}Type><{name}Value>{value}</{name}Value>{end}</{name}>\n"


def _term(name: str, value: str, vocabulary: str, depth: int = 2) -> str:
    return f"{' ' * depth}<{name}{_authority(vocabulary, value)}>{escape_text(value)}</{name}>\n"


@cache
def _authority(vocabulary: str, term: str) -> str:
    """The attributes that say which vocabulary a term is from, and where in it."""
    return f' authority="{vocabulary}" authorityURI="{_VOCABULARY}{vocabulary}"{_address(vocabulary, term)}'


@cache
def _address(vocabulary: str, term: str) -> str:
    """The attribute with a term's address; empty for a term that the vocabulary does not have."""
    code = _CODES[vocabulary].get(term)
    return f' valueURI="{_VOCABULARY}{vocabulary}/{code}"' if code else ""


def _text(name: str, value: str | None, depth: int = 2) -> str:
    return "" if not value else f"{' ' * depth}<{name}>{escape_text(value)}</{name}>\n"


def _inline(name: str, value: str | None) -> str:
    return "" if not value else f"<{name}>{escape_text(value)}</{name}>"


def entity_text(entity: EntityObject) -> Iterator[str]:
    kind = "representation" if entity.level else "intellectualEntity"
    yield f' <object xsi:type="premis:{kind}">\n' + identifier_line("objectIdentifier", entity.id)
    if entity.level:
        level = _text("preservationLevelType", entity.level[0], 3) + _text("preservationLevelValue", entity.level[1], 3)
        yield f"  <preservationLevel>\n{level}  </preservationLevel>\n"
    yield _text("originalName", entity.name)
    for relationship in entity.relationships:
        yield from relationship_text(relationship)
    yield "".join(identifier_line("linkingEventIdentifier", one) for one in entity.events)
    yield "".join(identifier_line("linkingRightsStatementIdentifier", one) for one in entity.rights)
    yield " </object>\n"


def relationship_text(relationship: Relationship) -> Iterator[str]:
    yield (
        "  <relationship>\n"
        + _term("relationshipType", relationship.type, "relationshipType", 3)
        + _term("relationshipSubType", relationship.subtype, "relationshipSubType", 3)
    )
    before, after = identifier_line("relatedObjectIdentifier", "\0", 3).split("\0")
    for related in relationship.objects():
        yield f"{before}{related.removeprefix('urn:uuid:')}{after}"
    if relationship.event:
        yield identifier_line("relatedEventIdentifier", relationship.event, 3)
    yield "  </relationship>\n"


def file_text(file: FileObject) -> str:
    modified = application = rest = ""
    if file.modified:
        modified = (
            "  <significantProperties>"
            f"<significantPropertiesType>{LAST_MODIFIED}</significantPropertiesType>"
            f"<significantPropertiesValue>{file.modified}</significantPropertiesValue>"
            "</significantProperties>\n"
        )
    fixity = "".join([f"{_fixity(name)}{digest}</messageDigest></fixity>\n" for name, digest in file.fixity])
    if file.application or file.created:
        name, version = file.application or (None, None)
        application = (
            "   <creatingApplication>\n"
            + _text("creatingApplicationName", name, 4)
            + _text("creatingApplicationVersion", version, 4)
            + _text("dateCreatedByApplication", file.created, 4)
            + "   </creatingApplication>\n"
        )
    place, value = exact_path(file.path, file.place)
    for subtype, related, event in file.derivations:
        rest += file_relationship("derivation", subtype, related, event)
    rest += _linked_events(file.events)
    for one in file.rights:
        rest += identifier_line("linkingRightsStatementIdentifier", one)
    return (
        f' <object xsi:type="premis:file">\n{identifier_line("objectIdentifier", file.id)}{modified}'
        f"  <objectCharacteristics>\n   <compositionLevel>0</compositionLevel>\n{fixity}"
        f"   <size>{file.size}</size>\n{_write_format(file.format)}{application}  </objectCharacteristics>\n"
        f"{_text('originalName', file.original_name)}  <storage><contentLocation>"
        f"<contentLocationType>{place}</contentLocationType>"
        f"<contentLocationValue>{escape_text(value)}</contentLocationValue>"
        f"</contentLocation></storage>\n{part_of_text(file.part_of) if file.part_of else ''}{rest} </object>\n"
    )


@cache
def _fixity(algorithm: str) -> str:
    """The beginning of a digest's element; algorithms are few."""
    authority = _authority(HASHES, algorithm)
    return f"   <fixity><messageDigestAlgorithm{authority}>{algorithm}</messageDigestAlgorithm><messageDigest>"


def fixity_line(algorithm: str, digest: str) -> str:
    """One digest, by the algorithm's name in the vocabulary."""
    return f"{_fixity(algorithm)}{digest}</messageDigest></fixity>\n"


@lru_cache(maxsize=1024)
def _write_format(found: Format) -> str:
    """One of the few formats of a package, which thousands of files share."""
    version = _inline("formatVersion", found.version)
    parts = [f"   <format>\n    <formatDesignation>{_inline('formatName', found.name)}{version}</formatDesignation>\n"]
    if found.puid:
        key = escape_text(found.puid)
        parts.append(
            "    <formatRegistry><formatRegistryName>PRONOM</formatRegistryName>"
            f'<formatRegistryKey valueURI="{_PRONOM}{key}">{key}'
            "</formatRegistryKey></formatRegistry>\n"
        )
    parts.append(_text("formatNote", found.note, 4) + "   </format>\n")
    return "".join(parts)


@lru_cache(maxsize=64)
def part_of_text(whole: str) -> str:
    return file_relationship("structural", "is part of", whole, None)


@lru_cache(maxsize=1024)
def _linked_events(events: tuple[str, ...]) -> str:
    """The links to the same events that most files have."""
    return "".join(identifier_line("linkingEventIdentifier", event) for event in events)


def file_relationship(kind: str, subtype: str, related: str, event: str | None) -> str:
    return (
        "  <relationship>\n"
        f"   <relationshipType{_authority('relationshipType', kind)}>{kind}</relationshipType>\n"
        f"   <relationshipSubType{_authority('relationshipSubType', subtype)}>{subtype}"
        "</relationshipSubType>\n"
        + identifier_line("relatedObjectIdentifier", related, 3)
        + (identifier_line("relatedEventIdentifier", event, 3) if event else "")
        + "  </relationship>\n"
    )


def event_text(event: Event) -> Iterator[str]:
    yield (
        " <event>\n"
        + identifier_line("eventIdentifier", event.id)
        + _term("eventType", event.type, "eventType")
        + _text("eventDateTime", event.when)
        + "  <eventDetailInformation>\n"
        + _text("eventDetail", event.detail, 3)
        + "  </eventDetailInformation>\n  <eventOutcomeInformation>\n"
        + ("" if event.outcome is None else _term("eventOutcome", event.outcome, "eventOutcome", 3))
        + "   <eventOutcomeDetail>\n"
        + _text("eventOutcomeDetailNote", event.note, 4)
        + "   </eventOutcomeDetail>\n  </eventOutcomeInformation>\n"
    )
    for agent in event.agents:
        yield identifier_line("linkingAgentIdentifier", agent.id, 2, agent.role, "linkingAgentRole")
    before, after = identifier_line("linkingObjectIdentifier", "\0").split("\0")
    for link in event.objects():
        if link.role:
            yield identifier_line("linkingObjectIdentifier", link.id, 2, link.role, "linkingObjectRole")
        else:
            yield f"{before}{link.id.removeprefix('urn:uuid:')}{after}"
    yield " </event>\n"


def copies_of(event: Event) -> Callable[[str, str], str]:
    """What gives the XML of an event like this one by its own identifier and that of its one object."""
    marked = replace(event, id="\1", objects=lambda: iter((Link("\2"),)))
    before, rest = "".join(event_text(marked)).split("\1")
    between, after = rest.split("\2")

    def copy(number: str, file: str) -> str:
        return f"{before}{number.removeprefix('urn:uuid:')}{between}{file.removeprefix('urn:uuid:')}{after}"

    return copy


def agent_text(agent: Agent) -> str:
    return (
        " <agent>\n"
        + identifier_line("agentIdentifier", agent.id)
        + _text("agentName", agent.name)
        + (_term("agentType", agent.type, "agentType") if agent.type else "")
        + _text("agentVersion", agent.version)
        + _text("agentNote", agent.note)
        + " </agent>\n"
    )


def rights_text(statement: RightsStatement) -> str:
    parts = [
        "  <rightsStatement>\n",
        identifier_line("rightsStatementIdentifier", statement.id, 3),
        _term("rightsBasis", statement.basis, "rightsBasis", 3),
        _BASES[statement.basis](statement),
    ]
    parts.extend(_write_grant(grant) for grant in statement.grants)
    parts.extend(identifier_line("linkingObjectIdentifier", one, 3) for one in statement.objects)
    parts.extend(
        identifier_line("linkingAgentIdentifier", one.id, 3, one.role, "linkingAgentRole") for one in statement.agents
    )
    parts.append("  </rightsStatement>\n")
    return "".join(parts)


def _document(kind: str, uri: str | None) -> str:
    if not uri:
        return ""
    name = f"{kind}DocumentationIdentifier"
    return f"    <{name}><{name}Type>URI</{name}Type><{name}Value>{escape_text(uri)}</{name}Value></{name}>\n"


def _notes(kind: str, notes: Iterable[str]) -> str:
    return "".join(_text(f"{kind}Note", note, 4) for note in notes)


def _copyright(one: RightsStatement) -> str:
    return (
        "   <copyrightInformation>\n"
        + _term("copyrightStatus", one.status or "unknown", "copyrightStatus", 4)
        + _text("copyrightJurisdiction", one.jurisdiction, 4)
        + _notes("copyright", one.notes)
        + _document("copyright", one.document)
        + "   </copyrightInformation>\n"
    )


def _license(one: RightsStatement) -> str:
    return (
        "   <licenseInformation>\n"
        + _document("license", one.document)
        + _text("licenseTerms", one.terms, 4)
        + _notes("license", one.notes)
        + "   </licenseInformation>\n"
    )


def _statute(one: RightsStatement) -> str:
    return (
        "   <statuteInformation>\n"
        + _text("statuteJurisdiction", one.jurisdiction, 4)
        + _text("statuteCitation", one.citation, 4)
        + _notes("statute", one.notes)
        + _document("statute", one.document)
        + "   </statuteInformation>\n"
    )


def _other(one: RightsStatement) -> str:
    return (
        "   <otherRightsInformation>\n"
        + _document("otherRights", one.document)
        + _text("otherRightsBasis", one.other or "access decision", 4)
        + _notes("otherRights", one.notes)
        + "   </otherRightsInformation>\n"
    )


_BASES = {"copyright": _copyright, "license": _license, "statute": _statute, "other": _other}


def _restriction(word: str | None) -> str:
    """What restricts the act, with the access right of COAR that it is."""
    if word is None:
        return ""
    uri = ACCESS_URIS.get(word, "")
    value = f' valueURI="{uri}"' if uri else ""
    return (
        f'    <restriction authority="COAR Access Rights" authorityURI="{COAR}"{value}>{escape_text(word)}'
        "</restriction>\n"
    )


def _write_grant(grant: Grant) -> str:
    term = ""
    if grant.since or grant.until:
        name = "termOfRestriction" if grant.restriction else "termOfGrant"
        dates = _text("startDate", grant.since, 5) + _text("endDate", grant.until, 5)
        term = f"    <{name}>\n{dates}    </{name}>\n"
    return (
        "   <rightsGranted>\n"
        + _term("act", grant.act, "actsGranted", 4)
        + _restriction(grant.restriction)
        + term
        + _notes("rightsGranted", grant.notes)
        + "   </rightsGranted>\n"
    )
