"""Work on many bags, spread over the workers of a Dask cluster: one bag is one piece of work, done as it is done here.

Nothing is shared but what the workers reach by the same paths and addresses; each needs this version of the program.
"""

from __future__ import annotations

import queue
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from archive.errors import ArchiveError, StorageError, UsageError
from archive.model.light import light_dataclass
from archive.settings import Settings
from archive.storage.concurrency import count_processors
from archive.storage.dask_cluster import DaskCluster

ENGINES = ("local", "dask")

MOST_LOST = 3
"""So many workers that a bag may end, before it counts as what ends them."""

_LOOK_SECONDS = 5
"""How often is seen whether the scheduler is still there, in seconds."""

Job = TypeVar("Job")
Answer = TypeVar("Answer")


@light_dataclass(frozen=True)
class Spread:
    """Where work goes: to the scheduler at an address, else to `workers` processes here; 0 takes one a processor."""

    scheduler: str = ""
    workers: int = 0


def choose_spread(settings: Settings, engine: str, scheduler: str | None, workers: int | None) -> Spread | None:
    """Where work on many bags goes; None for this machine, one bag after the other.

    The scheduler is the one of [audit] in the settings, unless another is named. Raises `UsageError`.
    """
    if engine not in ENGINES:
        raise UsageError(f"the engine must be {' or '.join(ENGINES)}", subject=engine[:40])
    if engine != "dask":
        if scheduler is not None:
            raise UsageError("a scheduler is only used with the engine dask", remedy="Add --engine dask")
        return None
    if scheduler is None:
        settings.require("audit.scheduler")
    return Spread(settings.audit.scheduler if scheduler is None else scheduler, workers or 0)


def work_each(
    work: Callable[[Job], Answer],
    jobs: Sequence[Job],
    spread: Spread,
    *,
    opens: Callable[[Answer | ArchiveError], bool] = lambda _: True,
) -> Iterator[Answer | ArchiveError]:
    """What `work`, a function of a module, gives for each of `jobs`, in their order, or why it gives nothing.

    A job whose worker died is done again by another one: `work` must bear that. Jobs are done one at a time until one
    has an answer that `opens` the way for the others. Raises `UsageError`, `StorageError`.
    """
    with DaskCluster(spread.scheduler or None, spread.workers or count_processors()) as cluster:
        yield from _Work(cluster, work, jobs).answers(opens)


class _Work:
    """The jobs of one call, and how far each of them is."""

    def __init__(self, cluster: DaskCluster, work: Callable[[Any], Any], jobs: Sequence[Any]) -> None:
        self._cluster, self._work, self._jobs = cluster, work, jobs
        self._name = f"muniment-{secrets.token_hex(8)}"
        self._ended: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._running: dict[int, Any] = {}
        self._lost: Counter[int] = Counter()

    def answers(self, opens: Callable[[Any], bool]) -> Iterator[Any]:
        known: dict[int, Any] = {}
        begun = told = 0
        is_open = False
        try:
            while told < len(self._jobs):
                most = 2 * max(1, self._cluster.threads) if is_open else 1
                while begun < len(self._jobs) and len(self._running) < most:
                    self._submit(begun)
                    begun += 1
                for number, answer in self._take():
                    known[number] = answer
                    is_open = is_open or opens(answer)
                while told in known:
                    yield known.pop(told)
                    told += 1
        finally:
            if self._running:
                self._cluster.client.cancel(list(self._running.values()), force=True)

    def _submit(self, number: int) -> None:
        future: Any = self._cluster.client.submit(
            _guarded, self._work, self._jobs[number], key=f"{self._name}-{number}-{self._lost[number]}", pure=False,
            retries=0,
        )  # fmt: skip
        self._running[number] = future
        future.add_done_callback(lambda done: self._ended.put((number, done)))

    def _take(self) -> Iterator[tuple[int, Any]]:
        """The jobs that have ended, waiting for one. Raises `StorageError` when the scheduler has gone."""
        try:
            number, future = self._ended.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            self._cluster.check()
            return
        del self._running[number]
        if future.status == "finished":
            yield number, future.result()
            return
        if future.status == "error" and not _is_lost(future.exception()):
            raise future.exception()
        self._lost[number] += 1
        if self._lost[number] < MOST_LOST:
            self._submit(number)
        else:
            yield number, StorageError(f"{MOST_LOST} workers ended while they worked on it")


def _is_lost(error: BaseException) -> bool:
    from distributed.scheduler import KilledWorker

    return isinstance(error, KilledWorker)


def _guarded(work: Callable[[Any], Any], job: Any) -> Any:
    """On a worker: what cannot be answered is an answer too; anything else is an internal error and raised here."""
    try:
        return work(job)
    except ArchiveError as error:
        return error.without_cause()
