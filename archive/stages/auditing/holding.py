"""Entering bags as holdings, and telling the ledger that one was moved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from archive.config import Settings
from archive.errors import ArchiveError, ExistsError, FormatError, NotFoundError, StorageError, UsageError
from archive.ledger.book import Ledger
from archive.ledger.holdings import (
    NewHolding,
    ensure_location,
    enter_holding,
    list_holdings,
    list_locations,
    move_holding,
)
from archive.model.audit import Holding
from archive.stages.auditing.bags import form_of, open_bag
from archive.stages.auditing.entering import BagRecord, read_record
from archive.stages.auditing.places import NO_FOLDER, absolute_address, location_options, probe_location, split_address
from archive.storage.clock import Clock

_ASKED = 100
"""So many of a location's bags are looked for where another folder stands in its place."""


def add_holding(
    ledger: Ledger, settings: Settings, address: str, clock: Clock, *, location: str | None = None,
    identity: str | None = None,
) -> Holding:  # fmt: skip
    """Enter the bag at `address` (a path or s3:// URL): its manifests are read, its payload is not.

    `identity` is that of its location, where `reach_together` was asked before. Raises `NotFoundError`, `FormatError`
    when it is no bag, `ExistsError` when it is held already, `StorageError` when its location is away.
    """
    absolute = absolute_address(address, "")
    held = [one for one in list_holdings(ledger) if one.address == absolute]
    if held:
        raise ExistsError(
            "this is a holding already", subject=absolute,
            remedy="Audit it: archive audit BAG; if another bag stands there now: archive holdings retire BAG",
        )  # fmt: skip
    key, root, inner, named = split_address(absolute, settings, location)
    identity = identity or reach(ledger, settings, absolute, location)
    record = _read(absolute, settings, key)
    place = ensure_location(ledger, key, root, identity, named=named)
    new = NewHolding(
        inner, absolute.rpartition("/")[2], form_of(absolute), record.tag_digest, record.external_id, record.formats
    )
    return enter_holding(ledger, place, new, record.items, now=int(clock.now().timestamp()))


def relocate_holding(
    ledger: Ledger, settings: Settings, holding: Holding, address: str, clock: Clock, *, location: str | None = None
) -> Holding:
    """Tell the ledger that the bag stands at `address` now. The bag there must be the same.

    Raises `FormatError` when another bag stands there, and as `add_holding`.
    """
    absolute = absolute_address(address, "")
    key, root, inner, named = split_address(absolute, settings, location)
    identity = reach(ledger, settings, absolute, location)
    if _read(absolute, settings, key).tag_digest != holding.tag_digest:
        raise FormatError(
            "this is another bag: its tag manifests are not those of the holding", subject=absolute,
            remedy="Enter it as a holding of its own: archive holdings add",
        )  # fmt: skip
    place = ensure_location(ledger, key, root, identity, named=named)
    move_holding(ledger, holding, place, inner, form_of(absolute), now=int(clock.now().timestamp()))
    return next(one for one in list_holdings(ledger) if one.id == holding.id)


def reach_together(
    ledger: Ledger, settings: Settings, addresses: Sequence[str], location: str | None
) -> dict[str, str]:
    """The identity of the location of each address, asked once a location. What does not answer is left out:

    `add_holding` asks for it alone, and says why.
    """
    groups: dict[str, list[str]] = {}
    for address in addresses:
        with suppress(UsageError):
            absolute = absolute_address(address, "")
            groups.setdefault(split_address(absolute, settings, location)[1], []).append(address)
    found: dict[str, str] = {}
    for group in groups.values():
        with suppress(ArchiveError):
            absolutes = [absolute_address(address, "") for address in group]
            identity = reach(ledger, settings, absolutes[0], location, beside=absolutes[1:])
            found.update(dict.fromkeys(group, identity))
    return found


def reach(
    ledger: Ledger, settings: Settings, absolute: str, location: str | None = None, *, beside: Sequence[str] = ()
) -> str:
    """Ask the location of this address, and the bag there, for an answer in time: gives the location's identity.

    `beside` are further addresses in the same location. Raises `StorageError` when it is away, `NotFoundError` when
    there is no such folder around the bag, `UsageError`.
    """
    key, root, inner, named = split_address(absolute, settings, location)
    touched = [inner, *(split_address(one, settings, location)[2] for one in beside)]
    known = next((one for one in list_locations(ledger) if one.name == key), None)
    places = [one.place for one in list_holdings(ledger) if one.location == key][:_ASKED]
    probe = probe_location(
        root, known.identity if known and known.root == root else "", named, places, location_options(settings, key),
        seconds=max(settings.audit.answer_seconds, 1), touch=touched,
    )  # fmt: skip
    if probe.reason == NO_FOLDER and known is None and not named:
        raise NotFoundError("there is no bag here", subject=absolute)
    if probe.reason is not None:
        raise StorageError(
            f"the location {key} cannot be reached: {probe.reason}", subject=absolute,
            remedy="Mount the disk or mend the connection, then run again",
        )  # fmt: skip
    return probe.identity


def _read(absolute: str, settings: Settings, location: str) -> BagRecord:
    try:
        bag = open_bag(absolute, form_of(absolute), location_options(settings, location))
        try:
            return read_record(bag, absolute, lambda _count: None)
        finally:
            bag.close()
    except ArchiveError:
        raise
    except OSError as error:
        raise StorageError(f"it cannot be read: {error.strerror}", subject=str(error.filename or absolute)) from error
