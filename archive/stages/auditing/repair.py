"""Repair: damaged and missing files of a bag are replaced by ones that prove themselves, nothing else is touched.

A file from the copy must give the digests that the ledger recorded for the damaged one, and those that the copy's own
manifests name. The damaged file is kept beside the bag. The bag's folder is written to only here, and only when asked.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from archive.errors import SourceError, UsageError
from archive.ledger.book import Ledger
from archive.ledger.packing import decode_path, encode_path, split_digests
from archive.ledger.sealing import append_event
from archive.model.audit import AuditItem, DigestPairs, FileOutcome, Form, Holding
from archive.stages.auditing.bags import Beat, OpenBag, Request, form_of, open_bag
from archive.stages.auditing.checking import judge_reading, name_digests
from archive.stages.auditing.entering import read_record
from archive.stages.auditing.workbench import set_up, unfinished_paths
from archive.storage.clock import Clock
from archive.storage.hashing import Digests


@dataclass(frozen=True, slots=True)
class Wound:
    """A file to repair, and how it was found. `proof`: why the copy's file may not take its place, None if it may."""

    item: AuditItem
    outcome: FileOutcome
    proof: str | None


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """What a repair would do: nothing is written yet.

    `unfinished` are files that an earlier repair, cut off before it could tell the ledger, has replaced.
    """

    holding: Holding
    copy: str
    wounds: tuple[Wound, ...]
    unreadable: tuple[str, ...]
    unfinished: tuple[AuditItem, ...] = ()

    @property
    def ready(self) -> tuple[Wound, ...]:
        return tuple(wound for wound in self.wounds if wound.proof is None)


def plan_repair(ledger: Ledger, holding: Holding, copy: str, options: Mapping[str, Any], beat: Beat) -> RepairPlan:
    """Read every file of the bag now, and the wanted ones of the copy.

    Raises `UsageError` when the bag is not a local folder, `LockedError` when another repair of it is at work, and what
    opening the copy raises.
    """
    if holding.form is not Form.FOLDER or holding.address.startswith("s3://"):
        what = "under a prefix of a bucket" if holding.form is Form.FOLDER else f"in a {holding.form.value} file"
        raise UsageError(
            f"a bag {what} is not repaired file by file, for that could leave it half old and half new",
            subject=holding.address,
            remedy=f"Put the whole copy in its place, then run: archive audit {shlex.quote(holding.address)}",
        )  # fmt: skip
    begun = set(unfinished_paths(holding.address) or ())
    open_bag(copy, form_of(copy), options, beat).close()
    items = {item.path: item for item in _items(ledger, holding) if item.path}
    wounds: dict[str, FileOutcome] = {}
    unreadable: list[str] = []
    unfinished: list[AuditItem] = []
    bag = open_bag(holding.address, Form.FOLDER, {})
    try:
        for request, reading in bag.digest([_request(item) for item in items.values()], beat):
            outcome = judge_reading(items[request.path], reading).outcome
            if outcome in (FileOutcome.DAMAGED, FileOutcome.MISSING):
                wounds[request.path] = outcome
            elif outcome is not FileOutcome.INTACT:
                unreadable.append(request.path)
            elif request.path in begun:
                unfinished.append(items[request.path])
    finally:
        bag.close()
    found: tuple[Wound, ...] = ()
    if wounds:
        other = open_bag(copy, form_of(copy), options, beat)
        try:
            proofs = _prove(other, copy, [items[path] for path in wounds], beat)
        finally:
            other.close()
        found = tuple(Wound(items[path], wounds[path], proof) for path, proof in proofs.items())
    return RepairPlan(holding, copy, found, tuple(unreadable), tuple(unfinished))


def repair(ledger: Ledger, plan: RepairPlan, options: Mapping[str, Any], clock: Clock) -> str | None:
    """Carry the plan out: gives the folder where the damaged files are kept, None when none had to be.

    Each file is prepared beside the bag, synced, digested again while it is written, and renamed into place. One event
    is recorded, also for what an earlier repair was about to record. Raises `StorageError`; what was replaced until
    then stays and is recorded.
    """
    now = int(clock.now().timestamp())
    kept = f"{plan.holding.address.rstrip('/')}.damaged-{clock.now():%Y%m%dT%H%M%SZ}"
    kept_some = False
    done = list(plan.unfinished)
    bench = set_up(plan.holding.address, kept, [item.path for item in (*done, *(wound.item for wound in plan.ready))])
    other: OpenBag | None = None
    try:
        for wound in plan.ready:
            other = other or open_bag(plan.copy, form_of(plan.copy), options)
            damaged = wound.outcome is FileOutcome.DAMAGED
            bench.replace(wound.item.path, partial(_fetch, other, wound.item), keep=damaged)
            kept_some = kept_some or damaged
            done.append(wound.item)
    finally:
        if other is not None:
            other.close()
        if done:
            ledger.backend.write(lambda: _record(ledger, plan.holding, done, now))
        bench.clear()
    return kept if kept_some else None


def _record(ledger: Ledger, holding: Holding, items: Sequence[AuditItem], now: int) -> None:
    detail = {"replaced": [encode_path(item.path).decode("utf-8", "replace") for item in items]}
    append_event(ledger.backend, "recovery", holding.id, now, "success", detail)
    numbers = [(item.id,) for item in items]
    ledger.backend.run_many("UPDATE items SET due = 0 WHERE id = ? AND due IS NOT NULL", numbers)
    ledger.backend.run("UPDATE items SET due = 0 WHERE holding = ? AND path = ? AND due IS NOT NULL", (holding.id, b""))


def _items(ledger: Ledger, holding: Holding) -> list[AuditItem]:
    return [
        AuditItem(number, holding.id, decode_path(path), size, *split_digests(bytes(digests)))
        for number, path, size, digests in ledger.backend.query(
            "SELECT id, path, size, digests FROM items WHERE holding = ? ORDER BY id", (holding.id,)
        )
    ]


def _request(item: AuditItem) -> Request:
    return Request(item.path, item.size, item.algorithms)


def _prove(other: OpenBag, copy: str, items: Sequence[AuditItem], beat: Beat) -> dict[str, str | None]:
    """For each file why the copy's may not be used, None where it proved itself against both."""
    listed: dict[str, DigestPairs] = {
        path: pairs for path, _size, pairs in read_record(other, copy, beat).items if path
    }
    by_path = {item.path: item for item in items}
    proofs: dict[str, str | None] = {}
    for request, reading in other.digest([_request(item) for item in items], beat):
        item = by_path[request.path]
        outcome = judge_reading(item, reading).outcome
        names = dict(listed.get(item.path, ()))
        if outcome is not FileOutcome.INTACT:
            proofs[item.path] = f"in the copy it is {outcome.word}"
        elif not names:
            proofs[item.path] = "no manifest of the copy lists it"
        elif any(names.get(name, text) != text for name, text in name_digests(item.algorithms, item.expected)):
            proofs[item.path] = "the copy's manifests name another digest"
        else:
            proofs[item.path] = None
    return proofs


def _fetch(other: OpenBag, item: AuditItem, write: Callable[[bytes], object]) -> None:
    """Write the copy's file, proven once more by the very bytes that are written."""
    digests = Digests(item.algorithms)
    for chunk in other.stream(item.path):
        digests.update(chunk)
        write(chunk)
    if digests.packed() != item.expected:
        raise SourceError("the copy changed while it was read", subject=item.path)
