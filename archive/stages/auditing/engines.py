"""What the driver asks of an engine: hand out tasks, tell what becomes of them. Local processes and Dask are two."""

from __future__ import annotations

from typing import Protocol

from archive.model.audit import BatchResult
from archive.model.light import light_dataclass
from archive.stages.auditing.tasks import Task

Key = tuple[int, int]
"""A batch and its fence."""


@light_dataclass(frozen=True)
class Beaten:
    """The worker on this task lives and has read so many bytes more."""

    key: Key
    bytes: int


@light_dataclass(frozen=True)
class Finished:
    """A result came in; perhaps from a worker that was given up meanwhile."""

    key: Key
    result: BatchResult
    bytes: int


@light_dataclass(frozen=True)
class Lost:
    """The worker on this task died."""

    key: Key


Signal = Beaten | Finished | Lost


class Engine(Protocol):
    """Runs tasks. `slots` is how many can run side by side."""

    @property
    def slots(self) -> int: ...
    def prepare(self, count: int) -> None:
        """Start so many workers, as far as there are slots, before there are tasks: a start takes its time."""
        ...

    def submit(self, task: Task) -> None: ...
    def wait(self, seconds: float) -> list[Signal]:
        """What happened, waiting at most so long for something."""
        ...

    def abandon(self, key: Key) -> None:
        """Expect nothing more of the worker on this task, and give it no other one until it answers."""
        ...

    def close(self) -> None:
        """End all workers."""
        ...


class InlineEngine:
    """Runs each task at once, in this process."""

    def __init__(self) -> None:
        self._waiting: list[Task] = []

    @property
    def slots(self) -> int:
        return 1

    def prepare(self, count: int) -> None:
        del count

    def submit(self, task: Task) -> None:
        self._waiting.append(task)

    def wait(self, seconds: float) -> list[Signal]:
        from archive.stages.auditing.checking import check_batch

        del seconds
        tasks, self._waiting = self._waiting, []
        return [Finished(task.key, check_batch(task, lambda _count: None), 0) for task in tasks]

    def abandon(self, key: Key) -> None:
        del key

    def close(self) -> None:
        self._waiting.clear()
