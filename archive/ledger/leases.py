"""Batches on lease: given out, renewed while bytes flow, recorded once, taken back, split when they kill workers.

Every lease of a batch has a higher fence than the one before. A worker that holds an older fence, or whose lease has
expired, cannot record results: another worker checks the files again. Lease times are compared with the clock of the
caller; one that lies absurdly far ahead (a clock that jumped back) counts as run out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from archive.ledger.backend import Backend, Row
from archive.ledger.book import Ledger
from archive.ledger.choosing import MAX_BYTES, MAX_FILES, Walk, choose_items
from archive.ledger.item_ranges import Ranges, claim_of, merge, read_claim, write_claim
from archive.ledger.packed_digests import audited_digest, path_text, path_texts
from archive.ledger.recording import record_checks
from archive.model.audit import AuditItem, Batch, BatchResult, Container, FileCheck, FileOutcome, ReadSource
from archive.model.light import light_dataclass

KILLS = 3
"""How many workers a batch may end before it is split; a single file that ended so many is named and left."""


@light_dataclass(frozen=True)
class Leaser:
    """Who leases: the run, the owner's name, the length of a lease in seconds, and how to tell a dead owner."""

    run: int
    owner: str
    seconds: int
    is_dead: Callable[[str], bool]


def claim_batch(
    ledger: Ledger, leaser: Leaser, walk: Walk, held: Collection[int], *, now: int,
    max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES,
) -> Batch | None:  # fmt: skip
    """The next batch, leased: first one that lost its worker, else a new one of what is due. None when none is left."""
    backend = ledger.backend
    lanes = [replace(lane) for lane in walk.lanes]

    def work() -> Batch | None:
        walk.lanes = [replace(lane) for lane in lanes]
        number = _take_waiting(backend, leaser, walk, held, now)
        if number is not None:
            return _lease(backend, leaser, number, now, _items_of(backend, number))
        rows = choose_items(backend, walk, _taken(backend), max_files=max_files, max_bytes=max_bytes)
        if not rows:
            return None
        rows.sort()
        number = _open_batch(backend, leaser.run, rows[0][6], 0, now, rows)
        return _lease(backend, leaser, number, now, rows)

    return backend.write(work, durable=False)


def renew_lease(ledger: Ledger, leaser: Leaser, batch: Batch, *, now: int) -> bool:
    """Make the lease last longer. False when this worker no longer has it."""
    return ledger.backend.write(
        lambda: (
            ledger.backend.run(
                "UPDATE batches SET lease_until = ? WHERE id = ? AND fence = ? AND state = 'leased'"
                " AND lease_until >= ?",
                (now + leaser.seconds, batch.id, batch.fence, now),
            )
            == 1
        ),
        durable=False,
    )


def record_batch(ledger: Ledger, result: BatchResult, *, now: int) -> bool:
    """Write and seal what a worker saw. False when its lease is no longer valid: then nothing is written."""
    backend = ledger.backend

    def work() -> bool:
        state, fence, until, run = _state_of(backend, result.batch)
        if state == "done" and fence == result.fence:
            return True
        if state != "leased" or fence != result.fence or until < now:
            return False
        record_checks(backend, run, result, now)
        _close(backend, result.batch, "done")
        return True

    return backend.write(work)


def release_batch(ledger: Ledger, batch: Batch) -> bool:
    """Give a batch back unchecked; its files stay as they were. False when this worker no longer has the lease."""
    backend = ledger.backend

    def work() -> bool:
        state, fence, _until, _run = _state_of(backend, batch.id)
        if state != "leased" or fence != batch.fence:
            return False
        _close(backend, batch.id, "released")
        return True

    return backend.write(work)


def release_all(ledger: Ledger, owner: str) -> None:
    """Give back unchecked whatever `owner` holds, so that no other worker waits for its leases."""
    backend = ledger.backend

    def work() -> None:
        for (number,) in backend.query("SELECT id FROM batches WHERE live = 1 AND owner = ?", (owner,)):
            _close(backend, number, "released")

    backend.write(work)


def fail_batch(ledger: Ledger, batch: Batch, reason: str, *, now: int) -> AuditItem | None:
    """Note that a batch ended its worker. After `KILLS` it is split in two, down to one file.

    Gives that file once it alone has ended so many: it is recorded as not checked, for `reason`.
    """
    backend = ledger.backend

    def work() -> AuditItem | None:
        state, fence, _until, run = _state_of(backend, batch.id)
        if state != "leased" or fence != batch.fence:
            return None
        kills = batch.kills + 1
        if kills < KILLS:
            backend.run(
                "UPDATE batches SET state = 'open', fence = fence + 1, kills = ? WHERE id = ?", (kills, batch.id)
            )
            return None
        if len(batch.items) == 1:
            check = FileCheck(batch.items[0].id, FileOutcome.NOT_CHECKED, reason=reason)
            record_checks(backend, run, BatchResult(batch.id, batch.fence, 1, (check,)), now)
            _close(backend, batch.id, "done")
            return batch.items[0]
        rows = _items_of(backend, batch.id)
        for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            _open_batch(backend, run, batch.location, kills - 1, now, half)
        _close(backend, batch.id, "split")
        return None

    return backend.write(work)


