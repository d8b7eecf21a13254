"""`deposit` and `retrieve`: to a repository and back, with proof."""

from __future__ import annotations

from archive.formats.naming import path_text
from archive.library.arguments import StrPath, optional_text, plain_text, rely_on
from archive.library.progress import Cancellation, watch
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

    `target` is the name of a place in the settings, or an address such as "ocfl:repository". `identifier` is the
    bag's name in the repository, by default its External-Identifier. The report's `state` is ACCEPTED only with a
    receipt. Raises `UsageError`, `DepositError`, `NotFoundError`, `StorageError` and their kinds.
    """
    from archive.stages.depositing import workflow
    from archive.storage.clock import system_clock
    from archive.targets.registry import open_target

    chosen, clock, source = rely_on(settings, "deposit", "ledger"), system_clock(), path_text(bag)
    at = path_text(target)
    opened = open_target(at, chosen, clock=clock)
    try:
        made = workflow.deposit(
            source,
            opened,
            at=at,
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
