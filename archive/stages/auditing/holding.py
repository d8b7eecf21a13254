"""Entering bags as holdings, and telling the ledger that one was moved."""

from __future__ import annotations

from archive.config import Settings
from archive.errors import ArchiveError, FormatError, StorageError
from archive.ledger.book import Ledger
from archive.ledger.holdings import NewHolding, ensure_location, enter_holding, list_holdings, move_holding
from archive.model.audit import Holding, Location
from archive.stages.auditing.bags import form_of, open_bag
from archive.stages.auditing.entering import BagRecord, read_record
from archive.stages.auditing.places import absolute_address, identify, location_options, split_address
from archive.storage.clock import Clock


def add_holding(ledger: Ledger, settings: Settings, address: str, clock: Clock, location: str | None = None) -> Holding:
    """Enter the bag at `address` (a path or s3:// URL): its manifests are read, its payload is not.

    Raises `NotFoundError`, `FormatError` when it is no bag, `ExistsError` when it is held already, `StorageError`.
    """
    absolute = absolute_address(address, "")
    place, inner = _settle(ledger, settings, absolute, location)
    record = _read(absolute, settings, place)
    new = NewHolding(
        inner, absolute.rpartition("/")[2], form_of(absolute), record.tag_digest, record.external_id, record.formats
    )
    return enter_holding(ledger, place, new, record.items, now=int(clock.now().timestamp()))


def relocate_holding(
    ledger: Ledger, settings: Settings, holding: Holding, address: str, clock: Clock, *, location: str | None = None
) -> Holding:
    """Tell the ledger that the bag stands at `address` now. The bag there must be the same.

    Raises `FormatError` when another bag stands there.
    """
    absolute = absolute_address(address, "")
    place, inner = _settle(ledger, settings, absolute, location)
    if _read(absolute, settings, place).tag_digest != holding.tag_digest:
        raise FormatError(
            "this is another bag: its tag manifests are not those of the holding", subject=absolute,
            remedy="Enter it as a holding of its own: archive holdings add",
        )  # fmt: skip
    move_holding(ledger, holding, place, inner, form_of(absolute), now=int(clock.now().timestamp()))
    return next(one for one in list_holdings(ledger) if one.id == holding.id)


def _settle(ledger: Ledger, settings: Settings, absolute: str, name: str | None) -> tuple[Location, str]:
    key, root, inner, named = split_address(absolute, settings, name)
    try:
        identity = identify(root, location_options(settings, key))
    except OSError as error:
        raise StorageError(f"the location cannot be reached: {error.strerror}", subject=root) from error
    return ensure_location(ledger, key, root, identity, named=named), inner


def _read(absolute: str, settings: Settings, place: Location) -> BagRecord:
    try:
        bag = open_bag(absolute, form_of(absolute), location_options(settings, place.name))
        try:
            return read_record(bag, absolute, lambda _count: None)
        finally:
            bag.close()
    except ArchiveError:
        raise
    except OSError as error:
        raise StorageError(f"it cannot be read: {error.strerror}", subject=str(error.filename or absolute)) from error
