"""What happened to a package before it became a bag, and the import itself, in the PREMIS record of the new bag."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from archive import __version__
from archive.formats.edtf import is_edtf
from archive.formats.naming import count_of
from archive.model.codes import packages as codes
from archive.model.finding import Finding
from archive.model.package import PackageContent, PackageEvent
from archive.model.premis import Agent, Event, FileObject, Link, PremisRecord
from archive.resources import metadata_path
from archive.stages.packages.checking import PackageCheck

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?")
_AGENT_TYPES = {"software", "person", "organization"}
_OUTCOMES = {
    "": "success",
    "success": "success",
    "pass": "success",
    "positive": "success",
    "fail": "fail",
    "failure": "fail",
    "warning": "warning",
}

Make = Callable[..., str]


@dataclass(slots=True)
class History:
    """The events of a package and of its import, for the record of the new bag.

    `places` are the bag paths of the package's files by their paths in the package; `stamp` is the time of the import.
    `findings` say which events could not be taken over.
    """

    content: PackageContent
    check: PackageCheck
    places: Mapping[str, str]
    stamp: str
    findings: list[Finding] = field(default_factory=list)

    def complete(self, record: PremisRecord, make: Make) -> PremisRecord:
        """The record with what happened before: earlier events first, then the reception and the import."""
        agents: dict[str, Agent] = {}
        links: dict[str, list[str]] = {}
        earlier = list(self._earlier(make, agents, links))
        own = list(self._own(make, agents, links))
        known = {one.id for one in record.agents}
        entity = make("entity")
        of_package = tuple(links.pop(entity, ()))
        entities = tuple(
            replace(one, events=(*of_package, *one.events)) if one.id == entity else one for one in record.entities
        )

        def files() -> Iterator[FileObject]:
            for one in record.files():
                yield one._replace(events=(*links[one.id], *one.events)) if one.id in links else one

        return replace(
            record,
            entities=entities,
            files=files,
            events=(*earlier, *record.events[:1], *own, *record.events[1:]),
            agents=(*record.agents, *(one for one in agents.values() if one.id not in known)),
        )

    def _earlier(self, make: Make, agents: dict[str, Agent], links: dict[str, list[str]]) -> Iterator[Event]:
        left = 0
        for number, one in enumerate(self.content.events, 1):
            view = one.event
            if view.type not in _event_types() or not _is_time(view.date or ""):
                left += 1
                continue
            event = make("earlier event", str(number))
            target = self._target(one, make)
            links.setdefault(target, []).append(event)
            said = (view.outcomes[0] if view.outcomes else "").strip()
            outcome = _OUTCOMES.get(said.lower(), "warning") if said else None
            own = () if not said or said.lower() in _OUTCOMES else (said,)
            notes = "; ".join((*own, *view.outcome_notes, f"as recorded in the {self.content.kind.value}"))
            acting = tuple(
                Link(self._agent(key.value, make, agents), next(iter(key.roles), None)) for key in view.agents
            )
            yield Event(
                event, str(view.type), str(view.date), "; ".join(view.details) or str(view.type), outcome, notes,
                acting, _one(target),
            )  # fmt: skip
        if left:
            self.findings.append(codes.UNKNOWN_EVENTS.at("", count=left))

    def _target(self, one: PackageEvent, make: Make) -> str:
        place = self.places.get(one.about or "")
        return make("file", place) if place is not None and place.startswith("data/") else make("entity")

    def _agent(self, key: str, make: Make, agents: dict[str, Agent]) -> str:
        view = next((one for one in self.content.agents if any(key == ours.value for ours in one.identifiers)), None)
        name = view.names[0] if view is not None and view.names else key
        kind = view.type if view is not None and view.type in _AGENT_TYPES else None
        version = view.version if view is not None else None
        made = make("agent", kind or "", name, version or "")
        agents.setdefault(made, Agent(made, name, kind, version))
        return made

    def _own(self, make: Make, agents: dict[str, Agent], links: dict[str, list[str]]) -> Iterator[Event]:
        us = make("agent", "software", "muniment", __version__)
        agents.setdefault(us, Agent(us, "muniment", "software", __version__))
        entity = make("entity")
        version = f" {self.content.version}" if self.content.version else ""
        named = f"{self.content.kind.value}{version} {self.content.identifier or self.content.name}"
        compared, files = self.check.compared, count_of(self.check.files, "file")
        told = [
            ("fixity check", "package fixity", f"Checksums that the {self.content.kind.value} records",
             f"{compared:,} of {files} compared with a checksum, and all read"),
            ("unpacking", "package unpacked", f"Imported from the {named}", files),
        ]  # fmt: skip
        statements = len(self.content.statements)
        if statements:
            told.append(("metadata extraction", "package metadata", f"Description taken from the {named}",
                         count_of(statements, "statement")))  # fmt: skip
        for kind, label, detail, note in told:
            event = make("event", label)
            links.setdefault(entity, []).append(event)
            yield Event(
                event, kind, self.stamp, detail, "success", note, (Link(us, "executing program"),), _one(entity)
            )


def _one(target: str) -> Callable[[], Iterator[Link]]:
    return lambda: iter((Link(target),))


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None or is_edtf(text)


@cache
def _event_types() -> frozenset[str]:
    content = metadata_path("vocabularies", "premis-event-types.json").read_text("utf-8")
    return frozenset(one["label"] for one in json.loads(content)["terms"])
