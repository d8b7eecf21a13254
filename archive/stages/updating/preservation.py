"""The PREMIS record of the next version: all that stood in the old one, and what this update did."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.formats.naming import count_of
from archive.formats.premis_editing import PremisEdits
from archive.formats.premis_scanning import KnownEntities
from archive.formats.premis_writing import ALGORITHMS
from archive.model.build import Build, FileRecord, RenditionResult, Role, VirusCheck
from archive.model.description import Description
from archive.model.premis import Agent, EntityObject, Event, FileObject, Link, Links, Relationship, RightsStatement
from archive.settings import Settings
from archive.stages.creation.premis_record import ORIGINALS, PRESERVED, US, Facts, premis_addition
from archive.stages.creation.timeline import Timeline
from archive.stages.scanning.identification import Identifications
from archive.stages.updating.planning import UpdatePlan
from archive.storage.clock import Identifiers

_NAMED = 1_000
"""Files that an event names."""

MODIFICATION, METADATA = "modification", "metadata modification"
_DIGESTS = "further digests"


class KnownIdentifiers(Identifiers):
    """Identifiers of a new version: those of what the record has already, others made from a root of this version."""

    __slots__ = ("_entities", "_known", "_plan")
    _known: dict[tuple[str, ...], str]
    _entities: KnownEntities
    _plan: UpdatePlan

    def __init__(self, root: uuid.UUID, entities: KnownEntities, plan: UpdatePlan) -> None:
        super().__init__(root)
        known: dict[tuple[str, ...], str] = {("entity",): entities.package}
        known.update((("representation", role), number) for role, number in entities.representations.items())
        known.update((("agent", *key), number) for key, number in entities.agents.items())
        for name, value in (("_known", known), ("_entities", entities), ("_plan", plan)):
            object.__setattr__(self, name, value)

    def make(self, *labels: str) -> str:
        if labels[0] != "file":
            return self._known.get(labels) or super().make(*labels)
        path = labels[1]
        before = self._plan.moved.get(path, None if path in self._plan.gone else path)
        file = None if before is None else self._entities.files.get(before)
        return super().make(*labels) if file is None else file.id

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What the record of a version is made from.

    `build` holds what was copied in and the new renditions; `told` is the description whose rights replace those of the
    record, None where these stay. `words` say what was changed of the metadata, `fresh` are digests by algorithms that
    the old version did not have (`lacking`), by bag path. `changes` are those that were made by hand.
    """

    build: Build
    entities: KnownEntities
    identifiers: KnownIdentifiers
    plan: UpdatePlan
    times: Timeline
    version: int
    proof: str
    identifications: Identifications
    renditions: tuple[RenditionResult, ...]
    virus: VirusCheck | None
    settings: Settings
    told: Description | None
    extracted: str | None
    words: tuple[str, ...]
    changes: tuple[tuple[str, str], ...] = ()
    lacking: tuple[str, ...] = ()
    fresh: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: int = 0


def edits_of(facts: VersionFacts) -> PremisEdits:
    """What is to be changed in the old record, and added to it."""
    return _Edits(facts).make()


