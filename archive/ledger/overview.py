"""What the ledger says now: which files need attention, what is due and overdue, and the history of checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from archive.ledger.appending import read_head
from archive.ledger.backend import PARAMETERS, batched, stored_json
from archive.ledger.book import BASE_AGE, FUTURE_SLACK, Ledger
from archive.ledger.item_ranges import numbers_of, read_ranges
from archive.ledger.old_sentences import split_sentence
from archive.ledger.packed_digests import path_bytes, path_text
from archive.model.addresses import join_address
from archive.model.audit import Cause, FileOutcome
from archive.model.light import light_dataclass

_BAGS = "SELECT whole FROM holdings WHERE location = ? AND retired_at IS NULL"
"""The items that stand for bags as such: due like files, but no files to count."""

_PLACES = "location IN (SELECT id FROM locations) AND due IS NOT NULL"
"""The condition for what is audited, written so that the index of due files is used."""


@light_dataclass(frozen=True)
class Attention:
    """A file whose last check failed: where, since when, why. `path` is empty for the bag as a whole.

    `reason` is for people; `cause` decides how the file is reported, with `fault` as what its sentence names.
    """

    holding: int
    address: str
    path: str
    outcome: FileOutcome
    reason: str
    when: str
    cause: Cause | None = None
    fault: str = ""


@light_dataclass(frozen=True)
class Dueness:
    """How many files a location has due or never checked, and since when the longest waits (None: nothing due)."""

    location: str
    due: int
    never: int
    oldest: int | None


@light_dataclass(frozen=True)
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
        part = [path_bytes(path) for path in paths[start : start + 500]]
        marks = ", ".join("?" * len(part))
        rows = ledger.backend.query(f"SELECT path FROM items WHERE holding = ? AND path IN ({marks})", (holding, *part))
        found.update(path_text(row[0]) for row in rows)
    return found


def attention_files(
    ledger: Ledger, *, holdings: Sequence[int] = (), locations: Sequence[int] = (), before_run: int | None = None,
    limit: int = 10_000,
) -> Iterator[Attention]:  # fmt: skip
    """What needs attention, by location; with `before_run` only what that run did not find."""
    troubled = "SELECT DISTINCT location FROM items WHERE outcome > 1 ORDER BY location"
    few = 0 < len(holdings) <= PARAMETERS - 2
    only = f" AND +i.holding IN ({', '.join('?' * len(holdings))})" if few else ""
    for location in locations or [int(row[0]) for row in ledger.backend.query(troubled)]:
        rows = ledger.backend.query(
            "SELECT i.id, i.holding, l.root, h.place, i.path, i.outcome FROM items i"
            " JOIN holdings h ON h.id = i.holding"
            " JOIN locations l ON l.id = i.location"
            f" WHERE i.location = ? AND i.outcome > 1 AND i.due IS NOT NULL{only} ORDER BY i.id LIMIT ?",
            (location, *(holdings if few else ()), limit),
        )
        for item, holding, root, place, path, outcome in rows:
            if holdings and holding not in holdings:
                continue
            last = ledger.backend.query(
                "SELECT c.outcome, c.checked, c.note, b.run, c.cause FROM checks c"
                " LEFT JOIN batches b ON b.id = c.batch WHERE c.item = ? ORDER BY c.seq DESC LIMIT 50",
                (item,),
            )
            if before_run is not None and last and last[0][3] == before_run and last[0][0] == outcome:
                continue
            proof = next((row for row in last if row[0] == outcome), (outcome, 0, None, 0, None))
            yield Attention(
                holding, join_address(root, path_text(place)), path_text(path), FileOutcome(outcome),
                reason_of(outcome, proof[2], proof[4]), stamp_of(proof[1]),
                None if proof[4] is None else Cause(proof[4]), _fault_of(outcome, proof[2]),
            )  # fmt: skip


def attention_of_run(ledger: Ledger, run: int, *, limit: int, offset: int = 0) -> list[Attention]:
    """What one run found that was not intact, in the order in which it was recorded."""
    rows = ledger.backend.query(
        "SELECT i.holding, l.root, h.place, i.path, c.outcome, c.note, c.cause, c.checked FROM batches b"
        " JOIN checks c ON c.batch = b.id JOIN items i ON i.id = c.item JOIN holdings h ON h.id = i.holding"
        " JOIN locations l ON l.id = i.location WHERE b.run = ? AND c.outcome <> 1 ORDER BY c.seq LIMIT ? OFFSET ?",
        (run, limit, offset),
    )
    return [
        Attention(
            holding, join_address(root, path_text(place)), path_text(path), FileOutcome(outcome),
            reason_of(outcome, note, cause), stamp_of(checked), None if cause is None else Cause(cause),
            _fault_of(outcome, note),
        )
        for holding, root, place, path, outcome, note, cause, checked in rows
    ]  # fmt: skip


def count_due(ledger: Ledger, *, now: int, max_age: int) -> list[Dueness]:
    """For each location, what has not been checked within `max_age` seconds."""
    late = f"SELECT location, due, checked, path FROM items WHERE {_PLACES}"
    rows = ledger.backend.query(
        "SELECT l.name, sum(CASE WHEN d.path = ? THEN 0 ELSE 1 END),"
        " sum(CASE WHEN d.path <> ? AND d.checked = 0 THEN 1 ELSE 0 END), min(d.due)"
        f" FROM ({late} AND due <= ? UNION ALL {late} AND due > ?) AS d JOIN locations l ON l.id = d.location"
        " GROUP BY l.id, l.name ORDER BY l.id",
        (b"", b"", now + BASE_AGE - max_age, now + BASE_AGE + FUTURE_SLACK),
    )
    return [Dueness(name, int(files), int(never), int(oldest)) for name, files, never, oldest in rows]


def next_due(ledger: Ledger, after: int) -> int | None:
    """The first due date, on the ledger's base age, that lies after `after`; None where there is none."""
    first = "SELECT min(i.due) FROM items i WHERE i.location = l.id AND i.due IS NOT NULL AND i.due > ?"
    found = ledger.backend.query(f"SELECT min(({first})) FROM locations l", (after,))[0][0]
    return None if found is None else int(found)


