"""`create_each`, `create_from_csv` and `watch`: many bags by one call."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from archive.errors import ArchiveError
from archive.formats.naming import path_text
from archive.library import progress as watching
from archive.library.arguments import StrPath, optional_path, optional_text, path_list, rely_on, whole_number
from archive.library.progress import Cancellation
from archive.library.reports import CreationReport, report_as
from archive.model.batch import BagResult
from archive.model.build import Progress
from archive.model.light import light_dataclass
from archive.model.watching import Arrival
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.model.batch import BagOrder
    from archive.stages.creation.batch import BatchPlan
    from archive.stages.creation.watching import Watch, WatchRound

_LOOK = 0.5
_ENGINE = ("audit.engine", "audit.workers", "audit.scheduler")


def create_from_csv(
    from_csv: StrPath,
    to: StrPath,
    *,
    dry_run: bool = False,
    workers: int | None = None,
    engine: Literal["local", "dask"] | None = None,
    scheduler: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> tuple[BagResult, ...]:
    """Make a bag for each row of a table, in the folder `to`: what `archive create --from-csv` does.

    Several bags are made at a time, by `workers` processes or by the `engine`; with "dask" by the cluster at
    `scheduler`. What is None is taken from [audit] of the settings. A row whose bag exists and holds the same is
    skipped, and a row that fails does not stop the rest: its result has the error. Raises `NotFoundError`,
    `UsageError` and `FormatError` for the table itself, `StorageError` for the engine, and `CancelledError`.
    """
    from archive.stages.creation.bag_table import read_rows

    chosen, table = _with_engine(rely_on(settings, *_ENGINE), workers, engine, scheduler), path_text(from_csv)
    plan = _plan(chosen, to, plain=False, dry_run=dry_run)
    return _make_all(read_rows(table), plan, watching.watch(progress, cancellation))


def create_each(
    sources: StrPath | Sequence[StrPath],
    to: StrPath,
    *,
    plain: bool = False,
    dry_run: bool = False,
    workers: int | None = None,
    engine: Literal["local", "dask"] | None = None,
    scheduler: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> tuple[BagResult, ...]:
    """Make a bag of each of `sources` in the folder `to`: what `archive create --each` does.

    As `create_from_csv`; the bags are called as their sources. Results are in the order of the sources; those of which
    no bag can be made come last. Raises `UsageError`, `StorageError` for the engine, and `CancelledError`.
    """
    from archive.stages.creation.batch import order_each

    chosen = _with_engine(rely_on(settings, *_ENGINE), workers, engine, scheduler)
    plan = _plan(chosen, to, plain=plain, dry_run=dry_run)
    orders, failed = order_each(path_list(sources))
    return (*_make_all(orders, plan, watching.watch(progress, cancellation)), *failed)


@light_dataclass(frozen=True)
class WatchReport:
    """One look at a watched folder: the bags that were made or failed, what still waits, and what was moved away.

    `moved` has the new path of each source by the old one; `problems` say why a source could not be moved.
    """

    results: tuple[BagResult, ...]
    waiting: tuple[Arrival, ...]
    moved: dict[str, str]
    problems: tuple[ArchiveError, ...] = ()


def watch(
    folder: StrPath,
    to: StrPath,
    *,
    once: bool = False,
    settle_seconds: int | None = None,
    done: StrPath | None = None,
    plain: bool = False,
    workers: int | None = None,
    engine: Literal["local", "dask"] | None = None,
    scheduler: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Iterator[WatchReport]:
    """Make a bag of each file and folder that settles in `folder`, in the folder `to`: what `archive watch` does.

    Gives a report after each look, so that a program can hold, seal or deposit what was made, and end by leaving the
    loop. With `once` there is one look, after `settle_seconds`. Sources whose bag is there are moved into `done`, if
    given. What fails is tried again when it changes or after an hour. Raises `UsageError`, `StorageError` when the
    folder cannot be read, and `CancelledError`.
    """
    from archive.stages.creation.watching import Watch, check_places

    looked_at, made_in, kept = path_text(folder), path_text(to), optional_path(done)
    check_places(looked_at, made_in, kept)
    chosen = _with_engine(rely_on(settings, *_ENGINE), workers, engine, scheduler)
    chosen = chosen.with_flags("watch", settle_seconds=whole_number("settle_seconds", settle_seconds))
    plan = _plan(chosen, to, plain=plain, dry_run=False)
    under_watch = Watch(looked_at, chosen.watch.settle_seconds, () if kept is None else (kept,))
    rounds = under_watch.rounds(once=bool(once), sleep=lambda seconds: _sleep(seconds, cancellation))
    return _look(under_watch, rounds, plan, kept, watching.watch(progress, cancellation))


def _look(
    under_watch: Watch, rounds: Iterator[WatchRound], plan: BatchPlan, done: str | None, progress: Progress
) -> Iterator[WatchReport]:
    from archive.stages.creation.batch import order_each

    for one in rounds:
        orders, failed = order_each(one.ready)
        results = (*_make_all(orders, plan, progress), *failed)
        for result in results:
            under_watch.note(result.order.source, "" if result.place else str(result.error or result.state.value))
        finished = [result.order.source for result in results if result.place and done is not None]
        moved, problems = under_watch.move_all(finished, done or "")
        yield WatchReport(results, one.waiting, moved, tuple(problems))


def _sleep(seconds: float, cancellation: Cancellation | None) -> None:
    """Sleep, and raise `CancelledError` soon after `cancel` was called."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        watching.check(cancellation)
        time.sleep(min(left, _LOOK))
    watching.check(cancellation)


def _with_engine(settings: Settings, workers: int | None, engine: str | None, scheduler: str | None) -> Settings:
    return settings.with_flags(
        "audit",
        workers=whole_number("workers", workers, 256),
        engine=optional_text("engine", engine),
        scheduler=optional_text("scheduler", scheduler),
    )


def _plan(settings: Settings, to: StrPath, *, plain: bool, dry_run: bool) -> BatchPlan:
    from archive.stages.creation.batch import BatchPlan
    from archive.storage.clock import system_clock

    return BatchPlan(path_text(to), settings, system_clock(), plain=plain, dry_run=dry_run)


def _make_all(orders: Sequence[BagOrder], plan: BatchPlan, progress: Progress) -> tuple[BagResult, ...]:
    from archive.stages.creation.batch import make_all

    rank = {(order.source, order.name): number for number, order in enumerate(orders)}
    made = sorted(make_all(orders, plan, progress), key=lambda one: rank[one.order.source, one.order.name])
    return tuple(
        one if one.report is None else replace(one, report=report_as(CreationReport, one.report)) for one in made
    )
