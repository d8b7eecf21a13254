"""Which files come next: what is due, longest unchecked first, read from the index in small steps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from archive.ledger.backend import PARAMETERS, Backend, Row, batched
from archive.ledger.book import BASE_AGE, FUTURE_SLACK
from archive.ledger.item_ranges import Ranges, holds, merge, read_claim
from archive.model.light import light_dataclass

MAX_FILES = 500
MOST_FILES = 4000
"""A batch has so many files where there are many: each batch costs two transactions."""

SHARES = 4
"""How many batches each worker gets at least, as far as `MAX_FILES` allows: none is left with nothing at the end."""

MAX_BYTES = 1 << 30
_FOREVER = 1 << 62
_COLUMNS = "id, holding, path, size, digests, due"
_FACTOR, _MODULUS = 1103515245, 2147483647
"""Mix a file's number with a sample's seed: squared, so that neighbours do not come and stay away together."""


@light_dataclass(frozen=True)
class Wanted:
    """What a run asks for.

    `max_age` in seconds, None for every file whatever its age; `holdings` and `locations` are numbers, empty for all;
    `retry` asks for the files whose last check failed; `sample` is a share of all files, between 0 and 1.
    """

    max_age: int | None
    holdings: tuple[int, ...] = ()
    locations: tuple[int, ...] = ()
    retry: bool = False
    sample: float | None = None
    seed: int = 0


@light_dataclass(slots=True)
class Lane:
    """One stretch of an index, walked once from `low` to `high`."""

    column: str
    value: int
    order: str
    low: tuple[int, int]
    high: int
    extra: str = ""


@light_dataclass(slots=True)
class Walk:
    """How far a run has come: its lanes, and the locations it gave up. Each file is offered at most once."""

    wanted: Wanted
    lanes: list[Lane]
    away: set[int] = field(default_factory=set)


def begin_walk(wanted: Wanted, locations: Sequence[int], now: int) -> Walk:
    """The lanes for what is wanted. Files whose last check lies in the future are due too.

    Where any age will do, files come in the order in which they were entered: a date that this run changes must not
    bring them back.
    """
    future = now + BASE_AGE + FUTURE_SLACK
    ages = wanted.max_age if wanted.max_age else None
    due_until = _FOREVER if ages is None else now + BASE_AGE - ages
    trouble = " AND outcome > 1" if wanted.retry else ""
    lanes = []
    if wanted.holdings:
        limit = "" if ages is None else f" AND (due <= {due_until} OR due > {future})"
        lanes = [Lane("holding", number, "id", (0, 0), _FOREVER, limit + trouble) for number in wanted.holdings]
        return Walk(wanted, lanes)
    for location in wanted.locations or locations:
        if wanted.retry or ages is None:
            lanes.append(Lane("location", location, "id", (0, 0), _FOREVER, trouble))
        else:
            lanes.append(Lane("location", location, "due", (-1, 0), due_until))
            lanes.append(Lane("location", location, "due", (future, 0), _FOREVER))
    return Walk(wanted, lanes)


def choose_items(
    backend: Backend, walk: Walk, taken: Ranges = (), *, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES
) -> list[Row]:
    """The next files, all of one location: rows of id, holding, path, size, digests, due, location.

    None of them is `taken`, which are the items of live batches.
    """
    while walk.lanes:
        lane = _most_urgent(backend, walk)
        if lane is None:
            return []
        rows = _read(backend, lane, walk.wanted, max_files)
        rows = [row for row in rows if row[6] not in walk.away]
        if not rows:
            walk.lanes.remove(lane)
            continue
        if taken:
            passed = rows[-1]
            rows = [row for row in rows if not holds(taken, row[0])]
            if not rows:
                lane.low = (passed[5], passed[0])
                continue
        chosen: list[Row] = []
        total = 0
        for row in rows:
            if chosen and (total + row[3] > max_bytes or row[6] != rows[0][6]):
                break
            chosen.append(row)
            total += row[3]
        lane.low = (chosen[-1][5], chosen[-1][0])
        return chosen
    return []


def files_a_batch(ahead: int | None, workers: int) -> int:
    """How many files a batch of a run has at most that has so many before it, None for more than can be counted."""
    return MOST_FILES if ahead is None else min(MOST_FILES, max(MAX_FILES, ahead // (SHARES * workers)))


def measure(backend: Backend, walk: Walk, limit: int = 1_000_000) -> tuple[int, int] | None:
    """How many files and bytes `walk` has before it; None when there are more than `limit` to count."""
    files = size = 0
    live = [read_claim(row[0]) for row in backend.query("SELECT items FROM batches WHERE live = 1")]
    taken = list(merge(ranges for claim in live for ranges in claim.values()))
    for lane in walk.lanes:
        where, parameters = _condition(lane, walk.wanted)
        for part in batched(taken, PARAMETERS // 2):
            within = " OR ".join(["id BETWEEN ? AND ?"] * len(part))
            row = backend.query(
                f"SELECT count(*), COALESCE(sum(size), 0) FROM items WHERE {where} AND ({within})",
                (*parameters, *(number for pair in part for number in pair)),
            )[0]
            files, size = files - int(row[0]), size - int(row[1])
        row = backend.query(
            f"SELECT count(*), COALESCE(sum(size), 0) FROM (SELECT size FROM items WHERE {where} LIMIT ?) AS ahead",
            (*parameters, limit + 1),
        )[0]
        files, size = files + int(row[0]), size + int(row[1])
        if files > limit:
            return None
    return files, size


def _most_urgent(backend: Backend, walk: Walk) -> Lane | None:
    """The lane whose first file waits longest; lanes that have nothing left are taken out."""
    if walk.lanes[0].order == "id":
        return walk.lanes[0]
    best: tuple[int, int] | None = None
    chosen = None
    for lane in list(walk.lanes):
        first = [] if lane.value in walk.away else _read(backend, lane, walk.wanted, 1)
        if not first:
            walk.lanes.remove(lane)
            continue
        place = (first[0][5], first[0][0])
        if best is None or place < best:
            best, chosen = place, lane
    return chosen


def _read(backend: Backend, lane: Lane, wanted: Wanted, limit: int) -> list[Row]:
    where, parameters = _condition(lane, wanted)
    order = "id" if lane.order == "id" else "due, id"
    return backend.query(
        f"SELECT {_COLUMNS}, location FROM items WHERE {where} ORDER BY {order} LIMIT ?", (*parameters, limit)
    )


def _condition(lane: Lane, wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    where = f"{lane.column} = ?{lane.extra}"
    parameters: tuple[Any, ...] = (lane.value,)
    if lane.order == "id":
        # With the plus SQLite does not take the index by due date and sort all of it again for each batch.
        where, parameters = f"{where} AND +due IS NOT NULL AND id > ?", (*parameters, lane.low[1])
    else:
        where += " AND due IS NOT NULL AND due >= ? AND due <= ? AND (due > ? OR id > ?)"
        parameters = (*parameters, lane.low[0], lane.high, lane.low[0], lane.low[1])
    if wanted.sample is not None:
        mixed = f"((id * {_FACTOR} + ?) % {_MODULUS})"
        where += f" AND {mixed} * {mixed} % {_MODULUS} < ?"
        seed = wanted.seed % _MODULUS
        parameters = (*parameters, seed, seed, int(wanted.sample * _MODULUS))
    return where, parameters


def draw_seed() -> int:
    """A seed for one sampled run, so that each run looks at other files."""
    return int.from_bytes(os.urandom(8)) % _MODULUS