def next_due_by_location(ledger: Ledger, after: int) -> dict[str, int]:
    """As `next_due`, for each location by name; those without a coming due date are left out."""
    first = "SELECT min(i.due) FROM items i WHERE i.location = l.id AND i.due IS NOT NULL AND i.due > ?"
    rows = ledger.backend.query(f"SELECT l.name, ({first}) FROM locations l", (after,))
    return {name: int(due) for name, due in rows if due is not None}


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


def ledger_mark(ledger: Ledger) -> str:
    """A text that changes whenever something is recorded, or a location goes away or comes back."""
    head = read_head(ledger.backend)
    count, since = ledger.backend.query("SELECT count(*), max(unreachable_since) FROM locations")[0]
    return f"{head.number}:{head.hash}:{count}:{since}"


def troubled_holdings(ledger: Ledger) -> set[int]:
    """The holdings of which some file was not intact when it was last checked."""
    rows = ledger.backend.query("SELECT DISTINCT holding FROM items WHERE outcome > 1 AND due IS NOT NULL")
    return {int(row[0]) for row in rows}


def never_checked(ledger: Ledger) -> set[int]:
    """The holdings of which some file was never checked."""
    rows = ledger.backend.query(f"SELECT DISTINCT holding FROM items WHERE {_PLACES} AND due = 0 AND checked = 0")
    return {int(row[0]) for row in rows}


def oldest_checks(ledger: Ledger) -> dict[int, int]:
    """For each holding, when the file that waits longest was checked (seconds since the epoch), 0 for never."""
    rows = ledger.backend.query("SELECT holding, min(checked) FROM items WHERE due IS NOT NULL GROUP BY holding")
    return {int(row[0]): int(row[1]) for row in rows}


