"""Many bags by one command: from a table, or one of each source. Made side by side, and made again at no cost.

A bag that exists and holds the same files and the same description is passed over, so a run that was stopped continues
where it ended. One whose source has changed is told as such: bags are never overwritten. An error ends its bag, not the
others.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from archive.errors import ArchiveError, CancelledError, ExistsError, StorageError, UsageError, from_os_error
from archive.formats import description_csv
from archive.model.batch import BagOrder, BagResult, BagState
from archive.model.build import NO_PROGRESS, Progress
from archive.model.finding import Outcome
from archive.model.light import light_dataclass
from archive.settings import Settings
from archive.stages.auditing.engine_choice import choose_engine
from archive.stages.auditing.engines import Engine, Finished, InlineEngine, Lost
from archive.stages.creation import workflow
from archive.stages.creation.already_made import find_difference
from archive.stages.creation.destination import Destination, find_destination, name_alone
from archive.stages.creation.leftovers import clean_leftovers
from archive.stages.creation.made_list import MadeList
from archive.stages.creation.source_mark import mark_bag, mark_source
from archive.storage.clock import Clock
from archive.storage.concurrency import count_processors

STOP_SECONDS = 20
"""How long an interrupted run waits for its workers to remove what is half-made."""
_FEW = 1
"""So few bags are made in this process: a worker would take longer to start."""


@light_dataclass(frozen=True)
class BatchPlan:
    """How all bags of a batch are made: the arguments of `workflow.create` that they share."""

    to: str
    settings: Settings
    clock: Clock
    plain: bool = False
    dry_run: bool = False
    clean_partial: bool = False
    wrap_bag: bool = False
    accept_damaged: bool = False


@light_dataclass(frozen=True)
class BagTask:
    """One bag as an engine's work. `known` is the mark that an earlier run kept of it."""

    number: int
    order: BagOrder
    plan: BatchPlan
    known: str | None
    beat_seconds: float = 0.5
    rate: float = 0

    @property
    def function(self) -> str:
        return f"{__name__}:work_on"

    @property
    def key(self) -> tuple[int, int]:
        return self.number, 0


def order_each(sources: Sequence[str]) -> tuple[list[BagOrder], list[BagResult]]:
    """A bag for each source, named after it; and those that cannot be, for another source has the same name."""
    orders: list[BagOrder] = []
    failed: list[BagResult] = []
    seen: dict[str, str] = {}
    for source in dict.fromkeys(os.path.normpath(one) if one else one for one in sources):
        try:
            name = name_alone(source)
        except ArchiveError as error:
            failed.append(BagResult(BagOrder(source, os.path.basename(source)), BagState.FAILED, error=error))
            continue
        order = BagOrder(source, name)
        if name in seen:
            problem = f"its bag would have the same name as that of {seen[name]}: {name}"
            remedy = "Rename one of them, or give the names in a table, with --from-csv"
            clash = UsageError(problem, subject=source, remedy=remedy)
            failed.append(BagResult(order, BagState.FAILED, error=clash))
            continue
        seen[name] = source
        orders.append(order)
    return orders, failed


