"""Jobs: real processes that outlive the desk, wait for their turn, can be cancelled, and are known to be lost."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import time
from pathlib import Path

import pytest

from archive.errors import LockedError, NotFoundError
from archive.web.jobs import MOST_RUNNING, MOST_WAITING, JobPlan, Jobs, JobState, Step
from tests.support.desks import PATIENCE, Visitor, environment_of, open_desk


def lasting(number: int) -> JobPlan:
    """A job that runs until it is interrupted, each over a folder of its own."""
    return JobPlan("watch", "", (Step(("watch", f"arrivals-{number}", "--to", f"bags-{number}", "--quiet")),))


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    for name, value in environment_of(tmp_path).items():
        monkeypatch.setenv(name, value)
    for number in range(MOST_RUNNING):
        (tmp_path / "work" / f"arrivals-{number}").mkdir(parents=True)
    return Jobs(str(tmp_path / "jobs"), str(tmp_path / "work"))


def wait_for(jobs: Jobs, identity: str, *states: JobState) -> JobState:
    deadline = time.monotonic() + PATIENCE
    while (state := jobs.find(identity).state) not in states:
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return state


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.LOST)


def test_a_job_runs_its_steps_and_keeps_their_documents(jobs: Jobs) -> None:
    steps = (Step(("config", "--json")), Step(("init", "--json")))
    identity = jobs.submit(JobPlan("init", "here", steps, "/"))
    assert wait_for(jobs, identity, *ENDED) is JobState.DONE
    job = jobs.find(identity)
    assert [document["schema"] for document in job.results] == ["archive.config/1", "archive.init/1"]
    assert (job.exit_code, job.plan.then, job.plan.subject) == (0, "/", "here")
    assert Path(jobs.working, "ledger.sqlite3").exists()


def test_a_step_that_fails_ends_the_job_and_says_why(jobs: Jobs) -> None:
    steps = (Step(("validate", "nowhere", "--json")), Step(("init", "--json")))
    identity = jobs.submit(JobPlan("check", "nowhere", steps))
    assert wait_for(jobs, identity, *ENDED) is JobState.FAILED
    job = jobs.find(identity)
    assert job.exit_code == 10
    assert job.results[0]["exit_code"] == 10
    assert not Path(jobs.working, "ledger.sqlite3").exists()


def test_other_exit_codes_can_be_good(jobs: Jobs) -> None:
    identity = jobs.submit(JobPlan("check", "", (Step(("validate", "nowhere", "--json"), good=(0, 10)),)))
    assert wait_for(jobs, identity, *ENDED) is JobState.DONE


def test_a_step_may_depend_on_what_an_earlier_one_found(jobs: Jobs) -> None:
    for code, documents in (("BAG-201", 2), ("SEAL-100", 1)):
        steps = (Step(("explain", "BAG-201", "--json")), Step(("config", "--json"), needs=code))
        identity = jobs.submit(JobPlan("check", "", steps))
        assert wait_for(jobs, identity, *ENDED) is JobState.DONE
        assert len(jobs.find(identity).results) == documents


def test_so_many_run_and_the_others_wait_for_their_turn(jobs: Jobs) -> None:
    running = [jobs.submit(lasting(number)) for number in range(MOST_RUNNING)]
    waiting = jobs.submit(JobPlan("config", "", (Step(("config", "--json")),)))
    assert {jobs.find(one).state for one in running} == {JobState.RUNNING}
    assert jobs.find(waiting).state is JobState.WAITING
    jobs.cancel(running[0])
    assert wait_for(jobs, running[0], *ENDED) is JobState.CANCELLED
    assert wait_for(jobs, waiting, *ENDED) is JobState.DONE
    jobs.cancel(running[1])
    assert wait_for(jobs, running[1], *ENDED) is JobState.CANCELLED


def test_a_job_that_waits_is_cancelled_before_it_begins(jobs: Jobs) -> None:
    running = [jobs.submit(lasting(number)) for number in range(MOST_RUNNING)]
    waiting = jobs.submit(JobPlan("init", "", (Step(("init", "--json")),)))
    jobs.cancel(waiting)
    assert jobs.find(waiting).state is JobState.CANCELLED
    for one in running:
        jobs.cancel(one)
        wait_for(jobs, one, *ENDED)
    jobs.start_waiting()
    time.sleep(0.3)
    assert not Path(jobs.working, "ledger.sqlite3").exists()


def test_a_killed_job_is_lost_and_its_place_is_free(jobs: Jobs) -> None:
    killed = jobs.submit(lasting(0))
    group = int(Path(jobs.folder, killed, "running").read_text())
    os.killpg(group, signal.SIGKILL)
    assert wait_for(jobs, killed, *ENDED) is JobState.LOST
    after = jobs.submit(JobPlan("config", "", (Step(("config", "--json")),)))
    assert wait_for(jobs, after, *ENDED) is JobState.DONE


def test_fifty_jobs_at_once_wait_or_are_refused(jobs: Jobs) -> None:
    first = [jobs.submit(lasting(number)) for number in range(MOST_RUNNING)]
    plan = JobPlan("config", "", (Step(("config", "--json")),))
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(lambda _: jobs.submit(plan), range(MOST_WAITING)))
    assert len(set(taken)) == MOST_WAITING
    with pytest.raises(LockedError, match="waiting already"):
        jobs.submit(plan)
    assert sum(job.state is JobState.RUNNING for job in jobs.all()) == MOST_RUNNING
    for one in (*taken, *first):
        jobs.cancel(one)
    for one in first:
        assert wait_for(jobs, one, *ENDED) is JobState.CANCELLED


def test_a_secret_reaches_the_command_and_no_file(jobs: Jobs) -> None:
    step = Step(("keys", "new", "anna", "--json"))
    identity = jobs.submit(JobPlan("keys", "", (step,)), environment={"ARCHIVE_SEAL_PASSPHRASE": "correct horse"})
    assert wait_for(jobs, identity, *ENDED) is JobState.DONE, jobs.find(identity)
    kept = b"".join(path.read_bytes() for path in Path(jobs.folder).rglob("*") if path.is_file())
    assert b"correct horse" not in kept


@pytest.mark.parametrize("identity", ["", "..", "../jobs", "1", "0" * 14, "0" * 13 + "\u0661", "0" * 14 + "/.."])
def test_what_is_no_job_is_not_found(jobs: Jobs, identity: str) -> None:
    with pytest.raises(NotFoundError):
        jobs.find(identity)


def test_a_job_outlives_the_desk(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    with open_desk(project, home) as desk, Visitor(desk) as visitor:
        path = visitor.post("/audit").url.path
        assert path.startswith("/jobs/")
    with open_desk(project, home) as desk, Visitor(desk) as visitor:
        assert "could not be done" in visitor.wait_for_job(path)  # an archive without bags has nothing to check
        assert path in visitor.get("/jobs").text
        assert visitor.get("/jobs/00000000000001").status_code == 404
