"""What an XML record says, no matter who wrote it: PREMIS, METS and Dublin Core as `archive show FILE.xml` gives them.

These are views for reading. They keep what was found, right or wrong, in the record's own words; nothing is normalised
but white space around a value. Whatever has no field of its own is kept in `others`, so that nothing is lost.
Line numbers count from 1 in the record.
"""

from __future__ import annotations

from enum import Enum

from archive.model.light import light_dataclass


class RecordKind(Enum):
    """What sort of record it is; the value is the word shown."""

    PREMIS = "PREMIS"
    METS = "METS"
    DUBLIN_CORE = "Dublin Core"
    OTHER = "other XML"


@light_dataclass(frozen=True, slots=True)
class RecordField:
    """An element of a record that has no field of its own: local name, text, attributes, child elements."""

    name: str
    value: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[RecordField, ...] = ()


@light_dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of an entity, or a link to one: what sort it is, and its value."""

    type: str
    value: str
    roles: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What two identifiers must share to be the same."""
        return (self.type, self.value)


@light_dataclass(frozen=True, slots=True)
class FixityView:
    """A message digest as written: `algorithm` in the record's spelling, `digest` unchanged."""

    algorithm: str
    digest: str
    originator: str | None = None


@light_dataclass(frozen=True, slots=True)
class FormatView:
    """One format of an object: designation, registry key ("fmt/276" in "PRONOM"), and notes."""

    name: str | None = None
    version: str | None = None
    registry: str | None = None
    key: str | None = None
    role: str | None = None
    notes: tuple[str, ...] = ()


@light_dataclass(frozen=True, slots=True)
class RelationshipView:
    """A relationship: type ("derivation"), subtype ("has source"), the objects and the events it names."""

    type: str
    subtype: str
    objects: tuple[Identifier, ...] = ()
    events: tuple[Identifier, ...] = ()
    others: tuple[RecordField, ...] = ()


@light_dataclass(frozen=True, slots=True)
class ObjectView:
    """A PREMIS object. `category` is "file", "representation", "bitstream" or "intellectualEntity"; `size` is bytes,

    None where none is given or it is not a number. `locations` are content locations as written.
    """

    line: int
    category: str | None
    identifiers: tuple[Identifier, ...]
    original_name: str | None = None
    size: int | None = None
    fixity: tuple[FixityView, ...] = ()
    formats: tuple[FormatView, ...] = ()
    locations: tuple[Identifier, ...] = ()
    relationships: tuple[RelationshipView, ...] = ()
    events: tuple[Identifier, ...] = ()
    rights: tuple[Identifier, ...] = ()
    others: tuple[RecordField, ...] = ()


@light_dataclass(frozen=True, slots=True)
class EventView:
    """A PREMIS event: type, date as written, details, outcomes with their notes, agents and objects with roles."""

    line: int
    identifiers: tuple[Identifier, ...]
    type: str | None
    date: str | None
    details: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    outcome_notes: tuple[str, ...] = ()
    agents: tuple[Identifier, ...] = ()
    objects: tuple[Identifier, ...] = ()
    others: tuple[RecordField, ...] = ()


@light_dataclass(frozen=True, slots=True)
class AgentView:
    """An agent: of PREMIS, or of a METS header (then without identifier, with its role)."""

    line: int
    identifiers: tuple[Identifier, ...]
    names: tuple[str, ...]
    type: str | None = None
    version: str | None = None
    notes: tuple[str, ...] = ()
    role: str | None = None
    events: tuple[Identifier, ...] = ()
    rights: tuple[Identifier, ...] = ()
    others: tuple[RecordField, ...] = ()


@light_dataclass(frozen=True, slots=True)
class GrantView:
    """What a rights statement allows or forbids: act, restrictions, and from when to when, dates as written."""

    act: str | None
    restrictions: tuple[str, ...] = ()
    grant_term: tuple[str | None, str | None] | None = None
    restriction_term: tuple[str | None, str | None] | None = None
    notes: tuple[str, ...] = ()


@light_dataclass(frozen=True, slots=True)
class RightsView:
    """A rights statement: basis, grants, the objects and agents it names; the basis's details are in `others`."""

    line: int
    identifiers: tuple[Identifier, ...]
    basis: str | None
    grants: tuple[GrantView, ...] = ()
    objects: tuple[Identifier, ...] = ()
    agents: tuple[Identifier, ...] = ()
    others: tuple[RecordField, ...] = ()


@light_dataclass(frozen=True, slots=True)
class StatementView:
    """One value of a Dublin Core record. `name` is prefixed ("dcterms:issued"); `scheme` is its xsi:type."""

    line: int
    name: str
    value: str
    language: str | None = None
    scheme: str | None = None


@light_dataclass(frozen=True, slots=True)
class FileReference:
    """A file or a metadata record that a METS names: where it says it is, and what it says of its bytes."""

    line: int
    id: str | None
    href: str | None
    use: str | None = None
    mime: str | None = None
    size: int | None = None
    checksum: str | None = None
    checksum_type: str | None = None
    metadata_type: str | None = None


@light_dataclass(frozen=True, slots=True)
class RecordView:
    """What one XML document says. `version` is the standard's version where the record tells it.

    `wrapped_in` names the root element where the record is inside something else (an OAI-PMH answer, RDF).
    """

    kind: RecordKind
    version: str | None
    root: str
    objects: tuple[ObjectView, ...] = ()
    events: tuple[EventView, ...] = ()
    agents: tuple[AgentView, ...] = ()
    rights: tuple[RightsView, ...] = ()
    statements: tuple[StatementView, ...] = ()
    files: tuple[FileReference, ...] = ()
    identifier: str | None = None
    wrapped_in: str | None = None
    others: tuple[RecordField, ...] = ()
