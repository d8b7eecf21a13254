"""Telling the ledger of a new version, where there is a ledger and the bag is one of its holdings."""

from __future__ import annotations

import os
from typing import Any

from archive.bags.opening import container_of, open_reader
from archive.bags.reader import no_beat
from archive.errors import LedgerMissingError, NotFoundError
from archive.ledger.book import Ledger, ledger_address, open_ledger
from archive.ledger.holdings import NewHolding, find_holdings, renew_holding
from archive.model.audit import Holding
from archive.settings import Settings
from archive.stages.auditing.bag_record import read_bag_record
from archive.stages.auditing.locations import bag_identity
from archive.storage.clock import Clock


def find_holding(settings: Settings, bag: str) -> tuple[Ledger, Holding] | None:
    """The open ledger and the holding that the bag at this path is; None where it is none. Raises `LedgerError`."""
    address = ledger_address(settings)
    if "://" not in address and not os.path.exists(address):
        return None
    try:
        ledger = open_ledger(address)
    except LedgerMissingError:
        return None
    try:
        found = [one for one in find_holdings(ledger, bag, absolute=bag) if one.address == bag]
    except NotFoundError:
        found = []
    except BaseException:
        ledger.close()
        raise
    if not found:
        ledger.close()
        return None
    return ledger, found[0]


def record_version(ledger: Ledger, holding: Holding, clock: Clock, detail: dict[str, Any]) -> Holding:
    """Enter the version that is at the place of `holding` now; the holding that it replaces keeps its history.

    Raises `LedgerError`, and what reading the bag raises.
    """
    reader = open_reader(holding.address)
    try:
        record = read_bag_record(reader, holding.address, no_beat)
        form = container_of(reader)
    finally:
        reader.close()
    if record.tag_digest == holding.tag_digest:
        return holding
    new = NewHolding(
        holding.place, holding.name, form, record.tag_digest, record.external_id, record.formats,
        bag_identity(holding.address, {}),
    )  # fmt: skip
    return renew_holding(ledger, holding, new, record.items, detail, now=int(clock.now().timestamp()))
