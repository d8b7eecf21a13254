"""What a batch of checks changes: its lines are sealed, and each file gets its outcome and next due date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.ledger.appending import CheckRow, append_checks, append_event
from archive.ledger.backend import Backend, Row, batched
from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.item_ranges import Ranges, holds, numbers_of, read_claim, without
from archive.ledger.packed_digests import pack_digests, path_bytes
from archive.model.audit import AuditItem, BatchResult, FileCheck, FileOutcome

_LOOKED = (FileOutcome.INTACT, FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)
_GRAVE = (FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)


def record_checks(backend: Backend, run: int, result: BatchResult, now: int) -> None:
    """Write the checks of one batch, in a write transaction. Files that the result does not name are intact.

    Unless it answers for another number of files than the batch has: then those are recorded as not checked.

    A look that failed does not hide what an earlier one proved: a damaged file stays damaged and due.
    """
    items, files, size = backend.query("SELECT items, files, bytes FROM batches WHERE id = ?", (result.batch,))[0]
    claim = read_claim(items)
    by_item = {check.item: check for check in result.checks if check.outcome is not FileOutcome.INTACT}
    if files != result.answered:
        named = {check.item for check in result.checks}
        for number in (number for ranges in claim.values() for number in numbers_of(ranges)):
            if number not in named:
                by_item[number] = FileCheck(number, FileOutcome.NOT_CHECKED, reason="the worker gave no answer")
    rows: list[CheckRow] = []
    changes: list[tuple[int, int, int, int]] = []
    troubled: dict[int, list[int]] = {}
    bags = _bags_among(backend, claim)
    files -= len(bags)
    attention = 0
    for item, holding, path, expected_size, digests, due, checked, outcome in _rows_of(backend, sorted(by_item)):
        if not holds(claim.get(holding, ()), item):
            continue
        check = by_item[item]
        troubled.setdefault(holding, []).append(item)
        attention += item not in bags
        rows.append(
            CheckRow(
                item, int(check.outcome), now, check.size, pack_digests(check.found) if check.found else None,
                _note(check), holding, bytes(path), bytes(digests),
                None if check.cause is None else int(check.cause),
            )
        )  # fmt: skip
        if check.outcome in _LOOKED:
            changes.append((now + BASE_AGE, now, int(check.outcome), item))
        else:
            size -= expected_size
            kept = outcome if outcome in _GRAVE else int(check.outcome)
            changes.append((due, checked, kept, item))
    intact = {holding: without(ranges, troubled.get(holding, ())) for holding, ranges in claim.items()}
    append_checks(backend, result.batch, intact, rows, now)
    backend.run_many(
        "UPDATE items SET due = CASE WHEN due IS NULL THEN NULL ELSE ? END, checked = ?, outcome = 1"
        " WHERE id BETWEEN ? AND ?",
        [(now + BASE_AGE, now, first, last) for ranges in intact.values() for first, last in ranges],
    )
    if changes:
        backend.run_many(
            "UPDATE items SET due = CASE WHEN due IS NULL THEN NULL ELSE ? END, checked = ?, outcome = ? WHERE id = ?",
            changes,
        )
    backend.run(
        "UPDATE runs SET files = files + ?, bytes = bytes + ?, intact = intact + ?, attention = attention + ?"
        " WHERE id = ?",
        (files, size, files - attention, attention, run),
    )


def _bags_among(backend: Backend, claim: Mapping[int, Ranges]) -> set[int]:
    """The items of a claim that stand for bags as a whole."""
    bags: set[int] = set()
    for part in batched(list(claim)):
        marks = ", ".join("?" * len(part))
        rows = backend.query(f"SELECT id, whole FROM holdings WHERE id IN ({marks}) AND whole IS NOT NULL", part)
        bags.update(whole for holding, whole in rows if holds(claim[holding], whole))
    return bags


def _rows_of(backend: Backend, numbers: Sequence[int]) -> Iterator[Row]:
    for part in batched(numbers):
        marks = ", ".join("?" * len(part))
        yield from backend.query(
            "SELECT id, holding, path, size, digests, due, checked, outcome FROM items"
            f" WHERE id IN ({marks}) ORDER BY id",
            part,
        )


def record_event(
    ledger: Ledger, kind: str, holding: int | None, detail: dict[str, Any], *, now: int, outcome: str = "success"
) -> None:
    """Write one event, of a holding or of none, in a transaction of its own; `outcome` is "success" or "failure".

    Raises `LedgerError`.
    """
    backend = ledger.backend
    backend.write(lambda: append_event(backend, kind, holding, now, outcome, detail))


def record_recovery(ledger: Ledger, holding: int, items: Sequence[AuditItem], *, now: int) -> None:
    """Record that these files of a holding were replaced: they and the bag as a whole are due."""
    backend = ledger.backend

    def work() -> None:
        detail = {"replaced": [path_bytes(item.path).decode("utf-8", "replace") for item in items]}
        append_event(backend, "recovery", holding, now, "success", detail)
        backend.run_many("UPDATE items SET due = 0 WHERE id = ? AND due IS NOT NULL", [(item.id,) for item in items])
        backend.run("UPDATE items SET due = 0 WHERE holding = ? AND path = ? AND due IS NOT NULL", (holding, b""))

    backend.write(work)


def _note(check: FileCheck) -> bytes | None:
    """Why, and what was added, as JSON in ASCII; None for the many files that need no words."""
    note: dict[str, Any] = {}
    if check.reason is not None:
        note["reason"] = check.reason
    if check.extra:
        note["extra"] = [path_bytes(path).hex() for path in check.extra]
    return json.dumps(note, ensure_ascii=True, sort_keys=True).encode("ascii") if note else None
