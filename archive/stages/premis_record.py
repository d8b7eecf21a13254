"""Putting the PREMIS record together: which objects, events, agents and rights there are, and how they are linked.

What is as long as the payload is walked again from the bag under construction each time it is needed; in memory are
only the renditions, the files that have rights of their own, and what the virus scanner named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive import __version__
from archive.formats.premis_writing import ALGORITHMS
from archive.model.description import Description
from archive.model.package import (
    Build,
    FileRecord,
    Identification,
    RenditionResult,
    RenditionStatus,
    Role,
    Tool,
    VirusCheck,
)
from archive.model.premis import EntityObject, FileObject, Format, Ids, PremisRecord, Relationship, RightsStatement
from archive.stages.identification import Identifications
from archive.stages.premis_events import EventMaker
from archive.stages.rights import rights_of
from archive.storage.clock import Identifiers

ORIGINALS = f"data/{Role.ORIGINAL.value}/"
PRESERVED = f"data/{Role.PRESERVATION.value}/"
US = Tool("muniment", __version__)

_NOTE = 300
"""Characters of a format's note: what a scanner says of one file must not grow past the file's share of the record."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record is made from.

    `stamp` is xs:dateTime; `originals` counts files; `extracted` is the bag path of the file whose heading became the
    title, None when nothing was taken from a document.
    """

    build: Build
    identifiers: Identifiers
    stamp: str
    title: str
    description: Description
    identifications: Identifications
    renditions: tuple[RenditionResult, ...]
    virus: VirusCheck | None
    operator: str
    organization: str
    originals: int
    extracted: str | None = None

    def id(self, *labels: str) -> str:
        """The identifier for these labels."""
        return self.identifiers.make(*labels)

    def file_id(self, path: str) -> str:
        """The identifier of the file object at this bag path."""
        return self.identifiers.make("file", path)

    def records(self, prefix: str) -> Iterator[FileRecord]:
        """The payload files below a bag path."""
        return (record for record in self.build.records() if record.path.startswith(prefix))


@dataclass(slots=True)
class Renditions:
    """The renditions by their own path (`made`) and by their original (`sources`), and the originals without one:

    those that were `kept` as they are, and those that have none for a reason (`without`).
    """

    made: dict[str, RenditionResult] = field(default_factory=dict)
    sources: dict[str, RenditionResult] = field(default_factory=dict)
    kept: dict[str, RenditionResult] = field(default_factory=dict)
    without: dict[str, RenditionResult] = field(default_factory=dict)

    @classmethod
    def of(cls, results: tuple[RenditionResult, ...]) -> Renditions:
        """`results` put in order; an original counts as kept only where a validator has judged it."""
        found = cls()
        for one in results:
            if one.status is RenditionStatus.MADE and one.path:
                found.made[one.path] = one
                found.sources[one.source] = one
            elif one.status is RenditionStatus.KEPT and one.validated is not None and one.validator:
                found.kept[one.source] = one
            elif one.status is RenditionStatus.NONE and one.reason:
                found.without[one.source] = one
        return found


def premis_record(facts: Facts) -> PremisRecord:
    """The complete record of a package."""
    return _Assembly(facts, Renditions.of(facts.renditions)).finish()


def format_of(found: Identification | None, rendition: RenditionResult | None) -> Format:
    """What PREMIS says of a file's format: what was identified, else what its maker claims, else "unknown"."""
    if found is None:
        if rendition is not None and rendition.claims:
            judged = {True: "validated", False: "found invalid", None: "not validated"}[rendition.validated]
            claims = ", ".join(rendition.claims)
            return Format("Portable Document Format", note=f"claims {claims}, {judged}")
        return Format("unknown", note="not identified")
    tool = found.tool
    signature = (tool.note or "").partition(";")[0]
    basis = f"basis: {found.basis}" if found.basis else ""
    note = "; ".join(part for part in (f"{tool.name} {tool.version}", signature, basis, found.note or "") if part)
    if len(note) > _NOTE:
        note = note[: _NOTE - 1] + "…"
    return Format(found.name, found.version, found.puid, note)


