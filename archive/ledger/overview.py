"""What the ledger says now: which files need attention, what is due and overdue, and the history of checks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from archive.ledger.book import BASE_AGE, FUTURE_SLACK, Ledger
from archive.ledger.packing import decode_path, encode_path
from archive.model.audit import FileOutcome, join_address

_BAGS = "SELECT whole FROM holdings WHERE location = ? AND retired_at IS NULL"
"""The items that stand for bags as such: due like files, but no files to count."""


@dataclass(frozen=True, slots=True)
class Attention:
    """A file whose last look was not good: where, since when, why. `path` is empty for the bag as a whole."""

    holding: int
    address: str
    path: str
    outcome: FileOutcome
    reason: str
    when: str


@dataclass(frozen=True, slots=True)
class Dueness:
    """How many files a location has due or never checked, and since when the longest waits (None: nothing due)."""

    location: str
    due: int
    never: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class PastCheck:
    """One line of the history."""

    seq: int
    checked: int
    address: str
    path: str
    outcome: FileOutcome
    reason: str
    batch: int


def stamp_of(seconds: int) -> str:
    """Seconds since the epoch as "2026-11-24T09:30:00Z"."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def known_paths(ledger: Ledger, holding: int, paths: Sequence[str]) -> set[str]:
    """Which of `paths` are files of the holding."""
    found: set[str] = set()
    for start in range(0, len(paths), 500):
        part = [encode_path(path) for path in paths[start : start + 500]]
        marks = ", ".join("?" * len(part))
        rows = ledger.backend.query(f"SELECT path FROM items WHERE holding = ? AND path IN ({marks})", (holding, *part))
        found.update(decode_path(row[0]) for row in rows)
    return found


def attention_files(
    ledger: Ledger, *, holdings: Sequence[int] = (), locations: Sequence[int] = (), before_run: int | None = None,
    limit: int = 10_000,
) -> Iterator[Attention]:  # fmt: skip
    """What needs attention, by location; with `before_run` only what that run did not find."""
    for location in locations or [int(row[0]) for row in ledger.backend.query("SELECT id FROM locations ORDER BY id")]:
        rows = ledger.backend.query(
            "SELECT i.id, i.holding, l.root, h.place, i.path, i.outcome FROM items i"
            " JOIN holdings h ON h.id = i.holding"
            " JOIN locations l ON l.id = i.location"
            " WHERE i.location = ? AND i.outcome > 1 AND i.due IS NOT NULL ORDER BY i.id LIMIT ?",
            (location, limit),
        )
        for item, holding, root, place, path, outcome in rows:
            if holdings and holding not in holdings:
                continue
            last = ledger.backend.query(
                "SELECT c.outcome, c.checked, c.note, b.run FROM checks c LEFT JOIN batches b ON b.id = c.batch"
                " WHERE c.item = ? ORDER BY c.seq DESC LIMIT 50",
                (item,),
            )
            if before_run is not None and last and last[0][3] == before_run and last[0][0] == outcome:
                continue
            proof = next((row for row in last if row[0] == outcome), (outcome, 0, None, 0))
            yield Attention(
                holding, join_address(root, decode_path(place)), decode_path(path), FileOutcome(outcome),
                reason_of(proof[2]), stamp_of(proof[1]),
            )  # fmt: skip


def count_due(ledger: Ledger, *, now: int, max_age: int) -> list[Dueness]:
    """For each location, what has not been checked within `max_age` seconds."""
    condition = "due IS NOT NULL AND (due <= ? OR due > ?)"
    limits = (now + BASE_AGE - max_age, now + BASE_AGE + FUTURE_SLACK)
    found = []
    for number, name in ledger.backend.query("SELECT id, name FROM locations ORDER BY id"):
        counted = "SELECT count(*), COALESCE(sum(CASE WHEN checked = 0 THEN 1 ELSE 0 END), 0), min(due) FROM items"
        files = ledger.backend.query(f"{counted} WHERE location = ? AND {condition}", (number, *limits))[0]
        bags = ledger.backend.query(f"{counted} WHERE id IN ({_BAGS}) AND {condition}", (number, *limits))[0]
        if files[0]:
            found.append(Dueness(name, int(files[0] - bags[0]), int(files[1] - bags[1]), int(files[2])))
    return found


def count_between(ledger: Ledger, low: int, high: int) -> int:
    """Files whose due date, on the ledger's base age, lies after `low` and not after `high`."""
    condition = "due IS NOT NULL AND due > ? AND due <= ?"
    total = 0
    for (number,) in ledger.backend.query("SELECT id FROM locations ORDER BY id"):
        where = f"SELECT count(*) FROM items WHERE location = ? AND {condition}"
        total += int(ledger.backend.query(where, (number, low, high))[0][0])
        where = f"SELECT count(*) FROM items WHERE id IN ({_BAGS}) AND {condition}"
        total -= int(ledger.backend.query(where, (number, low, high))[0][0])
    return total


def past_checks(
    ledger: Ledger, *, holding: int | None = None, since: int = 0, limit: int = 1000, troubled: bool = False
) -> list[PastCheck]:
    """The latest checks, newest first; `troubled` leaves the intact ones out."""
    where, parameters = "c.checked >= ?", [since]
    if holding is not None:
        where, parameters = f"{where} AND i.holding = ?", [*parameters, holding]
    if troubled:
        where += " AND c.outcome <> 1"
    rows = ledger.backend.query(
        "SELECT c.seq, c.checked, l.root, h.place, i.path, c.outcome, c.note, c.batch FROM checks c"
        " JOIN items i ON i.id = c.item JOIN holdings h ON h.id = i.holding JOIN locations l ON l.id = h.location"
        f" WHERE {where} ORDER BY c.seq DESC LIMIT ?",
        (*parameters, limit),
    )
    return [
        PastCheck(seq, checked, join_address(root, decode_path(place)), decode_path(path), FileOutcome(outcome),
                  reason_of(note), batch)
        for seq, checked, root, place, path, outcome, note, batch in rows
    ]  # fmt: skip


def reason_of(note: Any) -> str:
    """The words in a check's note."""
    if note is None:
        return ""
    fields = json.loads(bytes(note))
    extra = [decode_path(bytes.fromhex(text)) for text in fields.get("extra", ())]
    return str(fields.get("reason", "")) or ("added: " + ", ".join(extra[:20]) if extra else "")
