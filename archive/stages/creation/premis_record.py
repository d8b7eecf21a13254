"""Putting the PREMIS record together: which objects, events, agents and rights there are, and how they are linked.

What is as long as the payload is walked again from the bag under construction each time it is needed; in memory are
only the renditions, the files that have rights of their own, and what the virus scanner named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from archive import __version__
from archive.formats.edtf import is_edtf
from archive.formats.premis_writing import ALGORITHMS
from archive.formats.properties import HEAD, ZIPPED, may_have_creation_date, read_properties, wants_all
from archive.model.build import (
    Build,
    FileRecord,
    Identification,
    RenditionResult,
    RenditionStatus,
    Role,
    Tool,
    VirusCheck,
)
from archive.model.codes import rendition as codes
from archive.model.creation import CheckedList
from archive.model.description import Description
from archive.model.premis import (
    Agent,
    EntityObject,
    Event,
    FileObject,
    Format,
    Ids,
    PremisRecord,
    Relationship,
    RightsStatement,
)
from archive.stages.creation.premis_events import EventMaker
from archive.stages.creation.timeline import Timeline
from archive.stages.description.rights import rights_of
from archive.stages.scanning.identification import Identifications
from archive.storage.clock import Identifiers

ORIGINALS = f"data/{Role.ORIGINAL.value}/"
PRESERVED = f"data/{Role.PRESERVATION.value}/"
US = Tool("muniment", __version__)

_ON_PURPOSE = (codes.NO_READER, codes.LEFT_ALONE, codes.NOT_CARRIED)
"""The findings that say that an original was left alone; without one of them, a missing rendition is a failure."""

_EPOCH = date(1970, 1, 1)
_REMEMBERED = 4096
_NOTE = 300
"""Characters of a format's note: what a scanner says of one file must not grow past the file's share of the record."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record is made from.

    `stamp` is when the record is written, as xs:dateTime; `times` has the earlier steps. `lists` are the checksum lists
    that came with the sources. `scans` is False where no virus check was asked for. `originals` counts files;
    `extracted` is the bag path of the file whose heading became the title, None when nothing was taken from a document.
    """

    build: Build
    identifiers: Identifiers
    stamp: str
    description: Description
    identifications: Identifications
    renditions: tuple[RenditionResult, ...]
    virus: VirusCheck | None
    operator: str
    organization: str
    originals: int
    times: Timeline
    lists: tuple[CheckedList, ...] = ()
    scans: bool = True
    extracted: str | None = None
    ids: dict[str, bytearray] = field(default_factory=dict)
    """What `file_ids` keeps."""
    known: dict[tuple[str, ...], str] = field(default_factory=dict)
    """What `id` remembers."""

    def id(self, *labels: str) -> str:
        """The identifier for these labels, which are few: the first ones are remembered."""
        made = self.known.get(labels)
        if made is None:
            made = self.identifiers.make(*labels)
            if len(self.known) < _REMEMBERED:
                self.known[labels] = made
        return made

    def file_id(self, path: str) -> str:
        """The identifier of the file object at this bag path."""
        return self.identifiers.make("file", path)

    def file_ids(self, prefix: str) -> Iterator[str]:
        """The identifiers of the files below a bag path, in the order of the manifests.

        They are computed once and kept as 16 bytes a file: an object that has all files as its parts, and every event
        that concerns them all, names them again.
        """
        packed = self.packed_ids(prefix)
        for start in range(0, len(packed), 16):
            text = packed[start : start + 16].hex()
            yield f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def packed_ids(self, prefix: str) -> bytearray:
        """The same, as 16 bytes each."""
        if not self.ids:
            originals, preserved = bytearray(), bytearray()
            for record in self.build.records():
                packed = originals if record.path.startswith(ORIGINALS) else preserved
                packed += bytes.fromhex(self.file_id(record.path)[9:].replace("-", ""))
            self.ids.update({ORIGINALS: originals, PRESERVED: preserved})
        return self.ids[prefix]

    def records(self, prefix: str) -> Iterator[FileRecord]:
        """The payload files below a bag path."""
        return (record for record in self.build.records() if record.path.startswith(prefix))


@dataclass(slots=True)
class Renditions:
    """The renditions by their own path (`made`) and by their original (`sources`), and the originals without one:

    those that were `kept` as they are, those that were left alone on purpose (`without`), and those of which a
    rendition could not be made (`failed`). `copies` and `failed_copies` are preservation copies, by their original.
    """

    made: dict[str, RenditionResult] = field(default_factory=dict)
    sources: dict[str, RenditionResult] = field(default_factory=dict)
    kept: dict[str, RenditionResult] = field(default_factory=dict)
    without: dict[str, RenditionResult] = field(default_factory=dict)
    failed: dict[str, RenditionResult] = field(default_factory=dict)
    copies: dict[str, RenditionResult] = field(default_factory=dict)
    failed_copies: dict[str, RenditionResult] = field(default_factory=dict)

    @classmethod
    def of(cls, results: tuple[RenditionResult, ...]) -> Renditions:
        """`results` put in order; an original counts as kept only where a validator has judged it."""
        found = cls()
        for one in results:
            if one.status is RenditionStatus.MADE and one.path:
                found.made[one.path] = one
                (found.sources if one.conversion is None else found.copies)[one.source] = one
            elif one.conversion is not None:
                found.failed_copies[one.source] = one
            elif one.status is RenditionStatus.KEPT and one.validated is not None and one.validator:
                found.kept[one.source] = one
            elif one.status is RenditionStatus.NONE and one.reason:
                on_purpose = any(finding.kind in _ON_PURPOSE for finding in one.findings)
                (found.without if on_purpose else found.failed)[one.source] = one
        return found


@dataclass(frozen=True, slots=True)
class Addition:
    """What the files of `facts.build` add to the record of a package that exists.

    `derivations` are those of originals that are in the record already, by bag path.
    """

    files: Callable[[], Iterator[FileObject]]
    events: tuple[Event, ...]
    agents: tuple[Agent, ...]
    rights: tuple[RightsStatement, ...]
    own_rights: dict[str, str]
    derivations: dict[str, tuple[tuple[str, str, str | None], ...]]


def premis_record(facts: Facts) -> PremisRecord:
    """The complete record of a package."""
    return _Assembly(facts, Renditions.of(facts.renditions)).finish()


def premis_addition(facts: Facts) -> Addition:
    """What these files and renditions add to a record; `facts.identifiers` know the identifiers of what is in it."""
    return _Assembly(facts, Renditions.of(facts.renditions)).add()


def format_of(found: Identification | None, rendition: RenditionResult | None) -> Format:
    """What PREMIS says of a file's format: what was identified, else what its maker claims, else "unknown"."""
    if found is None:
        if rendition is not None and rendition.conversion is not None:
            return Format(rendition.conversion.form, note="as its maker says, not identified")
        if rendition is not None and rendition.claims:
            judged = {True: "validated", False: "found invalid", None: "not validated"}[rendition.validated]
            claims = ", ".join(rendition.claims)
            return Format("Portable Document Format", note=f"claims {claims}, {judged}")
        return Format("unknown", note="not identified")
    return _format_as_identified(found)


