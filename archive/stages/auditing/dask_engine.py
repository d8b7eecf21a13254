"""The Dask engine: batches go to the workers of a Dask cluster, started for one run or running at a given address."""

from __future__ import annotations

import contextlib
import queue
import secrets
import time
from typing import Any

from archive.errors import CancelledError
from archive.stages.auditing.engines import Beaten, Finished, Key, Lost, Signal
from archive.stages.auditing.local_worker import Pulse
from archive.stages.auditing.tasks import Work, carry_out
from archive.storage.dask_cluster import DaskCluster

_RESULT_SECONDS = 60
_LEFT = -1
"""Said instead of a number of bytes when a worker has left a piece of work, whatever became of it."""


class DaskEngine:
    """Hands tasks to the scheduler at `scheduler`, or to a cluster of `workers` processes on this machine.

    Dask repeats nothing by itself here: the ledger decides what is done again, and counts what a batch ends. Raises
    `UsageError` without the extra `dask`, `StorageError` when the scheduler does not answer.
    """

    def __init__(self, scheduler: str | None, workers: int) -> None:
        self._signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        self._left: queue.SimpleQueue[Key] = queue.SimpleQueue()
        self._futures: dict[Key, Any] = {}
        self._avoided: dict[Key, str] = {}
        self._topic = f"muniment-audit-{secrets.token_hex(8)}"
        self._cluster = DaskCluster(scheduler, workers)
        self._client = self._cluster.client
        self._client.subscribe_topic(self._topic, self._hear_beat)

    @property
    def slots(self) -> int:
        return max(1, self._cluster.threads - len(self._avoided))

    def prepare(self, count: int) -> None:
        del count

    def submit(self, task: Work) -> None:
        workers = [name for name in self._cluster.workers() if name not in self._avoided.values()]
        future: Any = self._client.submit(
            _work, task, self._topic, key=f"{self._topic}-{task.key[0]}-{task.key[1]}", pure=False, retries=0,
            workers=workers if workers and self._avoided else None,
        )  # fmt: skip
        self._futures[task.key] = future
        future.add_done_callback(lambda done, key=task.key: self._hear_end(key, done))

    def wait(self, seconds: float) -> list[Signal]:
        signals: list[Signal] = []
        with contextlib.suppress(queue.Empty):
            signals.append(self._signals.get(timeout=seconds))
            while True:
                signals.append(self._signals.get_nowait())
        if not signals:
            self._cluster.check()
        for signal in signals:
            if not isinstance(signal, Beaten):
                self._futures.pop(signal.key, None)
                self._avoided.pop(signal.key, None)
        return signals

    def abandon(self, key: Key) -> None:
        future = self._futures.get(key)
        if future is None:
            return
        for worker, keys in self._client.processing().items():
            if future.key in keys:
                self._avoided[key] = worker

    def stop(self, seconds: float) -> None:
        """A worker learns of it at the next bytes that it reads, by the state of its task."""
        under_way = set(self._futures)
        for future in list(self._futures.values()):
            future.cancel()
        until = time.monotonic() + seconds
        while under_way and (ahead := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                under_way.discard(self._left.get(timeout=ahead))

    def close(self) -> None:
        self._cluster.close()

    def _hear_beat(self, event: tuple[float, Any]) -> None:
        _when, (batch, fence, count) = event
        if count == _LEFT:
            self._left.put((batch, fence))
            return
        self._signals.put(Beaten((batch, fence), count))

    def _hear_end(self, key: Key, future: Any) -> None:
        if future.status != "finished":
            self._signals.put(Lost(key))
            return
        try:
            result, pending = future.result(timeout=_RESULT_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it is, the driver waits for this word
            self._signals.put(Lost(key))  # the worker that held the result is gone
            return
        self._signals.put(Finished(key, result, pending))


def _work(task: Work, topic: str) -> tuple[Any, int]:
    """On a Dask worker: do the work, and tell the driver through the scheduler that it goes on."""
    import distributed

    worker: Any = distributed.get_worker()
    name = worker.get_current_task()

    def tell(count: int) -> None:
        worker.log_event(topic, (*task.key, count))
        state = worker.state.tasks.get(name)
        if state is None or state.state == "cancelled":
            raise CancelledError("the run that requested this was stopped")

    pulse = Pulse(tell, task.beat_seconds, task.rate)
    try:
        result = carry_out(task, pulse)
    finally:
        worker.log_event(topic, (*task.key, _LEFT))
    return result, pulse.pending
