"""A holding's life after sealing, in words and as PREMIS 3: the bag is never edited, so this is kept outside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from archive.formats.naming import escape
from archive.formats.premis_writing import write_premis
from archive.ledger.book import Ledger
from archive.ledger.history import LifeEvent, events_of, versions_before
from archive.ledger.holdings import find_holding_by_id
from archive.ledger.inventory import FIRST_ITEM
from archive.ledger.overview import stamp_of
from archive.ledger.seal_events import SEALED, VALIDATED
from archive.model.audit import Holding
from archive.model.premis import Agent, EntityObject, Event, FileObject, Link, PremisRecord, Relationship
from archive.storage.clock import Identifiers

_DETAILS = {
    "accession": "the bag was entered as a holding of the ledger",
    "replication": "a further copy of a bag that was held already was entered",
    "message digest calculation": "what the ledger knows of the bag's files was sealed",
    "transfer": "the bag was moved to another place",
    "modification": "a new version of the bag took the place of the one before",
    "deaccession": "the bag was taken out of the audits",
    "dissemination": "the bag was exported as a package, or a copy of it was given to a person",
    "recovery": "damaged or missing files were replaced from a copy that proved itself",
    SEALED: "the bag's tag manifests were signed and stamped in an evidence seal",
    VALIDATED: "the signatures and stamps of the bag's evidence seals were verified",
    "fixity check": "the files' digests were computed again and compared with those of the ledger",
}


_WORDS = {"replaced_by": "replaced by holding", "replaces": "replaces holding"}
_SHOWN = (
    "files", "bytes", "tag_digest", "copies", "reason", "replaced", "replaced_by", "replaces", "version", "format",
)  # fmt: skip
"""The details of an event that are told in words."""


def describe_event(event: LifeEvent, *, persons: bool = False) -> str:
    """What an event says beyond its kind, in words. Places are left out, for they may hold names of hosts or people;

    so is to whom a copy was given, unless `persons` asks for it.
    """
    if event.kind == "fixity check":
        counted = ", ".join(f"{count:,} {word}" for word, count in sorted(event.counts.items()))
        names = "; ".join(escape(name) for name in event.names)
        return f"{counted}: {names}" if names else counted
    if persons and "for" in event.detail:
        return escape(_given_words(event.detail))
    if "receipt" in event.detail:
        return escape(_deposit_words(event.detail))
    if event.kind in (SEALED, VALIDATED):
        return escape(_seal_words(event.detail))
    shown = [
        f"{_WORDS.get(key, key)} {value if not isinstance(value, list) else ', '.join(map(str, value))}"
        for key, value in sorted(event.detail.items())
        if key in _SHOWN
    ]
    return escape("; ".join(shown))


def _given_words(detail: Mapping[str, Any]) -> str:
    """To whom a copy was given, for what and why, and how much of the bag was left out."""
    parts = [f"copy given to {detail['for']}, for: {detail['purpose']}"]
    if detail.get("because"):
        parts.append(f"because: {detail['because']}")
    if detail.get("left_out"):
        parts.append(f"{detail['left_out']:,} files left out")
    return "; ".join(parts)


def _seal_words(detail: Mapping[str, Any]) -> str:
    """Which seals, and of a seal that was made or completed what it stamped and whether all stamps are there."""
    if "seals" in detail:
        return "seals " + ", ".join(f"{number:04}" for number in detail["seals"])
    parts = [f"seal {detail['seal']:04}", f"stamped sha512 {detail['stamped']}"]
    if "complete" in detail:
        parts.append("complete" if detail["complete"] else "not yet complete")
    if detail.get("signers"):
        parts.append(f"signed by {', '.join(map(str, detail['signers']))}")
    parts += [
        f"{words} {stamp_of(detail[name])}"
        for name, words in (("proven", "proven since"), ("until", "to be renewed before"))
        if isinstance(detail.get(name), int)
    ]
    if FIRST_ITEM not in detail:
        parts.append("its files were known already")
    return "; ".join(parts)


def _deposit_words(detail: Mapping[str, Any]) -> str:
    """A deposit by its receipt: which repository, under which identifier, and what proved that it arrived."""
    receipt = detail["receipt"] if isinstance(detail["receipt"], Mapping) else {}
    kind, label = str(receipt.get("kind", "")), str(detail.get("target", ""))
    scheme, _, path = label.partition(":")
    if scheme in ("dir", "ocfl"):
        # The path is one of this computer; the folder's own name says enough.
        label = f"{scheme}:{path.rstrip('/').rpartition('/')[2]}"
    parts = [f"target {label}"]
    if kind and kind != scheme:
        parts.append(f"kind {kind}")
    parts += [
        f"{name} {receipt[key]}"
        for key, name in (
            ("identifier", "identifier"), ("version", "version"), ("doi", "DOI"), ("state", "state"),
            ("proof", "proof"), ("verified", "files read back"), ("finished", "receipt of"),
            ("fingerprint", "fingerprint"),
        )
        if receipt.get(key) not in (None, "")
    ]  # fmt: skip
    return "; ".join(parts)


def write_life(ledger: Ledger, holding: Holding) -> Iterator[bytes]:
    """The events of `holding` as a PREMIS 3 record: the bag as entity, its events, the program as agent.

    Each earlier version of the bag is an entity of its own, from which the next one is derived.
    """
    identifiers = Identifiers(uuid.UUID(ledger.id))
    program = identifiers.make("agent", "muniment", _version())
    versions = [find_holding_by_id(ledger, number) for number in (*versions_before(ledger, holding.id), holding.id)]
    bags = {one.id: identifiers.make("bag", one.tag_digest) for one in versions}
    told = [
        (one.holding, _event(one, identifiers, bags[one.holding], program)) for one in events_of(ledger, holding.id)
    ]
    entities = []
    for number, one in enumerate(versions):
        around = (("has source", versions[number - 1 : number]), ("is source of", versions[number + 1 : number + 2]))
        entities.append(
            EntityObject(
                bags[one.id],
                _entity_name(one),
                relationships=tuple(
                    Relationship("derivation", subtype, partial(_ids, [bags[other.id] for other in others]))
                    for subtype, others in around
                    if others
                ),
                events=tuple(event.id for held, event in told if held == one.id),
            )
        )
    agent = Agent(program, "muniment", "software", _version())
    return write_premis(PremisRecord(tuple(entities), _no_files, tuple(event for _, event in told), (agent,)))


def _ids(ids: Sequence[str]) -> Iterator[str]:
    return iter(ids)


def _event(event: LifeEvent, identifiers: Identifiers, bag: str, program: str) -> Event:
    def objects() -> Iterable[Link]:
        return (Link(bag, "source"),)

    return Event(
        identifiers.make("event", str(event.seq)), event.kind, stamp_of(event.happened), _detail_of(event),
        "success" if event.good else "fail", describe_event(event), (Link(program, "executing program"),),
        lambda: iter(objects()),
    )  # fmt: skip


def _detail_of(event: LifeEvent) -> str:
    if "receipt" in event.detail:
        return "a copy of the bag was deposited in a repository"
    return _DETAILS.get(event.kind, event.kind)


def _entity_name(holding: Holding) -> str:
    return holding.external_id or escape(holding.name)


def _no_files() -> Iterator[FileObject]:
    return iter(())


def _version() -> str:
    try:
        return version("muniment")
    except PackageNotFoundError:
        return "unknown"
