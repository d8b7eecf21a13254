"""Repair: damaged and missing files of a bag are replaced by ones that prove themselves, nothing else is touched.

A file from the copy must give the digests that the ledger recorded for the damaged one, and those that the copy's own
manifests name. The damaged file is kept in the quarantine. The bag's folder is written to only here, and only when
asked.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from archive.bags.opening import open_reader
from archive.bags.reader import BagReader, Beat
from archive.errors import SourceError, UsageError
from archive.formats.bagpath import to_bytes, to_text
from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.choosing import Wanted
from archive.ledger.holdings import list_items
from archive.ledger.recording import record_recovery
from archive.model.addresses import is_bucket, is_remote
from archive.model.audit import AuditItem, AuditReport, Container, DigestPairs, FileOutcome, Holding, same_identity
from archive.stages.auditing.bag_record import read_bag_record
from archive.stages.auditing.checking import judge_reading, name_digests, request_for
from archive.stages.auditing.driver import AuditPlan, run_audit
from archive.stages.auditing.engines import InlineEngine
from archive.stages.auditing.locations import bag_identity
from archive.stages.auditing.workbench import set_up, unfinished_paths
from archive.storage.clock import Clock
from archive.storage.hashing import Digests
from archive.storage.sealed import refuse_sealed


@dataclass(frozen=True, slots=True)
class Wound:
    """A file to repair, and how it was found. `proof`: why the copy's file may not take its place, None if it may."""

    item: AuditItem
    outcome: FileOutcome
    proof: str | None


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """What a repair would do: nothing is written yet.

    `unfinished` are files that an earlier repair, cut off before it could record that in the ledger, has replaced.
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
    if holding.form is Container.OCFL:
        raise UsageError(
            "an OCFL object is never written into, so the bag in it is not repaired", subject=holding.address,
            remedy="Move the object out of its root, deposit a whole copy there again, then run: archive audit",
        )  # fmt: skip
    if holding.form is not Container.FOLDER or is_remote(holding.address):
        far = "under a prefix of a bucket" if is_bucket(holding.address) else "in a deposit"
        what = far if holding.form is Container.FOLDER else f"in a {holding.form.value} file"
        raise UsageError(
            f"a bag {what} is not repaired file by file, for that could leave it half old and half new",
            subject=holding.address,
            remedy=f"Put the whole copy in its place, then run: archive audit {shlex.quote(holding.address)}",
        )  # fmt: skip
    if not is_remote(copy):
        with suppress(OSError):
            if same_identity(bag_identity(copy, {}), bag_identity(holding.address, {})):
                raise UsageError(
                    "this is the bag itself, by another path: it cannot be repaired from itself", subject=copy,
                    remedy="Name another copy: archive holdings list",
                )  # fmt: skip
    begun = set(unfinished_paths(holding.address) or ())
    items = {item.path: item for item in list_items(ledger, holding) if item.path}
    other = open_reader(copy, options=options)
    try:
        outcomes = _read_all(holding, items, beat)
        wounds = {
            path: outcome for path, outcome in outcomes.items() if outcome in (FileOutcome.DAMAGED, FileOutcome.MISSING)
        }
        proofs = _prove(other, copy, [items[path] for path in wounds], beat) if wounds else {}
    finally:
        other.close()
    found = tuple(Wound(items[path], wounds[path], proof) for path, proof in proofs.items())
    unreadable = [path for path, one in outcomes.items() if path not in wounds and one is not FileOutcome.INTACT]
    unfinished = [items[path] for path, one in outcomes.items() if one is FileOutcome.INTACT and path in begun]
    return RepairPlan(holding, copy, found, tuple(unreadable), tuple(unfinished))


def _read_all(holding: Holding, items: Mapping[str, AuditItem], beat: Beat) -> dict[str, FileOutcome]:
    """What every file of the bag is now, by its path."""
    bag = open_reader(holding.address)
    outcomes: dict[str, FileOutcome] = {}
    try:
        for request, reading in bag.digest([request_for(item) for item in items.values()], beat):
            path = to_text(request.path)
            outcomes[path] = judge_reading(items[path], reading).outcome
    finally:
        bag.close()
    return outcomes


def repair(
    ledger: Ledger, plan: RepairPlan, options: Mapping[str, Any], clock: Clock, *, quarantine: str
) -> str | None:
    """Carry the plan out: gives the folder where the damaged files are kept, None when none had to be.

    It is made in the folder `quarantine`, which must not be inside a bag.

    Each file is prepared beside the bag, synced, digested again while it is written, and renamed into place. One event
    is recorded, also for what an earlier repair was about to record. Raises `StorageError`; what was replaced until
    then stays and is recorded.
    """
    now = int(clock.now().timestamp())
    refuse_sealed(quarantine, remedy="with audit.quarantine")
    kept = _free_place(quarantine, f"{plan.holding.name}.damaged-{clock.now():%Y%m%dT%H%M%SZ}")
    kept_some = False
    done = list(plan.unfinished)
    bench = set_up(plan.holding.address, kept, [item.path for item in (*done, *(wound.item for wound in plan.ready))])
    other: BagReader | None = None
    try:
        for wound in plan.ready:
            other = other or open_reader(plan.copy, options=options)
            damaged = wound.outcome is FileOutcome.DAMAGED
            bench.replace(wound.item.path, partial(_fetch, other, wound.item), keep=damaged)
            kept_some = kept_some or damaged
            done.append(wound.item)
    finally:
        if other is not None:
            other.close()
        if done:
            record_recovery(ledger, plan.holding.id, done, now=now)
        bench.clear()
    return kept if kept_some else None


def _free_place(folder: str, name: str) -> str:
    place, number = os.path.join(folder, name), 1
    while os.path.lexists(place):
        number += 1
        place = os.path.join(folder, f"{name}-{number}")
    return place


def recheck(ledger: Ledger, holding: Holding, *, options: Mapping[str, Any], clock: Clock) -> AuditReport:
    """Check the files of `holding` that are due, in this process: a repair makes due what it replaced."""
    plan = AuditPlan(Wanted(BASE_AGE, (holding.id,)), options={"after": "repair"})
    return run_audit(ledger, plan, InlineEngine(), locations={holding.location: options}, clock=clock)


def _prove(other: BagReader, copy: str, items: Sequence[AuditItem], beat: Beat) -> dict[str, str | None]:
    """For each file why the copy's may not be used, None where it proved itself against both."""
    listed: dict[str, DigestPairs] = {
        path: pairs for path, _size, pairs in read_bag_record(other, copy, beat).items if path
    }
    by_path = {item.path: item for item in items}
    proofs: dict[str, str | None] = {}
    for request, reading in other.digest([request_for(item) for item in items], beat):
        item = by_path[to_text(request.path)]
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


def _fetch(other: BagReader, item: AuditItem, write: Callable[[bytes], object]) -> None:
    """Write the copy's file, proven once more by the very bytes that are written."""
    digests = Digests(item.algorithms)
    for chunk in other.stream(to_bytes(item.path)):
        digests.update(chunk)
        write(chunk)
    if digests.packed() != item.expected:
        raise SourceError("the copy changed while it was read", subject=item.path)
