"""A holding's life after sealing, in words and as PREMIS 3: the bag is never edited, so this stands beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version

from archive.formats.naming import escape
from archive.formats.premis_writing import write_premis
from archive.ledger.book import Ledger
from archive.ledger.life import LifeEvent, events_of
from archive.ledger.overview import stamp_of
from archive.model.audit import Holding
from archive.model.premis import Agent, EntityObject, Event, FileObject, Link, PremisRecord
from archive.storage.clock import Identifiers

_DETAILS = {
    "accession": "the bag was entered as a holding of the ledger",
    "replication": "a further copy of a bag that was held already was entered",
    "transfer": "the bag was moved to another place",
    "deaccession": "the bag was taken out of the audits",
    "recovery": "damaged or missing files were replaced from a copy that proved itself",
    "fixity check": "the files' digests were computed again and compared with those of the ledger",
}


def describe_event(event: LifeEvent) -> str:
    """What an event says beyond its kind, in words; places are left out, for they may hold names of hosts or people."""
    if event.kind == "fixity check":
        counted = ", ".join(f"{count:,} {word}" for word, count in sorted(event.counts.items()))
        names = "; ".join(escape(name) for name in event.names)
        return f"{counted}: {names}" if names else counted
    shown = [
        f"{key} {value if not isinstance(value, list) else ', '.join(map(str, value))}"
        for key, value in sorted(event.detail.items())
        if key in ("files", "bytes", "tag_digest", "copies", "reason", "replaced")
    ]
    return escape("; ".join(shown))


def write_life(ledger: Ledger, holding: Holding) -> Iterator[bytes]:
    """The events of `holding` as a PREMIS 3 record: the bag as entity, its events, our program as agent."""
    identifiers = Identifiers(uuid.UUID(ledger.id))
    bag = identifiers.make("bag", holding.tag_digest)
    program = identifiers.make("agent", "muniment", _version())
    events = tuple(_event(event, identifiers, bag, program) for event in events_of(ledger, holding.id))
    entity = EntityObject(bag, _entity_name(holding), events=tuple(event.id for event in events))
    agent = Agent(program, "muniment", "software", _version())
    return write_premis(PremisRecord((entity,), _no_files, events, (agent,)))


def _event(event: LifeEvent, identifiers: Identifiers, bag: str, program: str) -> Event:
    def objects() -> Iterable[Link]:
        return (Link(bag, "source"),)

    return Event(
        identifiers.make("event", str(event.seq)), event.kind, stamp_of(event.happened), _DETAILS[event.kind],
        "success" if event.good else "fail", describe_event(event), (Link(program, "executing program"),),
        lambda: iter(objects()),
    )  # fmt: skip


def _entity_name(holding: Holding) -> str:
    return holding.external_id or escape(holding.name)


def _no_files() -> Iterator[FileObject]:
    return iter(())


def _version() -> str:
    try:
        return version("muniment")
    except PackageNotFoundError:
        return "unknown"
