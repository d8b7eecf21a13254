"""Writing what is never changed again: checks and events, sealed into the chain. Only inside a write transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from archive.ledger.backend import Backend
from archive.ledger.chain import GENESIS, check_line, encode_detail, event_line, intact_line, seal_hash
from archive.ledger.item_ranges import Ranges, count, write_ranges
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class Head:
    """The end of the chain: its last seal, and the last number given to a check or event."""

    number: int
    hash: str
    seq: int
    sealed: int


class CheckRow(NamedTuple):
    """One check ready to be written, with what its line seals besides."""

    item: int
    outcome: int
    checked: int
    size: int | None
    found: bytes | None
    note: bytes | None
    holding: int
    path: bytes
    expected: bytes
    cause: int | None = None


def read_head(backend: Backend) -> Head:
    """The end of the chain; number 0 when nothing is sealed yet."""
    rows = backend.query("SELECT number, hash, last_seq, sealed FROM seals ORDER BY number DESC LIMIT 1")
    if not rows:
        return Head(0, GENESIS, 0, 0)
    number, digest, seq, sealed = rows[0]
    return Head(number, digest, seq, sealed)


def append_checks(
    backend: Backend, batch: int, intact: Mapping[int, Ranges], rows: Sequence[CheckRow], now: int
) -> None:
    """Write one sealed batch: a row for all files of a holding that are `intact`, and `rows`, one for each other file.

    Every file gets a number of its own: first those that are intact, then the others.
    """
    head = read_head(backend)
    seq = head.seq
    spans = []
    for holding, ranges in intact.items():
        if ranges:
            files = count(ranges)
            spans.append((seq + 1, seq + files, batch, holding, now, write_ranges(ranges)))
            seq += files
    backend.run_many(
        "INSERT INTO intact_checks (first_seq, last_seq, batch, holding, checked, items) VALUES (?, ?, ?, ?, ?, ?)",
        spans,
    )
    seqs = range(seq + 1, seq + 1 + len(rows))
    backend.run_many(
        "INSERT INTO checks (seq, batch, item, outcome, checked, size, found, note, cause)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (seq, batch, row.item, row.outcome, row.checked, row.size, row.found, row.note, row.cause)
            for seq, row in zip(seqs, rows, strict=True)
        ],
    )
    lines = [intact_line(*span[:-1], span[-1].encode("ascii")) for span in spans]
    lines += [
        check_line(
            seq, batch, row.item, row.outcome, row.checked, row.size, row.found, row.note,
            row.holding, row.path, row.expected, row.cause,
        )
        for seq, row in zip(seqs, rows, strict=True)
    ]  # fmt: skip
    _append_seal(backend, head, "checks", batch, head.seq + 1, seq + len(rows), now, lines)


def append_event(
    backend: Backend, kind: str, holding: int | None, now: int, outcome: str, detail: dict[str, Any]
) -> None:
    """Write one event and seal it. `outcome` is "success" or "failure"."""
    head = read_head(backend)
    seq, packed = head.seq + 1, encode_detail(detail)
    backend.run(
        "INSERT INTO events (seq, holding, kind, happened, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (seq, holding, kind, now, outcome, packed),
    )
    _append_seal(backend, head, "event", seq, seq, seq, now, [event_line(seq, holding, kind, now, outcome, packed)])


def _append_seal(
    backend: Backend, head: Head, kind: str, subject: int, first: int, last: int, now: int, lines: Sequence[bytes]
) -> None:
    digest = seal_hash(
        number=head.number + 1, kind=kind, subject=subject, first=first, last=last, sealed=now, previous=head.hash,
        lines=lines,
    )  # fmt: skip
    backend.run(
        "INSERT INTO seals (number, kind, subject, first_seq, last_seq, sealed, previous, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (head.number + 1, kind, subject, first, last, now, head.hash, digest),
    )
