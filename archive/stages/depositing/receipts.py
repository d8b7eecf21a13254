"""Receipts: kept in the deposit's journal and as a file of their own, and told to the ledger where there is one."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict
from typing import Any

from archive.config import Settings
from archive.errors import LedgerError, NotFoundError, from_os_error
from archive.ledger.book import Ledger, ledger_address, open_ledger
from archive.ledger.holdings import find_holdings
from archive.ledger.sealing import append_event
from archive.model.codes import deposit as codes
from archive.model.deposit import DepositState, Proof, Receipt
from archive.model.finding import Finding
from archive.storage.clock import Clock
from archive.storage.journal import Journal


def receipt_fields(receipt: Receipt) -> dict[str, Any]:
    """The receipt as JSON members, `schema` first; what is not there is left out."""
    table = {key: value for key, value in asdict(receipt).items() if value is not None}
    table["state"], table["proof"] = receipt.state.value, receipt.proof.name.lower()
    table["algorithms"] = list(receipt.algorithms)
    table["bag"] = receipt.bag.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return {"schema": "archive.receipt/1", **table}


def keep_receipt(journal: Journal, receipt: Receipt) -> None:
    """Write the receipt into the journal and beside it as `KEY.receipt.json`. Raises `StorageError`."""
    table = receipt_fields(receipt)
    path = journal.path.removesuffix(".journal") + ".receipt.json"
    try:
        with open(path + ".part", "w", encoding="utf-8") as stream:
            json.dump(table, stream, ensure_ascii=False, indent=2)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(path + ".part", path)
    except OSError as error:
        raise from_os_error(error, path) from error
    journal.write(sync=True, do="receipt", receipt=table)


def read_receipt(journal: Journal) -> Receipt | None:
    """The newest receipt in the journal, or None."""
    entry = journal.last("receipt")
    if entry is None:
        return None
    table = {key: value for key, value in entry["receipt"].items() if key != "schema"}
    table["state"], table["proof"] = DepositState(table["state"]), Proof[table["proof"].upper()]
    table["algorithms"] = tuple(table["algorithms"])
    return Receipt(**table)


def bag_of_receipt(settings: Settings, target: str, identifier: str) -> str | None:
    """What the bag was called that a receipt kept here tells of; None where no receipt does."""
    folder = os.path.join(settings.folder, settings.deposit.journal)
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".receipt.json"))
    except OSError:
        return None
    for name in names:
        with contextlib.suppress(OSError, ValueError), open(os.path.join(folder, name), encoding="utf-8") as stream:
            table = json.load(stream)
            if isinstance(table, dict) and (table.get("target"), table.get("identifier")) == (target, identifier):
                return str(table.get("bag"))
    return None


def record_transfer(settings: Settings, bag: str, receipt: Receipt, clock: Clock) -> list[Finding]:
    """Tell the ledger, where there is one: an event `transfer` with target, identifier and receipt.

    It is an event of the bag's holding, where the bag is one. What the ledger refuses is a finding: the receipt is
    kept all the same.
    """
    address = ledger_address(settings)
    if "://" not in address and not os.path.exists(address):
        return []
    try:
        ledger = open_ledger(address)
    except LedgerError as error:
        return [codes.LEDGER_NOT_TOLD.at(receipt.bag, words=error.problem)]
    detail = {
        "target": receipt.target, "identifier": receipt.identifier, "location": receipt.location,
        "receipt": receipt_fields(receipt),
    }  # fmt: skip
    now = int(clock.now().timestamp())
    try:
        number = _holding_of(ledger, bag)
        ledger.backend.write(lambda: append_event(ledger.backend, "transfer", number, now, "success", detail))
    except LedgerError as error:
        return [codes.LEDGER_NOT_TOLD.at(receipt.bag, words=error.problem)]
    finally:
        ledger.close()
    return []


def _holding_of(ledger: Ledger, bag: str) -> int | None:
    try:
        return find_holdings(ledger, bag, absolute=os.path.abspath(bag))[0].id
    except NotFoundError:
        return None
