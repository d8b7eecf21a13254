"""Deposits of many bags at one target: one after the other here, or by the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.bags.opening import absolute_address
from archive.errors import ArchiveError
from archive.model.build import NO_PROGRESS, Progress
from archive.model.deposit import DepositReport, DepositState
from archive.model.light import light_dataclass
from archive.settings import Settings
from archive.stages.depositing.workflow import deposit
from archive.stages.spreading import Spread, work_each
from archive.storage.clock import Clock
from archive.targets.registry import open_target

_LOCAL = ("dir", "ocfl")


@light_dataclass(frozen=True)
class DepositOrder:
    """What is asked of each bag's deposit; see `archive.stages.depositing.workflow.deposit`."""

    target: str
    settings: Settings
    clock: Clock
    resume: bool = False
    dry_run: bool = False
    identifier: str | None = None


def deposit_each(
    bags: Sequence[str], order: DepositOrder, *, spread: Spread | None = None, progress: Progress = NO_PROGRESS
) -> Iterator[tuple[str, DepositReport | ArchiveError]]:
    """Each bag with the report on its deposit, or with why there is none: one does not stop the rest.

    With `spread` the workers of a Dask cluster deposit the bags. They must reach bags, target and journals by the same
    paths, and have the target's credentials. Raises `UsageError` for a target that cannot be, `StorageError`.
    """
    if spread is not None:
        open_target(order.target, order.settings, clock=order.clock).close()
        absolute = _absolute(order)
        jobs = [(absolute_address(bag), absolute) for bag in bags]
        for bag, answer in zip(bags, work_each(_deposit, jobs, spread, opens=_has_arrived), strict=True):
            yield bag, answer if isinstance(answer, ArchiveError) else replace(answer, bag=bag)
        return
    target = open_target(order.target, order.settings, clock=order.clock)
    try:
        for bag in bags:
            try:
                report = deposit(
                    bag, target, settings=order.settings, clock=order.clock, resume=order.resume,
                    dry_run=order.dry_run, identifier=order.identifier, progress=progress,
                )  # fmt: skip
            except ArchiveError as error:
                yield bag, error
            else:
                yield bag, report
    finally:
        target.close()


def _deposit(job: tuple[str, DepositOrder]) -> DepositReport:
    """On a worker. A killed one leaves a journal, from which the next goes on."""
    bag, order = job
    for _, answer in deposit_each([bag], order):
        if isinstance(answer, ArchiveError):
            raise answer
        return answer
    raise AssertionError


def _has_arrived(answer: DepositReport | ArchiveError) -> bool:
    """Whether the target is ready for several at a time: the first deposit makes what is not there yet."""
    return isinstance(answer, DepositReport) and answer.state is DepositState.ACCEPTED


def _absolute(order: DepositOrder) -> DepositOrder:
    """The order with a local target's path as every worker finds it."""
    settings = order.settings
    named = settings.targets.get(order.target)
    scheme, colon, _ = str(named.get("url", "") if named is not None else order.target).partition(":")
    if not colon or scheme.lower() not in _LOCAL:
        return order
    url = open_target(order.target, settings, clock=order.clock).label
    if named is None:
        return replace(order, target=url)
    return replace(order, settings=replace(settings, targets={**settings.targets, order.target: {**named, "url": url}}))