class _Edits:
    def __init__(self, facts: VersionFacts) -> None:
        self.facts = facts
        self._id = facts.identifiers.make
        self._agents: dict[str, Agent] = {}
        self._originals = [one for one in facts.build.records() if one.path.startswith(ORIGINALS)]

    def make(self) -> PremisEdits:
        facts, plan, entities = self.facts, self.facts.plan, self.facts.entities
        addition = premis_addition(self._facts_of_addition())
        events = (*self._check_events(), *addition.events, *self._own_events())
        linked = _links_of(events)
        files = {one.id: one for one in addition.files()}
        earlier = frozenset(entities.files[path].id for path in plan.gone if path in entities.files) - {
            entities.files[old].id for old in plan.moved.values() if old in entities.files
        }
        derivations = {self._id("file", path): tuple(links) for path, links in addition.derivations.items()}
        files = self._with_sources(files, derivations)
        made = [one for one in facts.build.records() if one.path.startswith(PRESERVED)]
        preserved = self._id("representation", Role.PRESERVATION.value)
        new_representation = bool(made) and Role.PRESERVATION.value not in entities.representations
        agents = {one.id: one for one in (*self._agents.values(), *addition.agents)}
        acting = {link.id for event in events for link in event.agents}
        acting |= {link.id for one in addition.rights for link in one.agents}
        known = set(entities.agents.values())
        kept_agents = entities.acting if facts.told is not None else known
        parts = {self._id("representation", Role.ORIGINAL.value): [self._id("file", r.path) for r in self._originals]}
        if not new_representation:
            parts[preserved] = [self._id("file", one.path) for one in made]
        return PremisEdits(
            links={number: list(dict.fromkeys(found)) for number, found in linked.items()},
            derivations=derivations,
            moved={entities.files[old].id: new for new, old in plan.moved.items()},
            earlier=earlier,
            fixity=self._further_digests if facts.lacking else None,
            relationships=self._whole_of(preserved) if new_representation else {},
            parts=parts,
            entities=(self._representation(preserved, made, linked),) if new_representation else (),
            files=lambda: (
                one._replace(events=tuple(dict.fromkeys((*one.events, *linked.get(one.id, ())))))
                for one in files.values()
            ),
            events=events,
            agents=tuple(agents[one] for one in agents if one in acting and one not in known),
            rights=addition.rights if facts.told is not None else None,
            rights_links=self._rights_links(addition.rights),
            acting=frozenset(kept_agents | acting),
        )

    def _facts_of_addition(self) -> Facts:
        facts, create = self.facts, self.facts.settings.create
        return Facts(
            facts.build,
            facts.identifiers,
            facts.times.clock.stamp(),
            facts.told if facts.told is not None else Description(()),
            facts.identifications,
            facts.renditions,
            facts.virus,
            create.operator,
            create.organization,
            len(self._originals),
            facts.times,
            (),
            facts.settings.identify.virus != "none",
            facts.extracted,
        )

    def _with_sources(
        self, files: dict[str, FileObject], derivations: dict[str, tuple[tuple[str, str, str | None], ...]]
    ) -> dict[str, FileObject]:
        """A file with new content comes from the one that had its name: both sides say so."""
        entities = self.facts.entities
        for path in self.facts.plan.taken:
            if path not in self.facts.plan.gone or path not in entities.files:
                continue
            old, new = entities.files[path].id, self._id("file", path)
            if old == new or new not in files:
                continue
            files[new] = files[new]._replace(derivations=(*files[new].derivations, ("has source", old, None)))
            derivations[old] = (*derivations.get(old, ()), ("is source of", new, None))
        return files

    def _whole_of(self, preserved: str) -> dict[str, list[Relationship]]:
        return {
            self._id("entity"): [Relationship("structural", "is represented by", lambda: iter((preserved,)))],
            self._id("representation", Role.ORIGINAL.value): [
                Relationship("derivation", "is source of", lambda: iter((preserved,)))
            ],
        }

    def _representation(
        self, preserved: str, made: Sequence[FileRecord], linked: Mapping[str, Sequence[str]]
    ) -> EntityObject:
        entity, original = self._id("entity"), self._id("representation", Role.ORIGINAL.value)
        return EntityObject(
            preserved,
            Role.PRESERVATION.value,
            level=("logical", "full"),
            events=tuple(linked.get(preserved, ())),
            relationships=(
                Relationship("structural", "represents", lambda: iter((entity,))),
                Relationship("structural", "has part", lambda: (self._id("file", one.path) for one in made)),
                Relationship("derivation", "has source", lambda: iter((original,))),
            ),
        )

    def _rights_links(self, rights: Sequence[RightsStatement]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        new = {self._id("file", one.path) for one in self._originals}
        for statement in rights:
            for target in statement.objects:
                if target not in new:
                    found.setdefault(target, []).append(statement.id)
        return found

    def _further_digests(self, path: str) -> list[tuple[str, str]]:
        found = self.facts.fresh.get(path, ())
        return [(ALGORITHMS.get(name, name), digest) for name, digest in zip(self.facts.lacking, found, strict=False)]

    def _check_events(self) -> Iterator[Event]:
        """The old version was read in full before anything was done; further digests were made on the way."""
        facts = self.facts
        original = self._id("representation", Role.ORIGINAL.value)
        representations = [original]
        if Role.PRESERVATION.value in facts.entities.representations:
            representations.append(facts.entities.representations[Role.PRESERVATION.value])
        by_hand = f"; {count_of(len(facts.changes), 'change')} made by hand" if facts.changes else ""
        yield self._event(
            "check of the old version",
            "fixity check",
            f"Every payload file of version {facts.version - 1} was read and compared with its manifests",
            f"as listed{by_hand}",
            lambda: map(Link, representations),
            outcome="warning" if facts.changes else "success",
        )
        if facts.fresh:
            names = ", ".join(ALGORITHMS.get(name, name) for name in facts.lacking)
            numbers = [self._id("file", path) for path in facts.fresh]
            yield self._event(
                _DIGESTS, "message digest calculation", f"{names} of files that had no such digest",
                count_of(len(numbers), "file"), lambda: map(Link, numbers),
            )  # fmt: skip

    def _own_events(self) -> Iterator[Event]:
        facts, plan, entities = self.facts, self.facts.plan, self.facts.entities
        whole = Link(self._id("entity"), "outcome")
        if plan.touches_payload:
            sources = [entities.files[path].id for path in sorted(plan.gone) if path in entities.files]
            outcomes = [self._id("file", path) for path in sorted({*plan.taken, *plan.moved})]
            both = [number for number in outcomes if number in sources]
            links = [
                *(Link(number, "source") for number in sources if number not in both),
                *(Link(number, "outcome") for number in outcomes),
                whole,
            ]
            yield self._event(
                MODIFICATION,
                "modification",
                f"Version {facts.version} of the bag, made from version {facts.version - 1} ({facts.proof})",
                _shortened(self._changes()),
                lambda: iter(links),
            )
        if facts.words:
            detail = f"Version {facts.version} of the bag: {'; '.join(facts.words)}"
            yield self._event(METADATA, "metadata modification", detail, facts.proof, lambda: iter((whole,)))

    def _changes(self) -> Iterator[str]:
        plan = self.facts.plan
        yield from (f"added {path}" for path in plan.added)
        yield from (f"replaced {path}" for path in plan.replaced)
        yield from (f"renamed {before} to {after}" for before, after in plan.renamed)
        yield from (f"removed {path}" for path in plan.removed)
        yield from (f"{what} by hand and accepted: {path}" for path, what in self.facts.changes)
        told = {*plan.removed, *plan.replaced, *(before for before, _ in plan.renamed)}
        told |= {path for path, _ in self.facts.changes}
        yield from (f"removed {path}" for path in sorted(plan.gone - told) if path.startswith(PRESERVED))

    def _event(
        self, name: str, kind: str, detail: str, note: str, objects: Links, *, outcome: str = "success"
    ) -> Event:
        stamp = self.facts.times.clock.stamp()
        return Event(self._id("event", name), kind, stamp, detail, outcome, note, tuple(self._people()), objects)

    def _people(self) -> Iterator[Link]:
        create = self.facts.settings.create
        named = (
            (create.operator, "person", "", "implementer"), (create.organization, "organization", "", "authorizer"),
            (US.name, "software", US.version, "executing program"),
        )  # fmt: skip
        for name, kind, version, role in named:
            if name:
                number = self._id("agent", kind, name, version)
                self._agents.setdefault(number, Agent(number, name, kind, version or None))
                yield Link(number, role)


def _links_of(events: Sequence[Event]) -> dict[str, list[str]]:
    """The events of each object that they link."""
    found: dict[str, list[str]] = {}
    for event in events:
        for link in event.objects():
            found.setdefault(link.id, []).append(event.id)
    return found


def _shortened(lines: Iterator[str]) -> str:
    told = list(lines)
    more = f"; and {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
    return "; ".join(told[:_NAMED]) + more
