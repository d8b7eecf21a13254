"""What is known here of earlier deposits: from their journals, their receipts and the ledger.

A journal says how far a deposit came, a receipt what the repository has, the ledger which holding it was. Nothing is
asked of a repository, and no lock is taken: a deposit that is under way now is "not finished".
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from archive.errors import NotFoundError, from_os_error
from archive.ledger.copies import RecordedDeposit
from archive.model.deposit import DepositState, Receipt
from archive.model.kept_deposit import DepositProgress, KeptDeposit
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.depositing.receipts import JOURNAL, RECEIPT, read_own_receipt, receipt_of

_HEAD, _TAIL = 1 << 16, 1 << 20
"""Bytes that are read of a journal: the entries on files that were sent, between them, may be millions."""

_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


def kept_deposits(settings: Settings, recorded: Iterable[RecordedDeposit] = ()) -> list[KeptDeposit]:
    """Every deposit that was begun or recorded, the oldest first. `recorded` are those that the ledger knows.

    A journal that cannot be read is passed over where its receipt is there, and is "outcome unknown" where it is not.
    Raises `StorageError` when the folder of journals cannot be listed.
    """
    folder = os.path.join(settings.folder, settings.deposit.journal)
    events = list(recorded)
    known = {_essence(one.receipt): one for one in events if one.receipt}
    told = set()
    found = []
    for key in _keys_in(folder):
        one = _read_one(folder, key)
        if one is None:
            continue
        event = None if one.receipt is None else known.get(_essence(_members(one.receipt)))
        if event is not None:
            told.add(event.number)
            one = replace(one, holding=event.holding, recorded=True, path=one.path or event.address or "")
        found.append(one)
    found += [_from_ledger(event) for event in events if event.number not in told]
    return sorted(found, key=lambda one: (one.began or one.finished, one.key))


def find_deposits(deposits: Iterable[KeptDeposit], text: str) -> list[KeptDeposit]:
    """Those that `text` means: a key or its beginning (8 signs or more), else the bag's path, name, or an identifier.

    Raises `NotFoundError`.
    """
    known = list(deposits)
    absolute = os.path.abspath(text) if text and "\0" not in text else text
    found = [one for one in known if len(text) >= 8 and one.key.startswith(text)]
    found = found or [one for one in known if one.path in (text, absolute)]
    found = found or [
        one for one in known if text == one.bag or (one.receipt is not None and text == one.receipt.identifier)
    ]
    if not found:
        raise NotFoundError("no known deposit matches this", subject=text, remedy="See archive deposits list")
    return found


def _keys_in(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise from_os_error(error, folder) from error
    keys = {name.removesuffix(end) for name in names for end in (JOURNAL, RECEIPT) if name.endswith(end)}
    return sorted(key for key in keys if _KEY.fullmatch(key))


def _read_one(folder: str, key: str) -> KeptDeposit | None:
    """What a journal and its receipt say; None for a journal in which nothing was begun."""
    path = os.path.join(folder, key)
    entries: list[dict[str, Any]] | None = None
    try:
        entries = list(_entries(path + JOURNAL))
    except FileNotFoundError:
        entries = []
    except OSError:
        entries = None
    if entries:
        return _from_journal(key, entries)
    with suppress(OSError, ValueError, RecursionError):
        receipt = read_own_receipt(path + RECEIPT)
        return KeptDeposit(key, _progress_of(receipt), receipt.bag, receipt.target, "", receipt.started, receipt)
    return None if entries is not None and not os.path.lexists(path + RECEIPT) else _doubtful(key)


def _doubtful(key: str) -> KeptDeposit:
    return KeptDeposit(key, DepositProgress.UNKNOWN, "", "")


def _from_journal(key: str, entries: list[dict[str, Any]]) -> KeptDeposit:
    began = next((entry for entry in entries if entry.get("do") == "begin"), {})
    last = {str(entry.get("do")): place for place, entry in enumerate(entries)}
    receipt: Receipt | None = None
    if "receipt" in last:
        with suppress(ValueError):
            receipt = receipt_of(entries[last["receipt"]].get("receipt"))
    if receipt is not None:
        progress = _progress_of(receipt)
    elif "commit" in last and last.get("committed", -1) < last["commit"]:
        progress = DepositProgress.UNKNOWN
    else:
        progress = DepositProgress.UNFINISHED
    bag, target = (_text(began.get(name)) for name in ("bag", "target"))
    if receipt is not None:
        bag, target = receipt.bag, receipt.target
    return KeptDeposit(key, progress, bag, target, _text(began.get("path")), _text(began.get("at")), receipt)


def _from_ledger(event: RecordedDeposit) -> KeptDeposit:
    """A deposit of which only the ledger knows: its journal was made elsewhere, or is gone."""
    receipt: Receipt | None = None
    with suppress(ValueError):
        receipt = receipt_of(event.receipt)
    bag = (event.address or "").rpartition("/")[2] if receipt is None else receipt.bag
    began = "" if receipt is None else receipt.started
    return KeptDeposit(
        f"event-{event.number}", DepositProgress.ACCEPTED, bag, event.target, event.address or "", began, receipt,
        event.holding, recorded=True,
    )  # fmt: skip


def _entries(path: str) -> Iterator[dict[str, Any]]:
    """The first entry of a journal, and those at its end. Raises OSError."""
    with open_regular(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        lines = stream.read(_HEAD if size > _TAIL else _TAIL).splitlines()
        if size > _TAIL:
            stream.seek(size - _TAIL)
            lines = [*lines[:1], *stream.read(_TAIL).splitlines()[1:]]
    for line in lines:
        if b'"do": "sent"' in line:
            continue
        with suppress(ValueError, RecursionError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry


def _progress_of(receipt: Receipt) -> DepositProgress:
    return DepositProgress.ACCEPTED if receipt.state is DepositState.ACCEPTED else DepositProgress.PENDING


def _members(receipt: Receipt) -> Mapping[str, Any]:
    return {name: getattr(receipt, name) for name in ("target", "identifier", "fingerprint", "finished")}


def _essence(receipt: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(receipt.get(name, "")) for name in ("target", "identifier", "fingerprint", "finished"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
