"""A Dask cluster: a standing one by its scheduler's address, or one of this machine's own for a single run."""

from __future__ import annotations

import contextlib
import logging
from types import TracebackType
from typing import Any

from archive.errors import StorageError, UsageError

CONNECT_SECONDS = 20
_GONE = "the Dask scheduler does not answer any more"
_LOGS = ("distributed", "distributed.client", "distributed.scheduler", "distributed.worker", "distributed.nanny")
"""Loggers that report a lost connection by themselves; the program says it once, in its own words."""


class DaskCluster:
    """A client of the scheduler at `scheduler`, or of a cluster of `workers` processes on this machine.

    Dask repeats nothing by itself here: who hands out work decides what is done again. Raises `UsageError` without the
    extra `dask`, `StorageError` when the scheduler does not answer or the workers do not start.
    """

    def __init__(self, scheduler: str | None, workers: int) -> None:
        try:
            import dask
            import distributed
        except ImportError:
            raise UsageError("this engine needs the extra `dask`", remedy="Run: pip install 'muniment[dask]'") from None
        library: Any = distributed
        for name in _LOGS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._own: Any = None
        if scheduler is None:
            dask.config.set({"distributed.scheduler.allowed-failures": 0})
            try:
                self._own = library.LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )  # fmt: skip
            except (OSError, RuntimeError, TimeoutError) as error:
                raise StorageError(
                    f"the Dask workers did not start: {error}", remedy="Run the command again"
                ) from error
        try:
            self.client: Any = library.Client(
                scheduler if scheduler is not None else self._own, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, TimeoutError) as error:
            raise StorageError("the Dask scheduler does not answer", subject=scheduler) from error

    @property
    def threads(self) -> int:
        """How many pieces of work can run side by side."""
        return sum(self.workers().values())

    def workers(self) -> dict[str, int]:
        """The addresses of the workers, each with its threads. Raises `StorageError` when the scheduler has gone."""
        try:
            return dict(self.client.nthreads())
        except (OSError, TimeoutError) as error:
            raise StorageError(_GONE) from error

    def check(self) -> None:
        """Raise `StorageError` when the scheduler has gone: then nothing more will ever be heard of the work."""
        if self.client.status != "running":
            raise StorageError(_GONE)

    def close(self) -> None:
        """Let go of the scheduler, and end the workers of a cluster that this process started."""
        own = () if self._own is None else tuple(worker.pid for worker in self._own.workers.values())
        with contextlib.suppress(OSError, TimeoutError):
            self.client.close(timeout=5)
        if self._own is not None:
            with contextlib.suppress(OSError, TimeoutError):
                self._own.close(timeout=5)
        import multiprocessing

        # A worker that is stopped outlives the request to end, and `multiprocessing` would wait for it without end.
        for child in multiprocessing.active_children():
            if child.pid in own:
                child.kill()

    def __enter__(self) -> DaskCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