@dataclass(slots=True)
class _Assembly:
    facts: Facts
    renditions: Renditions
    own_rights: dict[str, str] = field(default_factory=dict)
    """Rights statements of single files, by path."""

    def finish(self) -> PremisRecord:
        facts = self.facts
        maker = EventMaker(facts, self.renditions)
        rights = self._rights(maker)
        events = tuple(maker.events())
        return PremisRecord(self._entities(rights), lambda: self._files(maker), events, maker.agents(), rights)

    def _rights(self, maker: EventMaker) -> tuple[RightsStatement, ...]:
        facts = self.facts
        places = [(path, facts.file_id(path)) for path in _paths_with_rights(facts.description)]
        found = rights_of(
            facts.description,
            facts.identifiers,
            facts.id("entity"),
            holders=lambda about: maker.holders(facts.description, about),
            since=facts.stamp[:10],
            places=places,
        )
        by_object = {target: one.id for one in found for target in one.objects}
        self.own_rights = {path: by_object[target] for path, target in places if target in by_object}
        return found

    def _entities(self, rights: tuple[RightsStatement, ...]) -> tuple[EntityObject, ...]:
        facts = self.facts
        whole, original = facts.id("entity"), facts.id("representation", Role.ORIGINAL.value)
        preserved = facts.id("representation", Role.PRESERVATION.value)
        made = bool(self.renditions.made)
        entity = EntityObject(
            whole,
            facts.title,
            relationships=tuple(
                Relationship("structural", "is represented by", _one(each))
                for each in ((original, preserved) if made else (original,))
            ),
            events=(facts.id("event", "ingestion"), facts.id("event", "package")),
            rights=tuple(one.id for one in rights if whole in one.objects),
        )
        first = EntityObject(
            original,
            Role.ORIGINAL.value,
            level=("bit-level", "full"),
            relationships=(
                Relationship("structural", "represents", _one(whole)),
                Relationship("structural", "has part", self._parts(ORIGINALS)),
                *((Relationship("derivation", "is source of", _one(preserved)),) if made else ()),
            ),
        )
        if not made:
            return (entity, first)
        second = EntityObject(
            preserved,
            Role.PRESERVATION.value,
            level=("logical", "full"),
            relationships=(
                Relationship("structural", "represents", _one(whole)),
                Relationship("structural", "has part", self._parts(PRESERVED)),
                Relationship("derivation", "has source", _one(original)),
            ),
        )
        return (entity, first, second)

    def _parts(self, prefix: str) -> Ids:
        return lambda: (self.facts.file_id(record.path) for record in self.facts.records(prefix))

    def _files(self, maker: EventMaker) -> Iterator[FileObject]:
        facts = self.facts
        algorithms = tuple(ALGORITHMS.get(name, name) for name in facts.build.algorithms)
        original = facts.id("representation", Role.ORIGINAL.value)
        preserved = facts.id("representation", Role.PRESERVATION.value)
        for record in facts.records(ORIGINALS):
            derivations: tuple[tuple[str, str, str], ...] = ()
            result = self.renditions.sources.get(record.path)
            if result is not None and result.path:
                event = maker.normalization_id(result)
                derivations = (("is source of", facts.file_id(result.path), event),)
            yield self._file(record, algorithms, original, derivations, maker.events_of_original(record.path))
        for record in facts.records(PRESERVED):
            derivations = ()
            result = self.renditions.made.get(record.path)
            if result is not None:
                event = maker.normalization_id(result)
                derivations = (("has source", facts.file_id(result.source), event),)
            yield self._file(record, algorithms, preserved, derivations, maker.events_of_rendition(record.path))

    def _file(
        self,
        record: FileRecord,
        algorithms: tuple[str, ...],
        part_of: str,
        derivations: tuple[tuple[str, str, str], ...],
        events: tuple[str, ...],
    ) -> FileObject:
        path = record.path
        result = self.renditions.made.get(path)
        own = self.own_rights.get(path)
        return FileObject(
            id=self.facts.file_id(path),
            path=path,
            original_name=path.split("/", 2)[2],
            size=record.size,
            fixity=tuple(zip(algorithms, record.digests, strict=True)),
            format=format_of(self.facts.identifications.of(path), result),
            part_of=part_of,
            application=(result.maker.name, result.maker.version) if result is not None and result.maker else None,
            derivations=derivations,
            events=events,
            rights=(own,) if own else (),
        )


def _paths_with_rights(description: Description) -> tuple[str, ...]:
    """The files that have rights of their own."""
    found = (
        s.about
        for s in description.statements
        if s.asserted
        and s.about is not None
        and (s.property in ("rights", "license", "accessRights") or s.property.startswith("rights."))
    )
    return tuple(dict.fromkeys(found))


def _one(value: str) -> Ids:
    return lambda: iter((value,))
