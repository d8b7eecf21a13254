"""The driver of one run: leases batches from the ledger, hands them to workers, records what they saw.

Several drivers may work on one ledger. Whatever ends, worker, driver or machine, loses at most the batches in hand:
they stay in the ledger as leased, and are given out again once their lease is void.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from archive.errors import CancelledError
from archive.ledger.book import Ledger
from archive.ledger.choosing import MAX_BYTES, Wanted, begin_walk, files_a_batch, measure
from archive.ledger.holdings import list_holdings, list_locations, mark_location
from archive.ledger.leases import (
    Leaser,
    claim_batch,
    count_leased,
    fail_batch,
    record_batch,
    release_all,
    release_batch,
    renew_lease,
)
from archive.ledger.runs import begin_run, end_run
from archive.model.audit import AuditReport, Batch, BatchResult, FileOutcome
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import audit as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.stages.auditing.engines import Beaten, Engine, Finished, Key
from archive.stages.auditing.findings import sift_extras, standing_damage, tell_checks, verdict_of
from archive.stages.auditing.locations import probe_location
from archive.stages.auditing.owner import is_dead_owner, owner_name
from archive.stages.auditing.presence import is_same
from archive.stages.auditing.tasks import Task
from archive.storage.clock import Clock

SILENT_BATCHES = 3
"""After so many batches of one location in a row that got no answer, the location counts as away."""

MAX_FINDINGS = 10_000


@light_dataclass(frozen=True)
class AuditPlan:
    """How far a run goes: what it wants, its budget in seconds and bytes (None: no limit), its rate in bytes/s.

    A location that does not answer within `answer_seconds` counts as away.
    """

    wanted: Wanted
    seconds: float | None = None
    bytes: int | None = None
    rate: float = 0
    lease_seconds: int = 300
    options: Mapping[str, Any] = field(default_factory=dict)
    answer_seconds: float = 30


def run_audit(
    ledger: Ledger, plan: AuditPlan, engine: Engine, *, locations: Mapping[str, Mapping[str, Any]], clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> AuditReport:  # fmt: skip
    """Check what the plan wants, until it is done or the budget is spent. The engine is closed in any case.

    `locations` gives the options of each location by name. KeyboardInterrupt and `CancelledError`, which
    `progress` may raise, give back what is in hand and go on up; so do `LedgerError` and `NoSpaceError`. Every recorded
    batch is kept.
    """
    drive = _Drive(ledger, plan, engine, locations=locations, clock=clock, progress=progress)
    try:
        drive.begin()
        drive.work()
        return drive.finish()
    except (KeyboardInterrupt, CancelledError):
        engine.close()
        if drive.begun:
            drive.give_back()
        raise
    finally:
        engine.close()
        progress.end()


@light_dataclass(slots=True)
class _Held:
    batch: Batch
    renewed: float
    heard: float


class _Drive:
    def __init__(
        self,
        ledger: Ledger,
        plan: AuditPlan,
        engine: Engine,
        *,
        locations: Mapping[str, Mapping[str, Any]],
        clock: Clock,
        progress: Progress,
    ) -> None:
        self.ledger, self.plan, self.engine, self.clock, self.progress = ledger, plan, engine, clock, progress
        self.options = locations
        self.held: dict[Key, _Held] = {}
        self.findings: list[Finding] = []
        self.told: set[tuple[str, str]] = set()
        self.counts: Counter[str] = Counter()
        self.files = self.bytes = self.claimed_bytes = 0
        self.silent: Counter[int] = Counter()
        self.stopped: str | None = None
        self.started = time.monotonic()
        self.begun = False

    def begin(self) -> None:
        owner = owner_name()
        run, behind = begin_run(self.ledger, owner, self.plan.options, now=self.now())
        self.leaser = Leaser(run, owner, self.plan.lease_seconds, is_dead_owner)
        self.begun = True
        if behind:
            self.findings.append(codes.CLOCK_RAN_BACK.at("clock", seconds=behind))
        self.locations = {place.id: place for place in list_locations(self.ledger)}
        self.walk = begin_walk(self.plan.wanted, list(self.locations), self.now())
        ahead = measure(self.ledger.backend, self.walk)
        self.batch_files = files_a_batch(None if ahead is None else ahead[0], self.engine.slots)
        self.engine.prepare(self.engine.slots if ahead is None else -(-ahead[0] // self.batch_files))
        self.places: dict[str, list[str]] = {}
        wanted = self.plan.wanted
        involved = set()
        for holding in list_holdings(self.ledger):
            self.places.setdefault(holding.location, []).append(holding.place)
            if not wanted.holdings or holding.id in wanted.holdings:
                involved.add(holding.location)
        for place in self.locations.values():
            if place.name in involved and (not wanted.locations or place.id in wanted.locations):
                self._look_at(place.id)
        self.progress.begin("audit", ahead[1] if ahead and self.plan.bytes is None else self.plan.bytes)

    def work(self) -> None:
        while True:
            if self.stopped is None:
                self._fill()
            if not self.held:
                return
            self._listen()

    def finish(self) -> AuditReport:
        leased = count_leased(self.ledger, self.leaser.owner)
        if leased:
            self.findings.append(codes.OTHER_DRIVER.at("ledger", files=leased))
        ahead = (0, 0)
        if self.stopped is not None:
            ahead = measure(self.ledger.backend, self.walk) or (-1, -1)
        standing = standing_damage(self.ledger, self.plan.wanted, self.leaser.run, self.findings)
        self.findings += standing
        verdict = verdict_of(self.counts, self.files, self.bytes, self.findings, self.stopped)
        end_run(self.ledger, self.leaser.run, verdict, now=self.now())
        return AuditReport(
            self.leaser.run, verdict, dict(+self.counts), self.files, self.bytes, ahead[0], ahead[1], self.stopped,
            tuple(self.findings),
        )  # fmt: skip

    def give_back(self) -> None:
        """After an interruption, release the leases of this run, so that no other run has to wait for them."""
        release_all(self.ledger, self.leaser.owner)
        self.held.clear()
        end_run(self.ledger, self.leaser.run, "interrupted", now=self.now())

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def _fill(self) -> None:
        while len(self.held) < self.engine.slots:
            if self.plan.seconds is not None and time.monotonic() - self.started >= self.plan.seconds:
                self.stopped = "the time budget is spent"
                return
            limit = MAX_BYTES if not self.plan.rate else max(1 << 20, int(self.plan.rate * 30))
            if self.plan.bytes is not None:
                if self.claimed_bytes >= self.plan.bytes:
                    self.stopped = "the budget of bytes is spent"
                    return
                limit = min(limit, self.plan.bytes - self.claimed_bytes)
            batch = claim_batch(
                self.ledger, self.leaser, self.walk, {key[0] for key in self.held}, now=self.now(),
                max_files=self.batch_files, max_bytes=limit,
            )  # fmt: skip
            if batch is None:
                return
            if self.plan.bytes is not None and self.claimed_bytes and batch.bytes > limit:
                release_batch(self.ledger, batch)
                self.stopped = "the budget of bytes is spent"
                return
            self.claimed_bytes += batch.bytes
            now = time.monotonic()
            self.held[batch.id, batch.fence] = _Held(batch, now, now)
            self.engine.submit(self._task(batch))

    def _task(self, batch: Batch) -> Task:
        options = self.options.get(self.locations[batch.location].name, {})
        beat = min(1.0, self.plan.lease_seconds / 5)
        return Task(batch, options, self.plan.rate / self.engine.slots, beat)

    def _listen(self) -> None:
        for signal in self.engine.wait(min(0.5, self.plan.lease_seconds / 5)):
            held = self.held.get(signal.key)
            if held is not None:
                held.heard = time.monotonic()
            if isinstance(signal, Beaten):
                self.progress.advance(signal.bytes)
            elif isinstance(signal, Finished):
                self.held.pop(signal.key, None)
                self._take(signal, held.batch if held else None)
                self.progress.advance(signal.bytes)
            elif held is not None:
                del self.held[signal.key]
                self._fail(held.batch)
        self.progress.advance(0)
        self._tend()

    def _tend(self) -> None:
        """Renew the leases of workers that were heard; give up those that were not."""
        now = time.monotonic()
        for key, held in list(self.held.items()):
            if now - held.heard > self.plan.lease_seconds:
                del self.held[key]
                self.engine.abandon(key)
                self.silent[held.batch.location] += 1
                if self.silent[held.batch.location] >= SILENT_BATCHES:
                    release_batch(self.ledger, held.batch)
                    self._give_up(held.batch.location, "it does not answer")
                else:
                    self._fail(held.batch)
            elif held.heard > held.renewed and now - held.renewed > self.plan.lease_seconds / 3:
                held.renewed = now
                if not renew_lease(self.ledger, self.leaser, held.batch, now=self.now()):
                    del self.held[key]
                    self.engine.abandon(key)

    def _take(self, signal: Finished, batch: Batch | None) -> None:
        result = signal.result
        if batch is not None and result.unreachable is not None:
            release_batch(self.ledger, batch)
            self._give_up(batch.location, result.unreachable)
            return
        if batch is not None:
            result = sift_extras(self.ledger, batch, result)
        if batch is None or not record_batch(self.ledger, result, now=self.now()):
            self.findings.append(codes.STALE_WORKER.at(str(signal.key[0])))
            return
        self.silent[batch.location] = 0
        self.bytes += batch.bytes
        self._count(batch, result)
        for finding in tell_checks(batch, result):
            if len(self.findings) < MAX_FINDINGS and (finding.code, finding.subject) not in self.told:
                self.told.add((finding.code, finding.subject))
                self.findings.append(finding)

    def _count(self, batch: Batch, result: BatchResult) -> None:
        """Files, not bags: of a bag as such only the files added to it count."""
        bags = {item.id for item in batch.items if not item.path}
        self.files += len(batch.items) - len(bags)
        self.counts[FileOutcome.INTACT.word] += len(batch.items) - len(bags)
        for check in result.checks:
            if check.extra:
                self.counts[FileOutcome.EXTRA.word] += len(check.extra)
            elif check.item not in bags:
                self.counts[FileOutcome.INTACT.word] -= 1
                self.counts[check.outcome.word] += 1

    def _fail(self, batch: Batch) -> None:
        item = fail_batch(self.ledger, batch, "it ended every worker that tried to read it", now=self.now())
        if item is not None:
            self.files += 1
            self.counts["not checked"] += 1
            source = next(one for one in batch.sources if one.holding == item.holding)
            subject = "/".join(part for part in (source.root.rstrip("/"), source.place, item.path) if part)
            self.findings.append(codes.POISON.at(subject, kills=batch.kills + 1))

    def _look_at(self, number: int) -> None:
        """Is the location there? One that is away is said once and left alone."""
        place = self.locations[number]
        options = self.options.get(place.name, {})
        found = probe_location(
            place.root, place.identity, place.named, self.places.get(place.name, [])[:100], options,
            seconds=self.plan.answer_seconds,
        )  # fmt: skip
        if found.reason is not None:
            self._give_up(number, found.reason)
            return
        current = found.identity
        if place.unreachable_since is not None or not is_same(current, place.identity) or current != place.identity:
            mark_location(self.ledger, number, since=None, reason=None, identity=current)

    def _give_up(self, number: int, reason: str) -> None:
        if number in self.walk.away:
            return
        self.walk.away.add(number)
        place = self.locations[number]
        mark_location(self.ledger, number, since=self.now(), reason=reason, identity=None)
        holdings = len(self.places.get(place.name, []))
        self.findings.append(codes.UNREACHABLE.at(place.name, reason=reason, holdings=holdings))