@lru_cache(maxsize=4096)
def _format_as_identified(found: Identification) -> Format:
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
    last: tuple[Identification | None, Format] = (None, Format("unknown"))
    """The identification written last, and its format: files of one kind follow each other."""

    def finish(self) -> PremisRecord:
        facts = self.facts
        maker = EventMaker(facts, self.renditions)
        rights = self._rights(maker)
        events = tuple(maker.events())
        return PremisRecord(self._entities(rights, maker), lambda: self._files(maker), events, maker.agents(), rights)

    def add(self) -> Addition:
        facts = self.facts
        maker = EventMaker(facts, self.renditions)
        rights = self._rights(maker)
        events = tuple(maker.events_of_addition())
        new = {record.path for record in facts.records(ORIGINALS)}
        made = (*self.renditions.sources.values(), *self.renditions.copies.values())
        derivations: dict[str, tuple[tuple[str, str, str | None], ...]] = {}
        for one in made:
            if one.path and one.source not in new:
                link = ("is source of", facts.file_id(one.path), maker.normalization_id(one))
                derivations[one.source] = (*derivations.get(one.source, ()), link)
        return Addition(lambda: self._files(maker), events, maker.agents(), rights, self.own_rights, derivations)

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

    def _entities(self, rights: tuple[RightsStatement, ...], maker: EventMaker) -> tuple[EntityObject, ...]:
        facts = self.facts
        whole, original = facts.id("entity"), facts.id("representation", Role.ORIGINAL.value)
        preserved = facts.id("representation", Role.PRESERVATION.value)
        made = bool(self.renditions.made)
        entity = EntityObject(
            whole,
            None,
            relationships=tuple(
                Relationship("structural", "is represented by", _one(each))
                for each in ((original, preserved) if made else (original,))
            ),
            events=maker.events_of_package(),
            rights=tuple(one.id for one in rights if whole in one.objects),
        )
        first = EntityObject(
            original,
            Role.ORIGINAL.value,
            level=("bit-level", "full"),
            events=maker.events_of_representation() if facts.originals else (),
            relationships=(
                Relationship("structural", "represents", _one(whole)),
                *((Relationship("structural", "has part", self._parts(ORIGINALS)),) if facts.originals else ()),
                *((Relationship("derivation", "is source of", _one(preserved)),) if made else ()),
            ),
        )
        if not made:
            return (entity, first)
        second = EntityObject(
            preserved,
            Role.PRESERVATION.value,
            level=("logical", "full"),
            events=maker.events_of_representation(),
            relationships=(
                Relationship("structural", "represents", _one(whole)),
                Relationship("structural", "has part", self._parts(PRESERVED)),
                Relationship("derivation", "has source", _one(original)),
            ),
        )
        return (entity, first, second)

    def _parts(self, prefix: str) -> Ids:
        return lambda: self.facts.file_ids(prefix)

    def _files(self, maker: EventMaker) -> Iterator[FileObject]:
        facts = self.facts
        algorithms = tuple(ALGORITHMS.get(name, name) for name in facts.build.algorithms)
        original = facts.id("representation", Role.ORIGINAL.value)
        preserved = facts.id("representation", Role.PRESERVATION.value)
        pairs = facts.identifications.along(facts.records(ORIGINALS))
        for file_id, (record, found) in zip(facts.file_ids(ORIGINALS), pairs, strict=True):
            made = (self.renditions.sources.get(record.path), self.renditions.copies.get(record.path))
            derivations = tuple(
                ("is source of", facts.file_id(one.path), maker.normalization_id(one))
                for one in made
                if one is not None and one.path
            )
            yield self._file(
                (file_id, record, found), algorithms, original, derivations, maker.events_of_original(record.path)
            )
        for record in facts.records(PRESERVED) if facts.packed_ids(PRESERVED) else ():
            derivations = ()
            found = facts.identifications.of(record.path)
            result = self.renditions.made.get(record.path)
            if result is not None:
                event = maker.normalization_id(result)
                derivations = (("has source", facts.file_id(result.source), event),)
            yield self._file(
                (facts.file_id(record.path), record, found),
                algorithms,
                preserved,
                derivations,
                maker.events_of_rendition(record.path),
            )

    def _file(
        self,
        file: tuple[str, FileRecord, Identification | None],
        algorithms: tuple[str, ...],
        part_of: str,
        derivations: tuple[tuple[str, str, str | None], ...],
        events: tuple[str, ...],
    ) -> FileObject:
        file_id, record, identified = file
        path = record.path
        result = self.renditions.made.get(path)
        own = self.own_rights.get(path)
        return FileObject(
            id=file_id,
            path=path,
            original_name=path.split("/", 2)[2],
            size=record.size,
            fixity=tuple(zip(algorithms, record.digests, strict=True)),
            format=self._format(identified, result),
            part_of=part_of,
            application=(result.maker.name, result.maker.version) if result is not None and result.maker else None,
            modified=_stamp_of(record) if path.startswith(ORIGINALS) else None,
            created=self._created(record) if path.startswith(ORIGINALS) else None,
            derivations=derivations,
            events=events,
            rights=(own,) if own else (),
        )

    def _format(self, identified: Identification | None, result: RenditionResult | None) -> Format:
        if identified is None or identified is not self.last[0]:
            self.last = (identified, format_of(identified, result))
        return self.last[1]

    def _created(self, record: FileRecord) -> str | None:
        """When a document says that it was made; only of formats that tell, which are read for it."""
        name = record.path.rpartition("/")[2]
        if not may_have_creation_date(name) or record.size > ZIPPED:
            return None
        with self.facts.build.open(record.path) as file:
            created = read_properties(file.read() if wants_all(name) else file.read(HEAD), name).created
        return created if created and is_edtf(created) else None


def _stamp_of(record: FileRecord) -> str | None:
    """The file's time as xs:dateTime in UTC; None where it has none, or one that no calendar holds."""
    if record.modified is None:
        return None
    day, second = divmod(int(record.modified // 1), 86_400)
    written = _date_of(day)
    minute, second = divmod(second, 60)
    return f"{written}T{minute // 60:02}:{minute % 60:02}:{second:02}Z" if written else None


@lru_cache(maxsize=1024)
def _date_of(day: int) -> str | None:
    """The date so many days after 1 January 1970; None for one that no calendar holds."""
    try:
        return (_EPOCH + timedelta(day)).isoformat()
    except OverflowError:
        return None


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
