"""The event that a package carries of its own making, in the PREMIS record of formats that have one.

The same bag gives the same package on any day, so the event has no clock's time: its date is the open interval that
begins on the day of the bagging, in EDTF. The ledger keeps the time of each export.
"""

from __future__ import annotations

import uuid

from archive import __version__
from archive.model.premis import Agent, EntityObject, Event, Link, Links, PremisRecord
from archive.stages.exporting.source import Source
from archive.storage.clock import Identifiers

_NOTE = "the ledger of the archive keeps the time, so that the same bag gives the same package"


def identifiers_of(source: Source, as_format: str) -> Identifiers:
    """The identifiers of what only the package in this format has."""
    return Identifiers(uuid.uuid5(uuid.NAMESPACE_URL, f"{source.identifier}#{as_format}"))


def program_agent(identifiers: Identifiers) -> Agent:
    """This program, as an agent of the package's own."""
    return Agent(identifiers.make("agent", "software", "muniment", __version__), "muniment", "software", __version__)


def package_event(source: Source, identifiers: Identifiers, named: str, agent: str, objects: Links) -> Event:
    """The making of the package, `named` as in "an E-ARK SIP", from the bag. Raises `UsageError` without a day."""
    return Event(
        identifiers.make("event", "export"), "information package creation", f"{source.published}/..",
        f"Exported as {named} from the bag {source.identifier}", "success", _NOTE,
        (Link(agent, "executing program"),), objects,
    )  # fmt: skip


def record_of_package(source: Source, identifiers: Identifiers, named: str) -> PremisRecord:
    """A record of the export alone, for a bag without a record that can be continued. Raises as `package_event`."""
    agent, entity = program_agent(identifiers), identifiers.make("entity")
    event = package_event(source, identifiers, named, agent.id, lambda: iter([Link(entity)]))
    return PremisRecord((EntityObject(entity, source.name, events=(event.id,)),), lambda: iter(()), (event,), (agent,))