def count_due_holdings(ledger: Ledger, before: int) -> int:
    """Holdings with a file whose due date, on the ledger's base age, lies before `before`."""
    rows = ledger.backend.query(
        "SELECT count(DISTINCT holding) FROM items WHERE due IS NOT NULL AND due < ?", (before,)
    )
    return int(rows[0][0])


def format_totals(ledger: Ledger) -> tuple[tuple[str, str, int, int], ...]:
    """The formats of what is held, as (PRONOM key, name, files, bytes), the most frequent first."""
    rows = ledger.backend.query(
        "SELECT f.puid, f.name, sum(f.files), sum(f.bytes) FROM formats f JOIN holdings h ON h.id = f.holding"
        " WHERE h.retired_at IS NULL GROUP BY f.puid, f.name ORDER BY 3 DESC, 1, 2"
    )
    return tuple((puid, name, int(files), int(size)) for puid, name, files, size in rows)


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
        "SELECT c.seq, c.checked, l.root, h.place, i.path, c.outcome, c.note, c.batch, c.cause FROM checks c"
        " JOIN items i ON i.id = c.item JOIN holdings h ON h.id = i.holding JOIN locations l ON l.id = h.location"
        f" WHERE {where} ORDER BY c.seq DESC LIMIT ?",
        (*parameters, limit),
    )
    found = [
        PastCheck(seq, checked, join_address(root, path_text(place)), path_text(path), FileOutcome(outcome),
                  reason_of(outcome, note, cause), batch)
        for seq, checked, root, place, path, outcome, note, batch, cause in rows
    ]  # fmt: skip
    if not troubled:
        found += _past_intact(ledger, holding, since, limit)
    return sorted(found, key=lambda one: -one.seq)[:limit]


def _past_intact(ledger: Ledger, holding: int | None, since: int, limit: int) -> list[PastCheck]:
    """The latest checks that found a file intact, newest first: what one row vouches for, file by file."""
    where, parameters = "c.checked >= ?", [since]
    if holding is not None:
        where, parameters = f"{where} AND c.holding = ?", [*parameters, holding]
    found: list[PastCheck] = []
    for last, checked, root, place, items, batch in ledger.backend.query(
        "SELECT c.last_seq, c.checked, l.root, h.place, c.items, c.batch FROM intact_checks c"
        " JOIN holdings h ON h.id = c.holding JOIN locations l ON l.id = h.location"
        f" WHERE {where} ORDER BY c.first_seq DESC LIMIT ?",
        (*parameters, limit),
    ):
        numbers = list(numbers_of(read_ranges(items)))[: -(limit - len(found)) - 1 : -1]
        paths: dict[int, Any] = {}
        for part in batched(numbers):
            marks = ", ".join("?" * len(part))
            paths.update(ledger.backend.query(f"SELECT id, path FROM items WHERE id IN ({marks})", part))
        address = join_address(root, path_text(place))
        found += [
            PastCheck(last - at, checked, address, path_text(paths[number]), FileOutcome.INTACT, "", batch)
            for at, number in enumerate(numbers)
        ]
        if len(found) == limit:
            break
    return found


def reason_of(outcome: int, note: Any, cause: int | None) -> str:
    """Why a check was not good, as text for people: from its cause and its note."""
    fault = _fault_of(outcome, note)
    if cause is not None:
        return ": ".join(part for part in (Cause(cause).words, fault) if part)
    if fault or note is None:
        return fault
    extra = [path_text(bytes.fromhex(text)) for text in stored_json(note).get("extra", ())]
    return "added: " + ", ".join(extra[:20]) if extra else ""


def _fault_of(outcome: int, note: Any) -> str:
    return split_sentence(outcome, None if note is None else bytes(note))[1]
