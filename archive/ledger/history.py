"""What happened to one holding since it was entered: events as they were, checks gathered by run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.ledger.backend import Row, stored_json
from archive.ledger.book import Ledger
from archive.ledger.item_ranges import holds, read_ranges
from archive.ledger.packed_digests import path_text
from archive.model.audit import FileOutcome

MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One event. `kind` is a term of the Library of Congress's event types; `seq` its place in the ledger.

    `counts` (files by outcome word) and `names` (files that were not intact, at most `MOST_NAMES`) are those of a
    fixity check; `detail` holds the facts of any other event.
    """

    seq: int
    kind: str
    happened: int
    good: bool
    detail: Mapping[str, Any]
    counts: Mapping[str, int]
    names: tuple[str, ...] = ()


def events_of(ledger: Ledger, holding: int) -> list[LifeEvent]:
    """The life of a holding, in the order in which the ledger recorded it."""
    found = [
        LifeEvent(seq, kind, happened, outcome == "success", stored_json(detail), {})
        for seq, kind, happened, outcome, detail in ledger.backend.query(
            "SELECT seq, kind, happened, outcome, detail FROM events WHERE holding = ? ORDER BY seq", (holding,)
        )
    ]
    runs: dict[int, dict[str, Any]] = {}
    for run, outcome, count, last, seq in ledger.backend.query(
        "SELECT b.run, c.outcome, count(*), max(c.checked), max(c.seq) FROM items i JOIN checks c ON c.item = i.id"
        " JOIN batches b ON b.id = c.batch WHERE i.holding = ? AND (i.path <> ? OR c.outcome <> 1)"
        " GROUP BY b.run, c.outcome",
        (holding, b""),
    ) + _intact_of(ledger, holding):
        entry = runs.setdefault(run, {"counts": {}, "last": 0, "seq": 0})
        word = FileOutcome(outcome).word
        entry["counts"][word] = entry["counts"].get(word, 0) + int(count)
        entry["last"], entry["seq"] = max(entry["last"], last), max(entry["seq"], seq)
    for run, entry in runs.items():
        counts = entry["counts"]
        good = set(counts) == {FileOutcome.INTACT.word}
        names = () if good else _names(ledger, holding, run)
        found.append(LifeEvent(entry["seq"], "fixity check", entry["last"], good, {"run": run}, counts, names))
    return sorted(found, key=lambda event: event.seq)


def _intact_of(ledger: Ledger, holding: int) -> list[Row]:
    """Run, outcome, files, time and number of every row of intact files; the bag as a whole is no file."""
    whole = ledger.backend.query("SELECT whole FROM holdings WHERE id = ?", (holding,))[0][0]
    rows: list[Row] = []
    for run, first, last, checked, items in ledger.backend.query(
        "SELECT b.run, c.first_seq, c.last_seq, c.checked, c.items FROM intact_checks c"
        " JOIN batches b ON b.id = c.batch WHERE c.holding = ?",
        (holding,),
    ):
        files = last - first + 1 - (whole is not None and holds(read_ranges(items), whole))
        if files:
            rows.append((run, int(FileOutcome.INTACT), files, checked, last))
    return rows


def _names(ledger: Ledger, holding: int, run: int) -> tuple[str, ...]:
    rows = ledger.backend.query(
        "SELECT i.path FROM items i JOIN checks c ON c.item = i.id JOIN batches b ON b.id = c.batch"
        " WHERE i.holding = ? AND b.run = ? AND c.outcome <> 1 ORDER BY c.seq LIMIT ?",
        (holding, run, MOST_NAMES),
    )
    return tuple(path_text(row[0]) or "(the bag)" for row in rows)
