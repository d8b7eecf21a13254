"""The PREMIS events of a creation, in order and only those that happened, and the agents that acted in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archive import __version__
from archive.formats.naming import count_of
from archive.formats.premis_writing import ALGORITHMS
from archive.model.build import RenditionResult, Role, Tool
from archive.model.codes import rendition as codes
from archive.model.creation import CheckedList
from archive.model.description import Description
from archive.model.premis import Agent, Event, Link, Links
from archive.stages.creation.timeline import Step

if TYPE_CHECKING:
    from archive.stages.creation.premis_record import Facts, Renditions

_US = Tool("muniment", __version__)
_ORIGINALS = f"data/{Role.ORIGINAL.value}/"
_READ_BACK = "read back"
_NOT_SCANNED = "virus check not done"
_OMISSIONS = 100
"""Omissions of one rendition that its event names."""
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
            "ingestion",
            "ingestion",
            "Received from the source",
            count,
            (*people, us),
            when=facts.times.at(Step.RECEIVED),
            objects=_link(whole, "outcome"),
        )
        yield from self._delivery_events(us)
        if facts.originals:
            yield self._digests("digests", _ORIGINALS, count, us, facts.times.at(Step.COPIED))
        yield from self._virus_events(us)
        if facts.originals:
            yield from self._identification("formats", _ORIGINALS, facts.times.at(Step.IDENTIFIED))
        for results in _grouped(self._renditions.kept.values(), self.validation_id).values():
            yield self._validation(results, tuple(one.source for one in results))
        if self._renditions.made:
            yield from self._rendition_events(us)
        for event, results in _grouped(self._renditions.failed.values(), self.failure_id).items():
            yield self._failure(event, results, us)
        for event, results in _grouped(self._renditions.failed_copies.values(), self.failure_id).items():
            yield self._failure(event, results, us)
        for event, results in _grouped(self._renditions.without.values(), self.refusal_id).items():
            yield self._refusal(event, results, us)
        if facts.extracted is not None:
            target = _link(facts.file_id(facts.extracted), "source")
            yield self._event(
                "extraction", "metadata extraction", "title from the first heading", "1 value", (us,), objects=target
            )
        payload = count_of(facts.originals + len(self._renditions.made), "payload file")
        yield self._event(
            "package",
            "information package creation",
            "BagIt 1.0 bag with this record",
            payload,
            (us, *self._people(authorizing=True)),
            objects=_link(whole, "outcome"),
        )
        if facts.originals:
            yield self._event(
                _READ_BACK,
                "fixity check",
                "Every payload file of the finished bag is read back and compared with its manifests; a bag that does"
                " not pass is not put in place",
                f"{payload} as listed",
                (us,),
                objects=self._representations,
            )

    def events_of_addition(self) -> Iterator[Event]:
        """The events of files that join a package which exists: it is not made, and its other files are not read."""
        not_of_files = {"package", _READ_BACK, *(() if self._facts.originals else ("ingestion", _NOT_SCANNED))}
        left_out = {self._facts.id("event", name) for name in not_of_files}
        return (event for event in self.events() if event.id not in left_out)

    def events_of_package(self) -> tuple[str, ...]:
        """The events that the whole package is linked to."""
        facts = self._facts
        found = [facts.id("event", "ingestion"), facts.id("event", "package")]
        if facts.virus is None:
            found.append(facts.id("event", _NOT_SCANNED))
        found += [self._delivery_id(one, "absent") for one in facts.lists if one.absent]
        return tuple(found)

    def events_of_representation(self) -> tuple[str, ...]:
        """The events that each representation is linked to."""
        return (self._facts.id("event", _READ_BACK),)

    def events_of_original(self, path: str) -> tuple[str, ...]:
        """The events that the original at this bag path is linked to."""
        facts = self._facts
        found = [self._delivery_id(one, "matched") for one in facts.lists if path in one.matched]
        found += [self._delivery_id(one, "failed") for one in facts.lists if path in one.failed]
        found += self._usual if path not in self._unscanned and path not in self._infected else self._events_of(path)
        if path in self._renditions.kept:
            found.append(self.validation_id(self._renditions.kept[path]))
        if path in self._renditions.sources:
            found.append(self.normalization_id(self._renditions.sources[path]))
        if path in self._renditions.failed:
            found.append(self.failure_id(self._renditions.failed[path]))
        if path in self._renditions.copies:
            found.append(self.normalization_id(self._renditions.copies[path]))
        if path in self._renditions.failed_copies:
            found.append(self.failure_id(self._renditions.failed_copies[path]))
        if path in self._renditions.without:
            found.append(self.refusal_id(self._renditions.without[path]))
        if path == facts.extracted:
            found.append(facts.id("event", "extraction"))
        return tuple(found)

    @cached_property
    def _usual(self) -> tuple[str, ...]:
        """The events of an original in which the virus scanner found nothing."""
        return self._events_of("")

    def _events_of(self, path: str) -> tuple[str, ...]:
        """Digests, virus check and identification of an original."""
        facts = self._facts
        found = [facts.id("event", "digests")]
        if facts.virus is not None and path not in self._unscanned:
            found.append(facts.id("event", "infected" if path in self._infected else "virus"))
        if facts.identifications.tool is not None:
            found.append(facts.id("event", "formats"))
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
        """The event that made this rendition: one for all that the same program made with the same claims, and that
        leave out the same parts of their originals."""
        maker = result.maker or _US
        left_out = (f"left out: {one}" for one in _omissions(result))
        how = (result.conversion.form, result.conversion.command) if result.conversion is not None else ()
        return self._facts.id("event", "normalization", maker.name, maker.version, *result.claims, *how, *left_out)

    def failure_id(self, result: RenditionResult) -> str:
        """The event in which no rendition could be made: one for all originals with the same reason."""
        form = (result.conversion.form,) if result.conversion is not None else ()
        return self._facts.id("event", "failed rendition", *form, result.reason or "")

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
        when: str | None = None,
    ) -> Event:
        identifier, stamp = self._facts.id("event", name), when or self._facts.stamp
        return Event(identifier, kind, stamp, detail, outcome, note, agents, objects)

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

    def _delivery_id(self, one: CheckedList, what: str) -> str:
        return self._facts.id("event", "delivered checksums", what, one.name)

    def _delivery_events(self, us: Link) -> Iterator[Event]:
        """What came of each checksum list: an event for the files that match, one for those that do not, and one for
        those that are not there."""
        facts = self._facts
        for one in facts.lists:
            algorithms = ", ".join(ALGORITHMS.get(name, name) for name in one.algorithms)
            detail = f"Delivered checksums ({algorithms}) of {one.name}, compared while the files were read"
            outcomes: tuple[tuple[str, str, str, Links], ...] = (
                (
                    "matched", "success", f"{count_of(len(one.matched), 'file')} as listed" if one.matched else "",
                    self._those(one.matched),
                ),
                (
                    "failed", "fail",
                    f"{count_of(len(one.failed), 'file')} not as listed; accepted by order" if one.failed else "",
                    self._those(one.failed),
                ),
                (
                    "absent", "fail",
                    f"{count_of(one.absent, 'listed file')} not there; accepted by order" if one.absent else "",
                    _link(facts.id("entity"), "outcome"),
                ),
            )  # fmt: skip
            for what, outcome, note, objects in outcomes:
                if note:
                    yield Event(
                        self._delivery_id(one, what), "fixity check", facts.times.at(Step.COPIED), detail, outcome,
                        note, (us,), objects,
                    )  # fmt: skip

    def _those(self, paths: frozenset[str]) -> Links:
        facts = self._facts
        return lambda: (Link(facts.file_id(r.path)) for r in facts.records(_ORIGINALS) if r.path in paths)

    def _representations(self) -> Iterator[Link]:
        facts = self._facts
        yield Link(facts.id("representation", Role.ORIGINAL.value))
        if self._renditions.made:
            yield Link(facts.id("representation", Role.PRESERVATION.value))

    def _digests(self, name: str, prefix: str, count: str, us: Link, when: str) -> Event:
        algorithms = ", ".join(ALGORITHMS.get(one, one) for one in self._facts.build.algorithms)
        return self._event(
            name,
            "message digest calculation",
            f"{algorithms} in one read",
            count,
            (us,),
            when=when,
            objects=self._all(prefix),
        )

    def _all(self, prefix: str) -> Links:
        facts = self._facts
        return lambda: map(Link, facts.file_ids(prefix))

    def _identification(self, name: str, prefix: str, when: str | None = None) -> Iterator[Event]:
        tool = self._facts.identifications.tool
        if tool is None:
            return
        found = 0
        total = 0
        for _record, one in self._facts.identifications.along(self._facts.records(prefix)):
            total += 1
            found += one is not None and one.name.lower() != "unknown"
        yield self._event(
            name,
            "format identification",
            f"{tool.name} {tool.version}, by the content of each file",
            f"{found} of {count_of(total, 'file')} identified",
            (self._program(tool),),
            when=when,
            objects=self._all(prefix),
        )

    def _virus_events(self, us: Link) -> Iterator[Event]:
        virus, facts = self._facts.virus, self._facts
        when = facts.times.at(Step.SCANNED)
        if virus is None:
            reason = "no scanner with signatures was available" if facts.scans else "switched off by identify.virus"
            yield self._event(
                _NOT_SCANNED,
                "virus check",
                f"No virus check was done: {reason}",
                "not checked",
                (us,),
                when=when,
                objects=_link(facts.id("entity"), "source"),
                outcome="warning",
            )
            return
        agent = (self._program(virus.tool),)
        detail = " ".join((virus.tool.name, virus.tool.version)) + (f"; {virus.tool.note}" if virus.tool.note else "")
        passed_over = self._unscanned | self._infected.keys()

        def scanned() -> Iterator[Link]:
            return (Link(facts.file_id(r.path)) for r in facts.records(_ORIGINALS) if r.path not in passed_over)

        left = f"; {count_of(len(self._unscanned), 'file')} not scanned" if self._unscanned else ""
        if any(True for _ in scanned()):
            yield self._event("virus", "virus check", detail, f"nothing found{left}", agent, when=when, objects=scanned)
        if self._infected:
            names = ", ".join(sorted(set(self._infected.values())))
            hits = tuple(self._infected)
            yield self._event(
                "infected",
                "virus check",
                detail,
                f"found {names}; kept by order",
                agent,
                when=when,
                objects=lambda: (Link(facts.file_id(path)) for path in hits),
                outcome="fail",
            )

    def _rendition_events(self, us: Link) -> Iterator[Event]:
        facts, made = self._facts, self._renditions.made
        when = facts.times.at(Step.RENDERED)
        for event, results in _grouped(made.values(), self.normalization_id).items():
            maker = results[0].maker or _US
            omissions = _omissions(results[0])
            left_out = f"; left out: {'; '.join(omissions)}" if omissions else ""
            how = results[0].conversion
            command = f": {how.command}" if how is not None else ""
            check = f"; {how.check}" if how is not None else ""
            yield Event(
                event,
                "normalization",
                when,
                f"{maker.name} {maker.version}, to {how.form if how else _claims(results[0]) or 'PDF'}{command}",
                "warning" if omissions else "success",
                f"{count_of(len(results), 'rendition')}{check}{left_out}",
                (self._program(maker),),
                _pairs(facts, results),
            )
        yield self._digests("rendition digests", _PRESERVED, count_of(len(made), "file"), us, when)
        yield from self._identification("rendition formats", _PRESERVED)
        judged = [one for one in made.values() if _is_judged(one)]
        for results in _grouped(judged, self.validation_id).values():
            yield self._validation(results, tuple(one.path or "" for one in results))

    def _failure(self, event: str, results: list[RenditionResult], us: Link) -> Event:
        """Why no rendition could be made of these originals."""
        facts = self._facts
        return Event(
            event,
            "normalization",
            facts.times.at(Step.RENDERED),
            f"{_US.name} {_US.version}, to {results[0].conversion.form if results[0].conversion else 'PDF/A'}",
            "fail",
            f"no rendition of {count_of(len(results), 'file')}: {results[0].reason}",
            (us,),
            _sources(facts, results),
        )

    def _refusal(self, event: str, results: list[RenditionResult], us: Link) -> Event:
        """Why these originals were left alone on purpose; nothing was tried, so a decision is recorded."""
        facts = self._facts
        return Event(
            event,
            "policy assignment",
            facts.times.at(Step.RENDERED),
            "no PDF/A rendition",
            "success",
            f"{count_of(len(results), 'file')}: {results[0].reason}",
            (us,),
            _sources(facts, results),
        )

    def _validation(self, results: list[RenditionResult], paths: tuple[str, ...]) -> Event:
        facts, first = self._facts, results[0]
        assert first.validator is not None
        return Event(
            self.validation_id(first),
            "validation",
            facts.times.at(Step.RENDERED),
            f"{first.validator.name} {first.validator.version}, against {_claims(first) or 'what the file claims'}",
            "success" if first.validated else "fail",
            f"{count_of(len(results), 'file')} {'conforms' if len(results) == 1 else 'conform'}"
            if first.validated
            else f"{count_of(len(results), 'file')} not conforming",
            (self._program(first.validator),),
            lambda: (Link(facts.file_id(path)) for path in paths),
        )


def _omissions(result: RenditionResult) -> tuple[str, ...]:
    """What the rendition leaves out of its original, in few words each."""
    found = dict.fromkeys(
        str(one.facts.get("what", one.message)) for one in result.findings if one.kind is codes.LEFT_OUT
    )
    listed = tuple(found)[:_OMISSIONS]
    return listed if len(found) <= _OMISSIONS else (*listed, f"and {len(found) - _OMISSIONS:,} more")


def _sources(facts: Facts, results: list[RenditionResult]) -> Links:
    return lambda: (Link(facts.file_id(one.source)) for one in results)


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
