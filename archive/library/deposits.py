"""`deposit`, `deposit_each` and `retrieve`: to a repository and back, with proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.errors import ArchiveError, CancelledError
from archive.formats.naming import path_text
from archive.library.arguments import StrPath, optional_text, path_list, plain_text, rely_on, whole_number
from archive.library.progress import Cancellation, check, watch
from archive.library.reports import DepositReport, RetrievalReport, report_as
from archive.model.build import Progress
from archive.settings import Settings


def deposit(
    bag: StrPath,
    target: str,
    *,
    resume: bool = False,
    dry_run: bool = False,
    identifier: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> DepositReport:
    """Send `bag` to `target` and prove that it arrived: what `archive deposit` does.

    `target` is a name under [targets] in the settings, or an address such as "ocfl:repository". `identifier` is the
    bag's name in the repository, by default its External-Identifier. The report's `state` is ACCEPTED only with a
    receipt. Raises `UsageError`, `DepositError`, `NotFoundError`, `StorageError` and their kinds.
    """
    from archive.stages.depositing import workflow
    from archive.storage.clock import system_clock
    from archive.targets.registry import open_target

    chosen, clock, source = rely_on(settings, "deposit", "ledger"), system_clock(), path_text(bag)
    opened = open_target(path_text(target), chosen, clock=clock)
    try:
        made = workflow.deposit(
            source,
            opened,
            settings=chosen,
            clock=clock,
            resume=resume,
            dry_run=dry_run,
            identifier=optional_text("identifier", identifier),
            progress=watch(progress, cancellation),
        )
    finally:
        opened.close()
    return report_as(DepositReport, made)


def deposit_each(
    bags: Sequence[StrPath],
    target: str,
    *,
    resume: bool = False,
    dry_run: bool = False,
    engine: str = "local",
    scheduler: str | None = None,
    workers: int | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Iterator[tuple[str, DepositReport | ArchiveError]]:
    """Each bag with the report on its deposit at `target`, or with why there is none: one does not stop the rest.

    As `deposit`, in the order given. With the `engine` "dask" the workers of a Dask cluster deposit the bags, several
    at a time: of the one at `scheduler`, by default of [audit] in the settings, else `workers` processes started for
    this call. Raises `UsageError`, `StorageError`, `CancelledError`.
    """
    from archive.stages.depositing import many
    from archive.stages.spreading import choose_spread
    from archive.storage.clock import system_clock

    chosen = rely_on(settings, "deposit", "ledger")
    chosen = chosen.with_flags("deposit", workers=whole_number("workers", workers))
    order = many.DepositOrder(path_text(target), chosen, system_clock(), resume, dry_run)
    spread = choose_spread(chosen, engine, scheduler, chosen.deposit.workers)
    watched = watch(progress, cancellation)
    check(cancellation)
    for bag, answer in many.deposit_each(path_list(bags), order, spread=spread, progress=watched):
        if isinstance(answer, CancelledError):
            raise answer
        yield bag, answer if isinstance(answer, ArchiveError) else report_as(DepositReport, answer)
        check(cancellation)


def retrieve(
    target: str,
    identifier: str,
    to: StrPath,
    *,
    name: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> RetrievalReport:
    """Bring a deposited bag back to the folder `to` and validate it: what `archive retrieve` does.

    `identifier` is that of the receipt. A bag that is not whole is kept as NAME.damaged, and the report has findings.
    Raises `UsageError`, `NotFoundError`, `DepositError`, `StorageError` and their kinds.
    """
    from archive.stages.depositing import retrieval
    from archive.storage.clock import system_clock
    from archive.targets.registry import open_target

    chosen, place = rely_on(settings, "deposit", "ledger"), path_text(to)
    opened = open_target(path_text(target), chosen, clock=system_clock())
    try:
        made = retrieval.retrieve(
            opened,
            plain_text("identifier", identifier),
            place,
            settings=chosen,
            name=optional_text("name", name),
            progress=watch(progress, cancellation),
        )
    finally:
        opened.close()
    return report_as(RetrievalReport, made)
