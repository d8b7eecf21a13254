"""Entering bags as holdings, and telling the ledger that one was moved."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress

from archive.bags.opening import container_of, open_reader, pinned_address
from archive.bags.reader import no_beat
from archive.errors import (
    ArchiveError,
    ExistsError,
    FormatError,
    NotFoundError,
    StorageError,
    UsageError,
    from_os_error,
)
from archive.ledger.book import Ledger
from archive.ledger.holdings import (
    NewHolding,
    ensure_location,
    enter_holding,
    find_holding_by_id,
    find_holdings,
    holdings_at,
    holdings_like,
    list_locations,
    move_holding,
    note_identity,
    places_in,
)
from archive.model.addresses import is_deposit
from archive.model.audit import Container, Holding, same_identity
from archive.places import address_in_place
from archive.settings import Settings
from archive.stages.auditing.bag_record import BagRecord, read_bag_record
from archive.stages.auditing.locations import (
    absolute_address,
    bag_identity,
    location_options,
    probe_location,
    split_address,
)
from archive.stages.auditing.presence import NO_FOLDER
from archive.storage.clock import Clock

_ASKED = 100
"""So many of a location's bags are looked for where another folder is in its place."""


class RetiredError(ExistsError):
    """This very bag was retired."""


def add_holding(
    ledger: Ledger, settings: Settings, address: str, clock: Clock, *, location: str | None = None,
    identity: str | None = None, new: bool = False, read: Callable[[], tuple[BagRecord, Container, str]] | None = None,
) -> Holding:  # fmt: skip
    """Enter the bag at `address`, a path, a URL or PLACE:IDENTIFIER: its manifests are read, its payload is not.

    Of an OCFL object without a version the newest is entered, by its number.

    `identity` is that of its location, where `reach_together` was asked before. With `new` a bag that was retired at
    this very address is not entered again. `read` gives what the bag holds, how it is kept and its name, where that is
    known without opening it. Raises `RetiredError` then, `NotFoundError`, `FormatError`
    when it is not a bag, `ExistsError` when it is held already, `StorageError` when its location is away.
    """
    absolute = absolute_address(address_in_place(settings, address), "")
    _refuse_held(ledger, absolute)
    identity = identity or reach(ledger, settings, absolute, location)
    if (pinned := _pinned(absolute)) != absolute:
        absolute = pinned
        _refuse_held(ledger, absolute)
        identity = reach(ledger, settings, absolute, location)
    key, root, inner, named = split_address(absolute, settings, location)
    record, form, name = _read(absolute, settings, key) if read is None else read()
    if new and any(one.tag_digest == record.tag_digest for one in holdings_at(ledger, absolute, retired=True)):
        raise RetiredError("this bag was retired", subject=absolute, remedy="Add it by its own path, without --new")
    own = _identity_of(absolute, settings, key)
    _refuse_second_path(ledger, settings, record.tag_digest, own=own, absolute=absolute)
    place = ensure_location(ledger, key, root, identity, named=named)
    entered = NewHolding(inner, name, form, record.tag_digest, record.external_id, record.formats, own)
    return enter_holding(ledger, place, entered, record.items, now=int(clock.now().timestamp()))


def _refuse_held(ledger: Ledger, absolute: str) -> None:
    if holdings_at(ledger, absolute):
        raise ExistsError(
            "this is a holding already", subject=absolute,
            remedy="Audit it: archive audit BAG; if a different bag is there now: archive holdings retire BAG",
        )  # fmt: skip


