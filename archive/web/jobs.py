"""Long work of the desk: each job is a process that runs commands of `archive`, and a folder that tells of it.

A job outlives the browser and the desk. Its folder holds `job.json` (what to do), `step-N.json` and `step-N.events`
(what each command printed: one JSON document, and JSON Lines), `running` (its process group, locked while it lives),
`cancel` (it was asked to stop) and `ended.json`. Nothing else has to be remembered: the folder tells everything.

At most `MOST_RUNNING` jobs run at a time, over all desks of the project; the others wait in the order in which they
came. A job that ends starts the next one, so a queue goes on without a desk.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from archive.errors import LockedError, NotFoundError, StorageError, from_os_error
from archive.storage.atomic import write_whole
from archive.storage.locks import is_locked, take_lock

MOST_RUNNING = 2
MOST_WAITING = 50
MOST_KEPT = 500
"""Ended jobs that are kept; the oldest go."""
JUDGED = (0, 1, 3, 4)
"""Exit codes of commands that judge bags: such a step did what it should, whatever it found. See `model.exits`."""
_LARGEST_RESULT = 64 << 20
_TAIL = 1 << 16


class JobState(Enum):
    """What has become of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    """Its process was killed, or the machine stopped, before it ended."""

    @property
    def has_ended(self) -> bool:
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a job: arguments of `archive`. It may end with any of `good`; another code ends the job.

    With `needs` it is run only where an earlier command of the job found something of this code.
    """

    arguments: tuple[str, ...]
    good: tuple[int, ...] = (0,)
    needs: str = ""


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What a job is to do. `kind` names the sort, `subject` the bag or folder, `then` the page of its result,

    in which "{job}" becomes the id of the job.
    """

    kind: str
    subject: str
    steps: tuple[Step, ...]
    then: str = ""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """The last that a running job told: the label of what it does, bytes done, and of how many (None: not known)."""

    label: str = ""
    done: int = 0
    total: int | None = None

    @property
    def percent(self) -> int | None:
        return None if not self.total else min(100, self.done * 100 // self.total)


@dataclass(frozen=True, slots=True)
class Job:
    """A job at one moment. Times are in seconds since the epoch. `results` are the documents of its ended steps."""

    id: str
    plan: JobPlan
    created: float
    state: JobState
    ended: float | None = None
    exit_code: int | None = None
    step: int = 0
    progress: JobProgress = JobProgress()
    results: tuple[Mapping[str, Any], ...] = ()
    log: tuple[str, ...] = field(default=(), repr=False)


class Jobs:
    """The jobs of one project, in `folder`. `working` is where their commands run: the project's folder."""

    def __init__(self, folder: str, working: str) -> None:
        self.folder = folder
        self.working = working

    def submit(self, plan: JobPlan, *, environment: Mapping[str, str] | None = None) -> str:
        """Enter a job and start it, or let it wait. The id of the job.

        With `environment`, which is for secrets and is kept nowhere, it starts at once. Raises `LockedError` when too
        many wait, and `StorageError`.
        """
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            with self._locked():
                known = list(self._all(full=False))
                if sum(job.state is JobState.WAITING for job in known) >= MOST_WAITING:
                    raise LockedError(
                        f"{MOST_WAITING} jobs are waiting already", subject=plan.kind,
                        remedy="Wait until some have ended, or cancel some",
                    )  # fmt: skip
                identity = self._enter(plan)
                if environment is not None:
                    self._start(identity, environment)
                self._start_waiting()
                self._forget_old(known)
        except OSError as error:
            raise from_os_error(error, self.folder) from error
        return identity

    def start_waiting(self) -> None:
        """Start those that wait, as many as may run."""
        if os.path.isdir(self.folder):
            with self._locked():
                self._start_waiting()

    def find(self, identity: str, *, full: bool = True) -> Job:
        """A job by its id. Raises `NotFoundError`."""
        if not _is_identity(identity) or not os.path.isfile(os.path.join(self.folder, identity, "job.json")):
            raise NotFoundError("no such job", subject=identity)
        return self._read(identity, full=full)

    def all(self) -> list[Job]:
        """All jobs, the newest first, without their results and logs."""
        return list(self._all(full=False))[::-1]

    def cancel(self, identity: str) -> None:
        """Ask a job to stop: one that waits ends at once, one that runs as after Ctrl-C. Raises `NotFoundError`."""
        job = self.find(identity, full=False)
        with self._locked():
            folder = os.path.join(self.folder, identity)
            write_whole(os.path.join(folder, "cancel"), (), replace=True)
            if job.state is JobState.WAITING:
                write_end(folder, 130)
            elif job.state is JobState.RUNNING:
                _interrupt(folder)

    def _enter(self, plan: JobPlan) -> str:
        created = time.time()
        number = int(created * 1000)
        while True:
            identity = f"{number:014d}"
            try:
                os.mkdir(os.path.join(self.folder, identity), 0o700)
                break
            except FileExistsError:
                number += 1
        content = {"created": created, **asdict(plan)}
        write_whole(os.path.join(self.folder, identity, "job.json"), (json.dumps(content).encode(),), replace=True)
        return identity

    def _all(self, *, full: bool) -> Iterator[Job]:
        try:
            names = sorted(filter(_is_identity, os.listdir(self.folder)))
        except FileNotFoundError:
            return
        for name in names:
            if os.path.isfile(os.path.join(self.folder, name, "job.json")):
                yield self._read(name, full=full)

    def _read(self, identity: str, *, full: bool) -> Job:
        folder = os.path.join(self.folder, identity)
        raw = json.loads(_bytes_of(os.path.join(folder, "job.json")))
        steps = tuple(Step(tuple(one["arguments"]), tuple(one["good"]), one.get("needs", "")) for one in raw["steps"])
        plan = JobPlan(raw["kind"], raw["subject"], steps, raw["then"])
        begun = sum(os.path.exists(os.path.join(folder, f"step-{number}.events")) for number in range(len(steps)))
        state, end = self._state_of(folder)
        results, progress, log = [], JobProgress(), []
        if state is JobState.RUNNING and begun:
            progress = _progress_in(_tail_of(os.path.join(folder, f"step-{begun - 1}.events")))
        if full:
            for number in range(begun):
                document = _document_in(os.path.join(folder, f"step-{number}.json"))
                if document is not None:
                    results.append(document)
                log += _log_of(_tail_of(os.path.join(folder, f"step-{number}.events")))
        return Job(
            identity, plan, raw["created"], state, end.get("ended"), end.get("exit_code"), max(begun - 1, 0), progress,
            tuple(results), tuple(log),
        )  # fmt: skip

    def _state_of(self, folder: str) -> tuple[JobState, Mapping[str, Any]]:
        if is_running(folder):
            return JobState.RUNNING, {}
        try:
            end = json.loads(_bytes_of(os.path.join(folder, "ended.json")))
        except FileNotFoundError:
            started = os.path.exists(os.path.join(folder, "running"))
            return (JobState.LOST if started else JobState.WAITING), {}
        if end["exit_code"] == 130 and os.path.exists(os.path.join(folder, "cancel")):
            return JobState.CANCELLED, end
        return (JobState.DONE if end["good"] else JobState.FAILED), end

    def _start_waiting(self) -> None:
        waiting, running = [], 0
        for job in self._all(full=False):
            running += job.state is JobState.RUNNING
            if job.state is JobState.WAITING:
                waiting.append(job.id)
        for identity in waiting[: max(MOST_RUNNING - running, 0)]:
            self._start(identity, {})

    def _start(self, identity: str, environment: Mapping[str, str]) -> None:
        """Start a job's process and wait until it holds its lock, so that it is not started twice."""
        folder = os.path.join(self.folder, identity)
        reading, writing = os.pipe()
        try:
            subprocess.run(
                [sys.executable, "-m", "archive.web.job_process", self.folder, identity, self.working, str(writing)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, **environment}, pass_fds=(writing,), start_new_session=True, check=True,
            )  # fmt: skip
            os.close(writing)
            writing = -1
            os.read(reading, 1)
        finally:
            os.close(reading)
            if writing >= 0:
                os.close(writing)
        if not os.path.exists(os.path.join(folder, "running")):
            raise StorageError("the job's process did not start", subject=folder)

    def _forget_old(self, known: Sequence[Job]) -> None:
        ended = [job.id for job in known if job.state.has_ended]
        for identity in ended[:-MOST_KEPT]:
            folder = os.path.join(self.folder, identity)
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))
            os.rmdir(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(os.path.join(self.folder, "lock"), "ab") as lock:
            take_lock(lock.fileno())
            yield


def write_end(folder: str, exit_code: int, *, good: bool = False) -> None:
    """Note how a job ended. Raises OSError."""
    content = {"ended": time.time(), "exit_code": exit_code, "good": good}
    write_whole(os.path.join(folder, "ended.json"), (json.dumps(content).encode(),), replace=True)


def is_running(folder: str) -> bool:
    """Whether the process of a job lives: it holds the lock on `running` until it ends, however it ends."""
    try:
        with open(os.path.join(folder, "running"), "rb") as file:
            return is_locked(file.fileno())
    except FileNotFoundError:
        return False


def _interrupt(folder: str) -> None:
    """Ctrl-C for a job's commands. The group is the job's own session, made when it started."""
    try:
        os.killpg(int(_bytes_of(os.path.join(folder, "running"))), signal.SIGINT)
    except (OSError, ValueError):
        return


def _is_identity(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == 14


def _bytes_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(_LARGEST_RESULT)


def _document_in(path: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(_bytes_of(path))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _tail_of(path: str) -> list[str]:
    with open(path, "rb") as file:
        file.seek(max(os.fstat(file.fileno()).st_size - _TAIL, 0))
        return file.read().decode("utf-8", "backslashreplace").splitlines()


def _progress_in(lines: Sequence[str]) -> JobProgress:
    for line in reversed(lines):
        event = _event_in(line)
        if event is not None and event.get("event") in ("begin", "progress", "end"):
            total = event.get("total")
            return JobProgress(
                str(event.get("label", "")), int(event.get("bytes") or 0), total if isinstance(total, int) else None
            )
    return JobProgress()


def _event_in(line: str) -> Mapping[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _log_of(lines: Sequence[str]) -> list[str]:
    """What the commands wrote for people, such as warnings: everything but the events."""
    return [line for line in lines if line.strip() and _event_in(line) is None]
