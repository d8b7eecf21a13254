"""Repair: damaged and missing files of a bag are replaced by ones that prove themselves, nothing else is touched.

A file from the copy must give the digests that the ledger recorded for the damaged one, and those that the copy's own
manifests name. The damaged file is kept beside the bag. The bag's folder is written to only here, and only when asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import SourceError, UsageError, from_os_error
from archive.ledger.book import Ledger
from archive.ledger.packing import decode_path, split_digests
from archive.ledger.sealing import append_event
from archive.model.audit import AuditItem, DigestPairs, FileOutcome, Form, Holding
from archive.stages.auditing.bags import Beat, OpenBag, Request, form_of, open_bag
from archive.stages.auditing.checking import judge_reading, name_digests
from archive.stages.auditing.entering import read_record
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
    """What a repair would do: nothing is written yet."""

    holding: Holding
    copy: str
    wounds: tuple[Wound, ...]
    unreadable: tuple[str, ...]

    @property
    def ready(self) -> tuple[Wound, ...]:
        return tuple(wound for wound in self.wounds if wound.proof is None)


def plan_repair(ledger: Ledger, holding: Holding, copy: str, options: Mapping[str, Any], beat: Beat) -> RepairPlan:
    """Read every file of the bag now, and the wanted ones of the copy.

    Raises `UsageError` when the bag is not a local folder, and what opening the copy raises.
    """
    if holding.form is not Form.FOLDER or holding.address.startswith("s3://"):
        raise UsageError(
            "only a bag in a local folder can be repaired file by file", subject=holding.address,
            remedy="Replace the whole archive or prefix from the copy, then run: archive audit BAG",
        )  # fmt: skip
    items = {item.path: item for item in _items(ledger, holding) if item.path}
    wounds: dict[str, FileOutcome] = {}
    unreadable = []
    bag = open_bag(holding.address, Form.FOLDER, {})
    try:
        for request, reading in bag.digest([_request(item) for item in items.values()], beat):
            outcome = judge_reading(items[request.path], reading).outcome
            if outcome in (FileOutcome.DAMAGED, FileOutcome.MISSING):
                wounds[request.path] = outcome
            elif outcome is not FileOutcome.INTACT:
                unreadable.append(request.path)
    finally:
        bag.close()
    if not wounds:
        return RepairPlan(holding, copy, (), tuple(unreadable))
    other = open_bag(copy, form_of(copy), options)
    try:
        proofs = _prove(other, copy, [items[path] for path in wounds], beat)
    finally:
        other.close()
    found = tuple(Wound(items[path], outcome, proofs[path]) for path, outcome in wounds.items())
    return RepairPlan(holding, copy, found, tuple(unreadable))


def repair(ledger: Ledger, plan: RepairPlan, options: Mapping[str, Any], clock: Clock) -> str | None:
    """Carry the plan out: gives the folder where the damaged files are kept, None when none had to be.

    Each file is written beside, synced, digested again while it is written, and renamed into place. One event is
    recorded. Raises `StorageError`; what was replaced until then stays and is recorded.
    """
    now = int(clock.now().timestamp())
    kept = f"{plan.holding.address.rstrip('/')}.damaged-{clock.now():%Y%m%dT%H%M%SZ}"
    kept_some = False
    done: list[str] = []
    other = open_bag(plan.copy, form_of(plan.copy), options)
    try:
        for wound in plan.ready:
            target = os.path.join(plan.holding.address, wound.item.path)
            aside = os.path.join(kept, wound.item.path) if wound.outcome is FileOutcome.DAMAGED else None
            _refuse_links(plan.holding.address, wound.item.path)
            _replace(other, wound.item, target, aside)
            kept_some = kept_some or aside is not None
            done.append(wound.item.path)
    finally:
        other.close()
        if done:
            detail = {"replaced": [path.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for path in done]}
            numbers = [wound.item.id for wound in plan.ready if wound.item.path in set(done)]
            ledger.backend.write(lambda: _record(ledger, plan.holding, numbers, detail, now))
    return kept if kept_some else None


def _record(ledger: Ledger, holding: Holding, numbers: Sequence[int], detail: dict[str, Any], now: int) -> None:
    append_event(ledger.backend, "recovery", holding.id, now, "success", detail)
    ledger.backend.run_many("UPDATE items SET due = 0 WHERE id = ? AND due IS NOT NULL", [(one,) for one in numbers])
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


def _replace(other: OpenBag, item: AuditItem, target: str, aside: str | None) -> None:
    folder = os.path.dirname(target)
    new = os.path.join(folder, f".{os.path.basename(target)[:100]}.repair-{os.getpid()}")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(new, "xb") as file:
            _fetch(other, item, file.write)
            file.flush()
            os.fsync(file.fileno())
        if aside is not None:
            os.makedirs(os.path.dirname(aside), exist_ok=True)
            os.rename(target, aside)
        os.rename(new, target)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise from_os_error(error, target) from error
    finally:
        if os.path.lexists(new):
            os.unlink(new)


def _refuse_links(bag: str, path: str) -> None:
    """No folder on the way may be a link: a repair writes inside the bag and nowhere else."""
    at = bag
    for part in path.split("/")[:-1]:
        at = os.path.join(at, part)
        if os.path.islink(at):
            raise UsageError("a link stands where a folder of the bag should be", subject=at)


def _fetch(other: OpenBag, item: AuditItem, write: Callable[[bytes], object]) -> None:
    """Write the copy's file, proven once more by the very bytes that are written."""
    digests = Digests(item.algorithms)
    for chunk in other.stream(item.path):
        digests.update(chunk)
        write(chunk)
    if digests.packed() != item.expected:
        raise SourceError("the copy changed while it was read", subject=item.path)
