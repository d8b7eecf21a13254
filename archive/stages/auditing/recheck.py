"""Checking one holding's due files at once, in this process: after a repair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.choosing import Wanted
from archive.model.audit import AuditReport, Holding
from archive.stages.auditing.checking import Task, check_batch
from archive.stages.auditing.driver import Plan, run_audit
from archive.stages.auditing.engines import Finished, Key, Signal
from archive.storage.clock import Clock


class InlineEngine:
    """Runs each task where it stands, in this process."""

    def __init__(self) -> None:
        self._waiting: list[Task] = []

    @property
    def slots(self) -> int:
        return 1

    def submit(self, task: Task) -> None:
        self._waiting.append(task)

    def wait(self, seconds: float) -> list[Signal]:
        del seconds
        tasks, self._waiting = self._waiting, []
        return [Finished(task.key, check_batch(task, lambda _count: None), 0) for task in tasks]

    def abandon(self, key: Key) -> None:
        del key

    def close(self) -> None:
        self._waiting.clear()


def recheck(ledger: Ledger, holding: Holding, *, options: Mapping[str, Any], clock: Clock) -> AuditReport:
    """Check the files of `holding` that are due: a repair makes due what it replaced."""
    plan = Plan(Wanted(BASE_AGE, (holding.id,)), options={"after": "repair"})
    return run_audit(ledger, plan, InlineEngine(), locations={holding.location: options}, clock=clock)
