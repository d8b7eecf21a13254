"""PREMIS 3 entities as muniment writes them: objects, events, agents, rights (PREMIS Data Dictionary 3.0).

Identifiers are given as `urn:uuid:` and written as bare UUIDs. Lists that can be as long as the payload are callables
that give a fresh iterator each time, so that a record of any size is written in bounded memory. For reading what others
wrote see `archive.model.record`, which keeps what it finds, right or wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

Ids = Callable[[], Iterator[str]]
Links = Callable[[], Iterator["Link"]]


class Link(NamedTuple):
    """A link to another entity, with the role it plays there."""

    id: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship to objects, and the event it came from, in terms of the Library of Congress."""

    type: str
    subtype: str
    objects: Ids
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """The format of a file. `puid` is its PRONOM key; `note` tells what says so."""

    name: str
    version: str | None = None
    puid: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EntityObject:
    """An intellectual entity or, with `level`, a representation. `level` pairs preservation level type and value.

    `name` is its original name, None for what never had one: a title is not an original name.
    """

    id: str
    name: str | None
    level: tuple[str, str] | None = None
    relationships: tuple[Relationship, ...] = ()
    events: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


class FileObject(NamedTuple):
    """One payload file. `fixity` pairs algorithm names of the Library of Congress with digests; `size` is bytes.

    `path` is bag-relative, or relative to what `place` says, with surrogates where it is not UTF-8. `part_of` is its
    representation, empty where the record has none. `application` is what made the file, where that is known.
    `modified` is when the file was last modified before it was packed, as xs:dateTime in UTC; `created` is when its
    application made it, by its own metadata, in EDTF.
    """

    id: str
    path: str
    original_name: str
    size: int
    fixity: tuple[tuple[str, str], ...]
    format: Format
    part_of: str
    application: tuple[str, str] | None = None
    modified: str | None = None
    created: str | None = None
    derivations: tuple[tuple[str, str, str | None], ...] = ()
    """Subtype ("is source of", "has source"), object and, where one made it, event of each derivation."""
    events: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    place: str = "bag path"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `type` is a term of metadata/vocabularies/premis-event-types.json, `when` EDTF.

    `outcome` None is for an event of someone else's record that does not say how it ended.
    """

    id: str
    type: str
    when: str
    detail: str
    outcome: str | None
    note: str
    agents: tuple[Link, ...]
    objects: Links


@dataclass(frozen=True, slots=True)
class Agent:
    """Who or what acted. `type` is "software", "person" or "organization", None where it is not stated."""

    id: str
    name: str
    type: str | None
    version: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be done, and what restricts it. `until` is the day on which the restriction ends (EDTF)."""

    act: str
    restriction: str | None = None
    since: str | None = None
    until: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """Rights in objects. `basis` is copyright, license, statute or other.

    `status` and `jurisdiction` are for copyright, `terms` for a licence, `jurisdiction` and `citation` for a statute,
    `other` names any other basis; `document` is the URI that says it. Copyright and statute need a jurisdiction.
    """

    id: str
    basis: str
    grants: tuple[Grant, ...]
    objects: tuple[str, ...]
    agents: tuple[Link, ...] = ()
    status: str | None = None
    jurisdiction: str | None = None
    terms: str | None = None
    citation: str | None = None
    other: str | None = None
    document: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PremisRecord:
    """A whole record, in the order the schema asks for."""

    entities: tuple[EntityObject, ...]
    files: Callable[[], Iterator[FileObject]]
    events: tuple[Event, ...]
    agents: tuple[Agent, ...]
    rights: tuple[RightsStatement, ...] = ()
