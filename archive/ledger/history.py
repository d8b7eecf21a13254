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

    `holding` is the number of the holding, which each version of a bag has for itself.
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
    holding: int = 0


def versions_before(ledger: Ledger, holding: int) -> list[int]:
    """The holdings that a bag was before, version by version, the first one first; without `holding` itself."""
    found: list[int] = []
    at: int | None = holding
    while at is not None:
        rows = ledger.backend.query(
            "SELECT detail FROM events WHERE holding = ? AND kind = 'modification' ORDER BY seq", (at,)
        )
        told = (stored_json(row[0]).get("replaces") for row in rows)
        at = next((one for one in told if isinstance(one, int) and one != holding and one not in found), None)
        if at is not None:
            found.append(at)
    return found[::-1]


def events_of(ledger: Ledger, holding: int) -> list[LifeEvent]:
    """The life of a bag up to this holding, earlier versions included, in the order in which the ledger recorded it."""
    versions = (*versions_before(ledger, holding), holding)
    return sorted((one for number in versions for one in _events_of_one(ledger, number)), key=lambda event: event.seq)


def _events_of_one(ledger: Ledger, holding: int) -> list[LifeEvent]:
    found = [
        LifeEvent(seq, kind, happened, outcome == "success", stored_json(detail), {}, holding=holding)
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
        detail = {"run": run}
        found.append(LifeEvent(entry["seq"], "fixity check", entry["last"], good, detail, counts, names, holding))
    return found


def _intact_of(ledger: Ledger, holding: int) -> list[Row]:
    """Run, outcome, files, time and number of every row of intact files; the bag as a whole is not a file."""
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
