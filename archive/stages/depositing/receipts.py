"""Receipts: kept in the deposit's journal and as a file of their own."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from archive.errors import from_os_error
from archive.formats.json_text import json_text
from archive.formats.ocfl_versions import version_number
from archive.model.codes import deposit as codes
from archive.model.deposit import DepositState, Proof, Receipt
from archive.model.finding import Finding
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.storage.journal import Journal, write_private

RECEIPT, JOURNAL = ".receipt.json", ".journal"
_LARGEST = 1 << 20
"""Bytes of the largest receipt, and how much of the end of a journal is looked at for its receipt."""
_FINGERPRINT = re.compile(r"[0-9a-f]{32,128}", re.ASCII)


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
    path = journal.path.removesuffix(JOURNAL) + RECEIPT
    try:
        write_private(path, json_text(table, indent=2).encode("utf-8") + b"\n")
    except OSError as error:
        raise from_os_error(error, path) from error
    journal.write(sync=True, do="receipt", receipt=table)


def read_receipt(journal: Journal) -> Receipt | None:
    """The newest receipt in the journal, or None."""
    entry = journal.last("receipt")
    if entry is None:
        return None
    try:
        return receipt_of(entry.get("receipt"))
    except ValueError:
        return None


def receipt_of(fields: Any) -> Receipt:
    """The receipt of its JSON members. Raises `ValueError` when they are not one."""
    try:
        table = {key: value for key, value in fields.items() if key != "schema"}
        table["state"], table["proof"] = DepositState(table["state"]), Proof[table["proof"].upper()]
        table["algorithms"] = tuple(table["algorithms"])
        receipt = Receipt(**table)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a receipt") from error
    texts = (receipt.target, receipt.identifier, receipt.fingerprint, receipt.finished, receipt.bag)
    if not all(isinstance(text, str) for text in texts) or not _FINGERPRINT.fullmatch(receipt.fingerprint):
        raise ValueError("not a receipt")
    return receipt


@dataclass(frozen=True, slots=True)
class KeptReceipts:
    """The receipts of deposits at one target, the newest last, and the files that cannot be relied on, with why."""

    receipts: tuple[Receipt, ...]
    doubtful: tuple[Finding, ...]


def receipts_of(settings: Settings, target: str) -> KeptReceipts:
    """The receipts kept here of deposits at `target`.

    Each is stored twice, as a file and in the deposit's journal, so that one that was lost or changed is noticed: the
    journal's counts then.
    """
    folder = os.path.join(settings.folder, settings.deposit.journal)
    try:
        names = os.listdir(folder)
    except OSError:
        return KeptReceipts((), ())
    found: list[Receipt] = []
    doubtful: list[Finding] = []
    for key in sorted({name.partition(".")[0] for name in names if name.endswith((RECEIPT, JOURNAL))}):
        path = os.path.join(folder, key)
        noted = _noted_receipt(path + JOURNAL)
        try:
            own: Receipt | None = read_own_receipt(path + RECEIPT)
        except FileNotFoundError:
            own = None
            if noted is not None:
                doubtful.append(codes.RECEIPT_DOUBTFUL.at(path + RECEIPT, why="the file is gone"))
        except (OSError, ValueError, RecursionError) as error:
            own = None
            why = (error.strerror if isinstance(error, OSError) else None) or "it cannot be read as a receipt"
            doubtful.append(codes.RECEIPT_DOUBTFUL.at(path + RECEIPT, why=why))
        if own is not None and noted is not None and _essence(own) != _essence(noted):
            doubtful.append(codes.RECEIPT_DOUBTFUL.at(path + RECEIPT, why="it is not what the deposit wrote"))
        receipt = noted or own
        if receipt is not None and _same_target(receipt.target, target):
            found.append(receipt)
    return KeptReceipts(tuple(sorted(found, key=lambda receipt: receipt.finished)), tuple(doubtful))


def _essence(receipt: Receipt) -> tuple[str, ...]:
    return receipt.target, receipt.identifier, receipt.fingerprint, receipt.finished


def read_own_receipt(path: str) -> Receipt:
    """The receipt in a file. Raises OSError, and ValueError or RecursionError for what is none."""
    with open_regular(path) as stream:
        return receipt_of(json.loads(stream.read(_LARGEST)))


def _noted_receipt(path: str) -> Receipt | None:
    """The newest receipt near the end of a journal; None where there is none, as in a deposit that did not end."""
    try:
        with open_regular(path) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _LARGEST))
            lines = stream.read(_LARGEST).splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        if b'"receipt"' in line:
            with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
                entry = json.loads(line)
                if entry["do"] == "receipt":
                    return receipt_of(entry["receipt"])
    return None


def _same_target(one: str, other: str) -> bool:
    """True for two labels of one target; a local folder is the same by whatever path it is reached."""
    if one == other:
        return True
    (kind, path), (other_kind, other_path) = (label.partition(":")[::2] for label in (one, other))
    return kind == other_kind and kind in ("dir", "ocfl") and os.path.realpath(path) == os.path.realpath(other_path)


def compare_with_receipts(
    receipts: Sequence[Receipt], identifier: str, resolved: str, fingerprints: Sequence[str], subject: str
) -> list[Finding]:
    """What the receipts say of a bag that came back by `identifier`; nothing where there is none of it.

    `resolved` is the identifier with the version that came; `fingerprints` are those that the content has, depending on
    whether it was deposited file by file or packed.
    """
    own = [one for one in receipts if one.identifier in (identifier, resolved)]
    if own and own[-1].fingerprint not in fingerprints:
        older = next((one for one in reversed(own) if one.fingerprint in fingerprints), None)
        if older is not None:
            return [codes.OLDER_DEPOSIT.at(subject, older=older.finished, when=own[-1].finished)]
        newest = own[-1]
        return [
            codes.NOT_AS_DEPOSITED.at(subject, when=newest.finished, expected=newest.fingerprint, found=fingerprints[0])
        ]
    if resolved != identifier:
        later = [one for one in receipts if _is_later(one.identifier, resolved)]
        if later:
            older_stamp = own[-1].finished if own else "an unknown day"
            return [codes.OLDER_DEPOSIT.at(subject, older=older_stamp, when=later[-1].finished)]
    return []


def _is_later(one: str, other: str) -> bool:
    """True when both identifiers name versions of one object, as `ID#v3`, and the first names a later one."""
    (name, _, version), (other_name, _, other_version) = one.rpartition("#"), other.rpartition("#")
    return bool(name) and name == other_name and version_number(version) > version_number(other_version)
