"""The engine that the settings name: the one place where `[audit] workers`, `engine` and `scheduler` are read."""

from __future__ import annotations

from archive.settings import Settings
from archive.stages.auditing.engines import Engine
from archive.storage.concurrency import count_processors


def choose_engine(settings: Settings) -> Engine:
    """The engine of the settings, not yet at work. Raises `UsageError`, `StorageError`."""
    workers = settings.audit.workers or count_processors()
    if settings.audit.engine == "dask":
        from archive.stages.auditing.dask_engine import DaskEngine

        return DaskEngine(settings.audit.scheduler or None, workers)
    from archive.stages.auditing.local_engine import LocalEngine

    return LocalEngine(workers)