def count_leased(ledger: Ledger, owner: str) -> int:
    """How many files are on lease with other owners."""
    rows = ledger.backend.query(
        "SELECT COALESCE(sum(files), 0) FROM batches WHERE live = 1 AND state = 'leased' AND owner <> ?", (owner,)
    )
    return int(rows[0][0])


def _take_waiting(backend: Backend, leaser: Leaser, walk: Walk, held: Collection[int], now: int) -> int | None:
    for number, location, state, until, owner in backend.query(
        "SELECT id, location, state, lease_until, owner FROM batches WHERE live = 1 ORDER BY id"
    ):
        free = state == "open" or until < now or until > now + 10 * leaser.seconds + 86400
        free = (
            free or (owner == leaser.owner and number not in held) or (owner != leaser.owner and leaser.is_dead(owner))
        )
        if free and number not in held and location not in walk.away and _is_wanted(backend, walk, number, location):
            return int(number)
    return None


def _is_wanted(backend: Backend, walk: Walk, number: int, location: int) -> bool:
    wanted = walk.wanted
    if wanted.holdings:
        return not _claim_of(backend, number).keys().isdisjoint(wanted.holdings)
    return not wanted.locations or location in wanted.locations


def _open_batch(backend: Backend, run: int, location: int, kills: int, now: int, rows: list[Row]) -> int:
    return int(
        backend.query(
            "INSERT INTO batches (run, location, state, live, fence, lease_until, owner, kills, files, bytes, items)"
            " VALUES (?, ?, 'open', 1, 0, ?, '', ?, ?, ?, ?) RETURNING id",
            (run, location, now, kills, len(rows), sum(row[3] for row in rows),
             write_claim(claim_of((row[0], row[1]) for row in rows))),
        )[0][0]
    )  # fmt: skip


def _lease(backend: Backend, leaser: Leaser, number: int, now: int, rows: list[Row]) -> Batch:
    backend.run(
        "UPDATE batches SET state = 'leased', fence = fence + 1, lease_until = ?, owner = ?, run = ? WHERE id = ?",
        (now + leaser.seconds, leaser.owner, leaser.run, number),
    )
    fence, location, kills = backend.query("SELECT fence, location, kills FROM batches WHERE id = ?", (number,))[0]
    holdings = sorted({row[1] for row in rows})
    marks = ", ".join("?" * len(holdings))
    sources = tuple(
        ReadSource(holding, root, path_text(place), Container(form), identity, bool(named))
        for holding, root, place, form, identity, named in backend.query(
            "SELECT h.id, l.root, h.place, h.form, l.identity, l.named FROM holdings h"
            f" JOIN locations l ON l.id = h.location WHERE h.id IN ({marks}) ORDER BY h.id",
            holdings,
        )
    )
    return Batch(number, fence, location, kills, sources, _read_items(rows))


def _read_items(rows: Sequence[Row]) -> tuple[AuditItem, ...]:
    """The items in rows of id, holding, path, size and digests: column by column, for there are thousands a batch."""
    if not rows:
        return ()
    numbers, holdings, paths, sizes, packed, *_ = zip(*rows, strict=True)
    audited = zip(*map(audited_digest, packed), strict=True)
    return tuple(map(AuditItem._make, zip(numbers, holdings, path_texts(paths), sizes, *audited, strict=True)))


def _items_of(backend: Backend, number: int) -> list[Row]:
    """The items that the batch holds, in the order of their numbers."""
    rows: list[Row] = []
    for first, last in merge(_claim_of(backend, number).values()):
        rows += backend.query(
            "SELECT id, holding, path, size, digests FROM items WHERE id BETWEEN ? AND ? ORDER BY id", (first, last)
        )
    return rows


def _claim_of(backend: Backend, number: int) -> dict[int, Ranges]:
    rows = backend.query("SELECT items FROM batches WHERE id = ?", (number,))
    return read_claim(rows[0][0]) if rows else {}


def _taken(backend: Backend) -> Ranges:
    """The items that live batches hold, under any lease: they are given to no other worker."""
    rows = backend.query("SELECT items FROM batches WHERE live = 1 ORDER BY id")
    return merge(ranges for (items,) in rows for ranges in read_claim(items).values())


def _state_of(backend: Backend, number: int) -> tuple[str, int, int, int]:
    rows = backend.query("SELECT state, fence, lease_until, run FROM batches WHERE id = ?", (number,))
    return (str(rows[0][0]), int(rows[0][1]), int(rows[0][2]), int(rows[0][3])) if rows else ("none", 0, 0, 0)


def _close(backend: Backend, number: int, state: str) -> None:
    backend.run("UPDATE batches SET state = ?, live = 0 WHERE id = ?", (state, number))