def relocate_holding(
    ledger: Ledger, settings: Settings, holding: Holding, address: str, clock: Clock, *, location: str | None = None
) -> Holding:
    """Record in the ledger that the bag is at `address` now. The bag there must be the same.

    Raises `FormatError` when a different bag is there, and as `add_holding`.
    """
    absolute = absolute_address(address_in_place(settings, address), "")
    identity = reach(ledger, settings, absolute, location)
    if (pinned := _pinned(absolute)) != absolute:
        absolute = pinned
        identity = reach(ledger, settings, absolute, location)
    key, root, inner, named = split_address(absolute, settings, location)
    record, form, _name = _read(absolute, settings, key)
    own = _identity_of(absolute, settings, key)
    if record.tag_digest != holding.tag_digest:
        raise FormatError(
            "this is a different bag: its tag manifests are not those of the holding", subject=absolute,
            remedy="Add it as a holding of its own: archive holdings add",
        )  # fmt: skip
    _refuse_second_path(ledger, settings, holding.tag_digest, own=own, absolute=absolute, moved=holding)
    place = ensure_location(ledger, key, root, identity, named=named)
    move_holding(ledger, holding, place, inner, form, now=int(clock.now().timestamp()), identity=own)
    return find_holding_by_id(ledger, holding.id)


def _identity_of(absolute: str, settings: Settings, location: str) -> str:
    try:
        return bag_identity(absolute, location_options(settings, location))
    except OSError as error:
        raise StorageError(f"it cannot be read: {error.strerror}", subject=absolute) from error


def _refuse_second_path(
    ledger: Ledger, settings: Settings, tag_digest: str, *, own: str, absolute: str, moved: Holding | None = None
) -> None:
    """Raise `ExistsError` when another holding is this very bag by another path: it would count as a copy."""
    for one in holdings_like(ledger, tag_digest):
        if moved is not None and one.id == moved.id:
            continue
        known = one.identity or _find_identity(ledger, settings, one)
        if same_identity(known, own):
            raise ExistsError(
                f"this is the bag that is held as {one.address}, by another path: it is one copy, not two",
                subject=absolute, remedy="To name it by this path from now on: archive holdings move",
            )  # fmt: skip


def _find_identity(ledger: Ledger, settings: Settings, holding: Holding) -> str:
    """The identity of a holding that an older program entered; empty while it cannot be reached."""
    with suppress(ArchiveError, OSError):
        reach(ledger, settings, holding.address)
        identity = bag_identity(holding.address, location_options(settings, holding.location))
        note_identity(ledger, holding, identity)
        return identity
    return ""


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
    places = places_in(ledger, key, limit=_ASKED)
    probe = probe_location(
        root, known.identity if known and known.root == root else "", named, places, location_options(settings, key),
        seconds=max(settings.audit.answer_seconds, 1), touch=touched,
    )  # fmt: skip
    if probe.reason == NO_FOLDER and known is None and not named:
        raise NotFoundError("there is no bag here", subject=absolute)
    if probe.reason is not None:
        raise StorageError(
            f"the location {key} cannot be reached: {probe.reason}", subject=absolute,
            remedy="Mount the disk or fix the connection, then run again",
        )  # fmt: skip
    return probe.identity


def _pinned(absolute: str) -> str:
    try:
        return pinned_address(absolute)
    except OSError as error:
        raise from_os_error(error, absolute) from error


def _read(absolute: str, settings: Settings, location: str) -> tuple[BagRecord, Container, str]:
    """What the bag holds, how it is kept, and its name."""
    reader = open_reader(absolute, options=location_options(settings, location))
    try:
        form = container_of(reader)
        name = reader.name if form is Container.OCFL or is_deposit(absolute) else absolute.rpartition("/")[2]
        return read_bag_record(reader, absolute, no_beat), form, name
    except OSError as error:
        raise StorageError(f"it cannot be read: {error.strerror}", subject=str(error.filename or absolute)) from error
    finally:
        reader.close()


def find_only(ledger: Ledger, text: str, *, retired: bool = False) -> Holding:
    """The one holding that `text` means: its path, name or number.

    Raises `NotFoundError`, and `UsageError` when several holdings have this name.
    """
    matching = find_holdings(ledger, text, absolute=absolute_address(text, os.getcwd()), retired=retired)
    if len({one.address for one in matching}) == 1:  # versions of one bag: the last is the bag that is there
        matching = [one for one in matching if one.retired_at is None][:1] or matching[-1:]
    if len(matching) > 1:
        addresses = ", ".join(one.address for one in matching)
        raise UsageError(f"several holdings have this name: {addresses}", subject=text, remedy="Give the whole path")
    return matching[0]