def make_all(orders: Sequence[BagOrder], plan: BatchPlan, progress: Progress = NO_PROGRESS) -> Iterator[BagResult]:
    """Make these bags, several at a time, and give what became of each as it is done.

    The engine, its workers and its scheduler are those of [audit]; two bags or more go to it. KeyboardInterrupt and
    `CancelledError`, which `progress` may raise, stop the workers, and what is half-made is removed. Raises
    `UsageError` and `StorageError` where the engine cannot be had.
    """
    engine = _engine_for(len(orders), plan.settings, progress)
    share = max(1, count_processors() // engine.slots)
    if not plan.settings.render.workers and not isinstance(engine, InlineEngine):
        plan = replace(plan, settings=plan.settings.with_flags("render", workers=share))
    progress.begin("bags", None)
    try:
        with MadeList(plan.to) as made:
            for result in _drive(engine, orders, plan, made, progress):
                name = os.path.basename(result.place)
                if result.mark is not None and name:
                    made.keep(name, result.mark)
                yield result
    except BaseException:
        engine.stop(STOP_SECONDS)
        raise
    finally:
        engine.close()
        progress.end()


def _engine_for(count: int, settings: Settings, progress: Progress) -> Engine:
    if count <= _FEW or (settings.audit.engine == "local" and (settings.audit.workers or count_processors()) == 1):
        return InlineEngine(progress.advance)
    if not settings.audit.workers and settings.audit.engine == "local":
        settings = settings.with_flags("audit", workers=min(count, count_processors()))
    return choose_engine(settings)


def _drive(
    engine: Engine, orders: Sequence[BagOrder], plan: BatchPlan, made: MadeList, progress: Progress
) -> Iterator[BagResult]:
    waiting = enumerate(orders)
    held: dict[tuple[int, int], BagOrder] = {}
    ended = False
    while held or not ended:
        while not ended and len(held) < engine.slots:
            number, order = next(waiting, (-1, None))
            if order is None:
                ended = True
                break
            task = BagTask(number, order, plan, made.find(_file_name(order, plan.settings)))
            held[task.key] = order
            engine.submit(task)
        for signal in engine.wait(0.5) if held else ():
            progress.advance(0 if isinstance(signal, Lost) else signal.bytes)
            if isinstance(signal, Finished) and held.pop(signal.key, None) is not None:
                yield signal.result
            elif isinstance(signal, Lost) and (order := held.pop(signal.key, None)) is not None:
                error = StorageError(
                    "the process that made its bag ended unexpectedly, perhaps for lack of memory",
                    subject=order.source,
                    remedy="Run the same command again",
                )  # fmt: skip
                yield BagResult(order, BagState.FAILED, error=error)
        progress.advance(0)


def _file_name(order: BagOrder, settings: Settings) -> str:
    serialize = settings.create.serialize
    return f"{order.name}.{serialize}" if serialize else order.name


class _Beating:
    """Progress as the heartbeat of a worker."""

    def __init__(self, beat: Callable[[int], None]) -> None:
        self._beat = beat

    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def advance(self, size: int) -> None:
        self._beat(size)

    def end(self) -> None:
        return None


def work_on(task: BagTask, beat: Callable[[int], None]) -> BagResult:
    """Make the bag of a task: what became of it, whatever that was."""
    gc.enable()
    with tempfile.TemporaryDirectory(prefix="muniment-bag-") as folder:
        try:
            return _make(task, _write_table(task.order, folder), _Beating(beat))
        except CancelledError:
            raise
        except ArchiveError as error:
            return BagResult(task.order, BagState.FAILED, error=error.without_cause())
        except OSError as error:
            told = StorageError(f"the system reported: {error.strerror or error}", subject=task.order.source)
            return BagResult(task.order, BagState.FAILED, error=told)
        except Exception as error:  # noqa: BLE001 - a fault over one bag must not cost the others
            return BagResult(task.order, BagState.FAILED, error=_fault(error, task.order.source))


def _fault(error: Exception, source: str) -> ArchiveError:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (
        "" if trace is None else f" at {trace.tb_frame.f_code.co_filename.rpartition('archive/')[2]}:{trace.tb_lineno}"
    )
    return ArchiveError(f"internal error: {type(error).__name__}{place}", subject=source)


def _make(task: BagTask, table: str | None, progress: Progress) -> BagResult:
    order, plan = task.order, task.plan
    where = find_destination(
        [order.source], plan.to, name=order.name, in_place=False, settings=plan.settings, wrap_bag=plan.wrap_bag
    )
    if plan.clean_partial and not plan.dry_run:
        clean_leftovers(where.leftovers())  # also where a run was killed when the bag was in its place already
    mark = mark_source(where, plan.settings, order.table, plain=plan.plain, now=time.time_ns())
    if os.path.lexists(where.target):
        return _compare(task, where, mark, table)
    try:
        report = workflow.create(
            [order.source], plan.to, name=order.name, description=table, plain=plan.plain, settings=plan.settings,
            clock=plan.clock, dry_run=plan.dry_run, clean_partial=plan.clean_partial, wrap_bag=plan.wrap_bag,
            accept_damaged=plan.accept_damaged, progress=progress,
        )  # fmt: skip
    except ExistsError:  # another run has made it meanwhile
        return _compare(task, where, mark, table)
    state = BagState.REFUSED
    if report.created:
        state = BagState.MADE
    elif plan.dry_run and report.outcome is Outcome.INTACT:
        state = BagState.PLANNED
    kept = mark_bag(mark, where.target) if mark is not None and report.created else None
    return BagResult(order, state, report, mark=kept)


def _compare(task: BagTask, where: Destination, mark: str | None, table: str | None) -> BagResult:
    """Is the bag that is there the one that would be made?"""
    kept = None if mark is None else mark_bag(mark, where.target)
    if kept is None or kept != task.known:
        difference = find_difference(where, task.plan.settings, table, plain=task.plan.plain)
        if difference:
            error = ExistsError(
                f"the source has changed since its bag was made ({difference})", subject=task.order.source,
                remedy="Make the bag's next version with archive update, or a new bag under another name",
            )  # fmt: skip
            return BagResult(task.order, BagState.CHANGED, error=error)
    return BagResult(task.order, BagState.ALREADY, bag=where.target, mark=kept)


def _write_table(order: BagOrder, folder: str) -> str | None:
    if order.table is None:
        return None
    path = os.path.join(folder, description_csv.NAME)
    try:
        with open(path, "wb") as file:
            file.write(order.table)
    except OSError as error:
        raise from_os_error(error, path) from error
    return path
