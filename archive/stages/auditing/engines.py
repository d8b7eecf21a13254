"""What a driver asks of an engine: hand out work, tell what becomes of it. Local processes and Dask are two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from archive.model.light import light_dataclass
from archive.stages.auditing.tasks import Work, carry_out, let_go

Key = tuple[int, int]
"""Which piece of work: of an audit, a batch and its fence."""


@light_dataclass(frozen=True)
class Beaten:
    """The worker on this task lives and has read so many bytes more."""

    key: Key
    bytes: int


@light_dataclass(frozen=True)
class Finished:
    """A result came in; perhaps from a worker that was given up meanwhile."""

    key: Key
    result: Any
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

    def submit(self, task: Work) -> None: ...
    def wait(self, seconds: float) -> list[Signal]:
        """What happened, waiting at most so long for something."""
        ...

    def abandon(self, key: Key) -> None:
        """Expect nothing more of the worker on this task, and give it no other one until it answers."""
        ...

    def stop(self, seconds: float) -> None:
        """Ask the workers to leave off what they do and remove what is half-made; wait at most so long for that."""
        ...

    def close(self) -> None:
        """End all workers."""
        ...


class InlineEngine:
    """Runs each task in this process, when the driver waits; `beat` is told the bytes that it reads."""

    def __init__(self, beat: Callable[[int], None] = lambda _count: None) -> None:
        self._waiting: list[Work] = []
        self._beat = beat

    @property
    def slots(self) -> int:
        return 1

    def prepare(self, count: int) -> None:
        del count

    def submit(self, task: Work) -> None:
        self._waiting.append(task)

    def wait(self, seconds: float) -> list[Signal]:
        del seconds
        tasks, self._waiting = self._waiting, []
        return [Finished(task.key, carry_out(task, self._beat), 0) for task in tasks]

    def abandon(self, key: Key) -> None:
        del key

    def stop(self, seconds: float) -> None:
        del seconds

    def close(self) -> None:
        self._waiting.clear()
        let_go()
