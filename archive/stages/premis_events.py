"""The PREMIS events of a creation, in order and only those that happened, and the agents that acted in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from archive import __version__
from archive.formats.premis_writing import ALGORITHMS
from archive.model.description import Description
from archive.model.package import RenditionResult, Role, Tool
from archive.model.premis import Agent, Event, Link, Links

if TYPE_CHECKING:
    from archive.stages.premis_record import Facts, Renditions

_US = Tool("muniment", __version__)
_ORIGINALS = f"data/{Role.ORIGINAL.value}/"
_PRESERVED = f"data/{Role.PRESERVATION.value}/"


class EventMaker:
    """Makes the events, and tells which of them each file is linked to: both sides of a link come from here."""

    def __init__(self, facts: Facts, renditions: Renditions) -> None:
        self._facts = facts
        self._renditions = renditions
        self._agents: dict[str, Agent] = {}
        virus = facts.virus
        self._infected = dict(virus.infected) if virus else {}
        self._unscanned = frozenset(path for path, _ in virus.unscanned) if virus else frozenset()

    def agents(self) -> tuple[Agent, ...]:
        """The agents that were linked so far."""
        return tuple(self._agents.values())

    def holders(self, description: Description, about: str | None) -> tuple[Link, ...]:
        """The rights holders that the description names."""
        kinds = {self._facts.operator: "person", self._facts.organization: "organization"}
        named = description.values("rightsHolder", about=about)
        return tuple(Link(self._agent(one.value, kinds.get(one.value)), "rightsholder") for one in named)

    def events(self) -> Iterator[Event]:
        """Every event, in the order in which they happened."""
        facts, us = self._facts, self._program(_US)
        people = self._people()
        count = count_of(facts.originals, "file")
        whole = facts.id("entity")
        yield self._event(
            "ingestion", "ingestion", "Received from the source", count, (*people, us), objects=_link(whole, "outcome")
        )
        yield self._digests("digests", _ORIGINALS, count, us)
        yield from self._virus_events()
        yield from self._identification("formats", _ORIGINALS)
        for results in _grouped(self._renditions.kept.values(), self.validation_id).values():
            yield self._validation(results, tuple(one.source for one in results))
        if facts.extracted is not None:
            target = _link(facts.file_id(facts.extracted), "source")
            yield self._event(
                "extraction", "metadata extraction", "title from the first heading", "1 value", (us,), objects=target
            )
        if self._renditions.made:
            yield from self._rendition_events(us)
        for event, results in _grouped(self._renditions.without.values(), self.refusal_id).items():
            yield self._refusal(event, results, us)
        yield self._event(
            "package",
            "information package creation",
            "BagIt 1.0 bag with this record",
            count_of(facts.originals + len(self._renditions.made), "payload file"),
            (us, *self._people(authorizing=True)),
            objects=_link(whole, "outcome"),
        )

    def events_of_original(self, path: str) -> tuple[str, ...]:
        """The events that the original at this bag path is linked to."""
        facts = self._facts
        found = [facts.id("event", "digests")]
        if facts.virus is not None and path not in self._unscanned:
            found.append(facts.id("event", "infected" if path in self._infected else "virus"))
        if facts.identifications.tool is not None:
            found.append(facts.id("event", "formats"))
        if path in self._renditions.kept:
            found.append(self.validation_id(self._renditions.kept[path]))
        if path == facts.extracted:
            found.append(facts.id("event", "extraction"))
        if path in self._renditions.sources:
            found.append(self.normalization_id(self._renditions.sources[path]))
        if path in self._renditions.without:
            found.append(self.refusal_id(self._renditions.without[path]))
        return tuple(found)

    def events_of_rendition(self, path: str) -> tuple[str, ...]:
        """The events that the rendition at this bag path is linked to."""
        facts = self._facts
        result = self._renditions.made.get(path)
        found = [self.normalization_id(result)] if result is not None else []
        found.append(facts.id("event", "rendition digests"))
        if facts.identifications.tool is not None:
            found.append(facts.id("event", "rendition formats"))
        if result is not None and _is_judged(result):
            found.append(self.validation_id(result))
        return tuple(found)

    def normalization_id(self, result: RenditionResult) -> str:
        """The event that made this rendition: one for all that the same program made with the same claims."""
        maker = result.maker or _US
        return self._facts.id("event", "normalization", maker.name, maker.version, *result.claims)

    def refusal_id(self, result: RenditionResult) -> str:
        """The event that decided against a rendition: one for all originals with the same reason."""
        return self._facts.id("event", "no rendition", result.reason or "")

    def validation_id(self, result: RenditionResult) -> str:
        """The event that judged this file: one for all with the same validator, claims and verdict."""
        validator = result.validator or _US
        verdict = "valid" if result.validated else "invalid"
        return self._facts.id(
            "event", "validation", result.status.value, validator.name, validator.version, verdict, *result.claims
        )

    def _event(
        self,
        name: str,
        kind: str,
        detail: str,
        note: str,
        agents: tuple[Link, ...],
        *,
        objects: Links,
        outcome: str = "success",
    ) -> Event:
        return Event(self._facts.id("event", name), kind, self._facts.stamp, detail, outcome, note, agents, objects)

    def _agent(self, name: str, kind: str | None, version: str | None = None, note: str | None = None) -> str:
        made = self._facts.id("agent", kind or "", name, version or "")
        self._agents.setdefault(made, Agent(made, name, kind, version, note))
        return made

    def _program(self, tool: Tool) -> Link:
        return Link(self._agent(tool.name, "software", tool.version, tool.note), "executing program")

    def _people(self, *, authorizing: bool = False) -> tuple[Link, ...]:
        """The operator and the organization, where the settings name them."""
        facts, people = self._facts, []
        if facts.operator and not authorizing:
            people.append(Link(self._agent(facts.operator, "person"), "implementer"))
        if facts.organization:
            people.append(Link(self._agent(facts.organization, "organization"), "authorizer"))
        return tuple(people)

    def _digests(self, name: str, prefix: str, count: str, us: Link) -> Event:
        algorithms = ", ".join(ALGORITHMS.get(one, one) for one in self._facts.build.algorithms)
        return self._event(
            name, "message digest calculation", f"{algorithms} in one read", count, (us,), objects=self._all(prefix)
        )

    def _all(self, prefix: str) -> Links:
        facts = self._facts
        return lambda: (Link(facts.file_id(record.path)) for record in facts.records(prefix))

    def _identification(self, name: str, prefix: str) -> Iterator[Event]:
        tool = self._facts.identifications.tool
        if tool is None:
            return
        found = 0
        total = 0
        for record in self._facts.records(prefix):
            total += 1
            one = self._facts.identifications.of(record.path)
            found += one is not None and one.name.lower() != "unknown"
        yield self._event(
            name,
            "format identification",
            f"{tool.name} {tool.version}, by the content of each file",
            f"{found} of {count_of(total, 'file')} identified",
            (self._program(tool),),
            objects=self._all(prefix),
        )

    def _virus_events(self) -> Iterator[Event]:
        virus, facts = self._facts.virus, self._facts
        if virus is None:
            return
        agent = (self._program(virus.tool),)
        detail = " ".join((virus.tool.name, virus.tool.version)) + (f"; {virus.tool.note}" if virus.tool.note else "")
        passed_over = self._unscanned | self._infected.keys()

        def scanned() -> Iterator[Link]:
            return (Link(facts.file_id(r.path)) for r in facts.records(_ORIGINALS) if r.path not in passed_over)

        left = f"; {count_of(len(self._unscanned), 'file')} not scanned" if self._unscanned else ""
        if any(True for _ in scanned()):
            yield self._event("virus", "virus check", detail, f"nothing found{left}", agent, objects=scanned)
        if self._infected:
            names = ", ".join(sorted(set(self._infected.values())))
            hits = tuple(self._infected)
            yield self._event(
                "infected",
                "virus check",
                detail,
                f"found {names}; kept by order",
                agent,
                objects=lambda: (Link(facts.file_id(path)) for path in hits),
                outcome="fail",
            )

    def _rendition_events(self, us: Link) -> Iterator[Event]:
        facts, made = self._facts, self._renditions.made
        for event, results in _grouped(made.values(), self.normalization_id).items():
            maker = results[0].maker or _US
            yield Event(
                event,
                "normalization",
                facts.stamp,
                f"{maker.name} {maker.version}, to {_claims(results[0]) or 'PDF'}",
                "success",
                count_of(len(results), "rendition"),
                (self._program(maker),),
                _pairs(facts, results),
            )
        count = count_of(len(made), "file")
        yield self._digests("rendition digests", _PRESERVED, count, us)
        yield from self._identification("rendition formats", _PRESERVED)
        judged = [one for one in made.values() if _is_judged(one)]
        for results in _grouped(judged, self.validation_id).values():
            yield self._validation(results, tuple(one.path or "" for one in results))

    def _refusal(self, event: str, results: list[RenditionResult], us: Link) -> Event:
        """Why these originals have no rendition; nothing was normalized, so that it is a decision that is recorded."""
        facts, sources = self._facts, tuple(one.source for one in results)
        return Event(
            event,
            "policy assignment",
            facts.stamp,
            "no PDF/A rendition",
            "success",
            f"{count_of(len(results), 'file')}: {results[0].reason}",
            (us,),
            lambda: (Link(facts.file_id(path)) for path in sources),
        )

    def _validation(self, results: list[RenditionResult], paths: tuple[str, ...]) -> Event:
        facts, first = self._facts, results[0]
        assert first.validator is not None
        return Event(
            self.validation_id(first),
            "validation",
            facts.stamp,
            f"{first.validator.name} {first.validator.version}, against {_claims(first) or 'what the file claims'}",
            "success" if first.validated else "fail",
            f"{count_of(len(results), 'file')} {'conforms' if len(results) == 1 else 'conform'}"
            if first.validated
            else f"{count_of(len(results), 'file')} not conforming",
            (self._program(first.validator),),
            lambda: (Link(facts.file_id(path)) for path in paths),
        )


def count_of(number: int, noun: str) -> str:
    """ "1 file", "2 files"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _claims(result: RenditionResult) -> str:
    return " and ".join(result.claims)


def _is_judged(result: RenditionResult) -> bool:
    return result.validated is not None and result.validator is not None


def _grouped(
    results: Iterable[RenditionResult], key: Callable[[RenditionResult], str]
) -> dict[str, list[RenditionResult]]:
    groups: dict[str, list[RenditionResult]] = {}
    for one in results:
        groups.setdefault(key(one), []).append(one)
    return groups


def _pairs(facts: Facts, results: list[RenditionResult]) -> Links:
    def links() -> Iterator[Link]:
        for one in results:
            yield Link(facts.file_id(one.source), "source")
            yield Link(facts.file_id(one.path or ""), "outcome")

    return links


def _link(target: str, role: str) -> Links:
    return lambda: iter((Link(target, role),))
