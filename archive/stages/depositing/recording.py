"""Telling the ledger of a deposit: an event of the bag, and the holding that the deposit is from now on.

Both are told once, however often the command is given: a run that was stopped between the receipt and the ledger is
completed by the next one.
"""

from __future__ import annotations

import os
from contextlib import suppress

from archive.bags.contents import BagReading
from archive.bags.opening import absolute_address
from archive.errors import ArchiveError, ExistsError, LedgerError
from archive.ledger.book import Ledger, ledger_address, open_ledger
from archive.ledger.copies import has_deposit
from archive.ledger.holdings import holdings_at
from archive.ledger.recording import record_event
from archive.model.addresses import is_remote
from archive.model.codes import deposit as codes
from archive.model.deposit import DepositState, Receipt, copy_address
from archive.model.finding import Finding
from archive.places import root_of
from archive.settings import Settings
from archive.stages.auditing.bag_record import digest_of_tag_manifests
from archive.stages.auditing.holdings import add_holding
from archive.stages.auditing.locations import location_options, split_address
from archive.stages.auditing.presence import location_identity
from archive.stages.depositing.receipts import receipt_fields
from archive.storage.clock import Clock

_READABLE = ("dir", "ocfl", "s3")
"""Kinds of targets whose deposits audits can read where they are."""


def record_deposit(
    settings: Settings, source: BagReading, bag: str, receipt: Receipt, clock: Clock, *, place: str, fresh: bool
) -> list[Finding]:
    """Tell the ledger, where there is one, of an accepted deposit in the place of this name ("" for an address).

    An event `transfer` with target, identifier and receipt is that of the bag's holding, where the bag is one. Where
    the deposit can be read it becomes a holding, unless it is a package of another format; one that was retired is
    entered again only with `fresh`, which says that the bag has just been sent. What the ledger refuses is a finding:
    the receipt is kept all the same.
    """
    address = ledger_address(settings)
    if receipt.state is not DepositState.ACCEPTED or ("://" not in address and not os.path.exists(address)):
        return []
    try:
        ledger = open_ledger(address)
    except LedgerError as error:
        return [codes.LEDGER_NOT_TOLD.at(receipt.bag, words=error.problem)]
    try:
        _record_transfer(ledger, source, bag, receipt, clock, fresh=fresh)
        return [] if receipt.format else _hold(ledger, settings, receipt, clock, place=place, fresh=fresh)
    except LedgerError as error:
        return [codes.LEDGER_NOT_TOLD.at(receipt.bag, words=error.problem)]
    finally:
        ledger.close()


def _record_transfer(
    ledger: Ledger, source: BagReading, bag: str, receipt: Receipt, clock: Clock, *, fresh: bool
) -> None:
    tag_digest = ""
    with suppress(OSError, ArchiveError):
        tag_digest = digest_of_tag_manifests(source)[0][1]
    fields = receipt_fields(receipt)
    if not fresh and has_deposit(ledger, tag_digest, fields):
        return
    held = holdings_at(ledger, absolute_address(bag))
    detail = {
        "target": receipt.target, "identifier": receipt.identifier, "location": receipt.location,
        "receipt": fields, "tag_digest": tag_digest,
    }  # fmt: skip
    now = int(clock.now().timestamp())
    record_event(ledger, "transfer", held[0].id if held else None, detail, now=now)


def _hold(
    ledger: Ledger, settings: Settings, receipt: Receipt, clock: Clock, *, place: str, fresh: bool
) -> list[Finding]:
    copy = _readable_address(settings, receipt, place)
    if copy is None:
        return []
    try:
        name, root, _inner, _named = split_address(copy, settings, None)
        identity = location_identity(root, location_options(settings, name, root))
        add_holding(ledger, settings, copy, clock, identity=identity, new=not fresh)
    except ExistsError:
        return []
    except LedgerError:
        raise
    except (ArchiveError, OSError) as error:
        words = error.problem if isinstance(error, ArchiveError) else error.strerror or str(error)
        return [codes.NOT_HELD.at(copy, words=words)]
    return []


def _readable_address(settings: Settings, receipt: Receipt, place: str) -> str | None:
    """Where audits can read the deposited bag: a path or s3:// URL; None where they cannot."""
    if receipt.kind in _READABLE:
        address = copy_address(receipt.kind, receipt.location, receipt.version)
        return address if is_remote(address) or os.path.isabs(address) else None
    if place and settings.places[place].get("root"):
        root, name = root_of(settings, place), receipt.identifier.strip("/").rpartition("/")[2]
        return f"{root}/{name}" if root and name else None
    return None
