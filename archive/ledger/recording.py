"""What a batch of checks changes: its lines are sealed, and each file gets its outcome and next due date."""

from __future__ import annotations

import json
from typing import Any

from archive.ledger.backend import Backend
from archive.ledger.book import BASE_AGE
from archive.ledger.packing import encode_path, pack_digests
from archive.ledger.sealing import CheckRow, append_checks
from archive.model.audit import BatchResult, FileCheck, FileOutcome

_LOOKED = (FileOutcome.INTACT, FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)
_GRAVE = (FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)


def record_checks(backend: Backend, run: int, result: BatchResult, now: int) -> None:
    """Write the checks of one batch, in a write transaction. Files that the result does not name are intact.

    Unless it answers for another number of files than the batch has: then those are recorded as not checked.

    A look that failed does not hide what an earlier one proved: a damaged file stays damaged and due.
    """
    batch, by_item = result.batch, {check.item: check for check in result.checks}
    rows: list[CheckRow] = []
    changes: list[tuple[int, int, int, int]] = []
    files = size = intact = 0
    found = backend.query(
        "SELECT id, holding, path, size, digests, due, checked, outcome FROM items WHERE batch = ? ORDER BY id",
        (batch,),
    )
    silent = len(found) != result.answered
    for item, holding, path, expected_size, digests, due, checked, outcome in found:
        files += bool(path)
        check = by_item.get(item)
        if check is None and not silent:
            rows.append(CheckRow(item, 1, now, None, None, None, holding, bytes(path), bytes(digests)))
            size += expected_size
            intact += bool(path)
            continue
        check = check or FileCheck(item, FileOutcome.NOT_CHECKED, reason="the worker gave no answer")
        if check.outcome in _LOOKED:
            size += expected_size
        rows.append(
            CheckRow(
                item, int(check.outcome), now, check.size, pack_digests(check.found) if check.found else None,
                _note(check), holding, bytes(path), bytes(digests),
            )
        )  # fmt: skip
        if check.outcome is FileOutcome.INTACT:
            intact += bool(path)
        elif check.outcome in _LOOKED:
            changes.append((now + BASE_AGE, now, int(check.outcome), item))
        else:
            kept = outcome if outcome in _GRAVE else int(check.outcome)
            changes.append((due, checked, kept, item))
    append_checks(backend, batch, rows, now)
    backend.run(
        "UPDATE items SET due = CASE WHEN due IS NULL THEN NULL ELSE ? END, checked = ?, outcome = 1, batch = NULL"
        " WHERE batch = ?",
        (now + BASE_AGE, now, batch),
    )
    if changes:
        backend.run_many(
            "UPDATE items SET due = CASE WHEN due IS NULL THEN NULL ELSE ? END, checked = ?, outcome = ? WHERE id = ?",
            changes,
        )
    backend.run(
        "UPDATE runs SET files = files + ?, bytes = bytes + ?, intact = intact + ?, attention = attention + ?"
        " WHERE id = ?",
        (files, size, intact, files - intact, run),
    )


def _note(check: FileCheck) -> bytes | None:
    """Why, and what was added, as JSON in ASCII; None for the many files that need no words."""
    note: dict[str, Any] = {}
    if check.reason is not None:
        note["reason"] = check.reason
    if check.extra:
        note["extra"] = [encode_path(path).hex() for path in check.extra]
    return json.dumps(note, ensure_ascii=True, sort_keys=True).encode("ascii") if note else None
