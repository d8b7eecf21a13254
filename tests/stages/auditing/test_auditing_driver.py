"""The driver with an engine whose answers come when a test says so: what timing decides, without waiting for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.ledger.book import open_ledger
from archive.ledger.choosing import Wanted
from archive.ledger.overview import past_checks
from archive.model.audit import FileOutcome
from archive.model.finding import Severity
from archive.stages.auditing.checking import check_batch
from archive.stages.auditing.driver import AuditPlan, run_audit
from archive.stages.auditing.engines import Finished, Key, Signal
from archive.stages.auditing.tasks import Task
from archive.storage.clock import Clock
from tests.support.audit_projects import Project, some_files, write_bag

LEASE = 300


class SteppedClock(Clock):
    """A clock that a test puts forward."""

    ahead = 0

    def now(self) -> datetime:
        return datetime.fromtimestamp(1_800_000_000 + type(self).ahead, UTC)


class SlowWorker:
    """An engine of one worker, whose first answer comes so many seconds late."""

    def __init__(self, clock: type[SteppedClock], late: int) -> None:
        self._clock, self._late = clock, late
        self.tasks: list[Task] = []

    @property
    def slots(self) -> int:
        return 1

    def prepare(self, count: int) -> None:
        del count

    def submit(self, task: Task) -> None:
        self.tasks.append(task)

    def wait(self, seconds: float) -> list[Signal]:
        del seconds
        task = self.tasks[-1]
        self._clock.ahead += self._late if len(self.tasks) == 1 else 0
        return [Finished(task.key, check_batch(task, lambda _count: None), 0)]

    def abandon(self, key: Key) -> None:
        raise AssertionError(key)

    def close(self) -> None:
        return None


@pytest.mark.parametrize(("late", "codes", "leases"), [(LEASE, [], 1), (LEASE + 1, ["AUD-114"], 2)])
def test_a_worker_that_comes_back_after_its_lease_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int, codes: list[str], leases: int
) -> None:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    project.run("holdings", "add", str(write_bag(tmp_path / "one", some_files(3))))
    monkeypatch.setattr(SteppedClock, "ahead", 0)
    ledger = open_ledger(str(project.folder / "ledger.sqlite3"))
    engine = SlowWorker(SteppedClock, late)
    plan = AuditPlan(Wanted(90 * 86400), lease_seconds=LEASE)
    report = run_audit(ledger, plan, engine, locations={}, clock=SteppedClock())
    assert [finding.code for finding in report.findings] == codes
    assert all(finding.severity is Severity.NOTE for finding in report.findings)
    assert [task.batch.fence for task in engine.tasks] == list(range(1, leases + 1))
    assert report.counts == {"intact": 9}
    assert [check.outcome for check in past_checks(ledger)] == [FileOutcome.INTACT] * 10, "each file once"
    ledger.close()
