"""Runs: when an audit ran, with what, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archive.errors import NotFoundError
from archive.ledger.appending import append_event, read_head
from archive.ledger.backend import Row, stored_json
from archive.ledger.book import Ledger
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class AuditRun:
    """One run of `archive audit`. `intact` and `attention` count files; times are seconds since the epoch."""

    id: int
    started: int
    ended: int | None
    options: Mapping[str, Any]
    verdict: str | None
    files: int
    bytes: int
    intact: int
    attention: int


def begin_run(ledger: Ledger, owner: str, options: Mapping[str, Any], *, now: int) -> tuple[int, int]:
    """Enter a run: its number, and by how many seconds the clock is behind the last seal (0 when it is not)."""
    backend = ledger.backend

    def work() -> tuple[int, int]:
        behind = max(0, read_head(backend).sealed - now)
        number = int(
            backend.query(
                "INSERT INTO runs (started, owner, options, files, bytes, intact, attention)"
                " VALUES (?, ?, ?, 0, 0, 0, 0) RETURNING id",
                (now, owner, json.dumps(dict(options), sort_keys=True)),
            )[0][0]
        )
        if behind > 1:
            append_event(backend, "clock", None, now, "failure", {"seconds_behind": behind, "run": number})
        return number, behind if behind > 1 else 0

    return backend.write(work)


def end_run(ledger: Ledger, run: int, verdict: str, *, now: int) -> None:
    ledger.backend.write(
        lambda: ledger.backend.run("UPDATE runs SET ended = ?, verdict = ? WHERE id = ?", (now, verdict, run))
    )


def list_runs(ledger: Ledger, *, since: int = 0, limit: int = 1000, offset: int = 0) -> list[AuditRun]:
    """The runs since then, the latest first, without the first `offset`."""
    rows = ledger.backend.query(f"{_RUN} WHERE started >= ? ORDER BY id DESC LIMIT ? OFFSET ?", (since, limit, offset))
    return [_run_of(row) for row in rows]


def count_runs(ledger: Ledger) -> int:
    """How many runs the ledger has."""
    return int(ledger.backend.query("SELECT count(*) FROM runs")[0][0])


def find_run(ledger: Ledger, number: int) -> AuditRun:
    """The run of this number. Raises `NotFoundError`."""
    rows = ledger.backend.query(f"{_RUN} WHERE id = ?", (number,))
    if not rows:
        raise NotFoundError("there is no check of this number", subject=str(number))
    return _run_of(rows[0])


_RUN = "SELECT id, started, ended, options, verdict, files, bytes, intact, attention FROM runs"


def _run_of(row: Row) -> AuditRun:
    return AuditRun(row[0], row[1], row[2], stored_json(row[3]), *row[4:])
