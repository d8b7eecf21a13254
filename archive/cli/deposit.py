"""`archive deposit BAG... PLACE`."""

from __future__ import annotations

import shlex

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.name_lists import expand_lists
from archive.cli.options import (
    NamedPath,
    current_settings,
    engine_option,
    events_option,
    json_option,
    quiet_option,
    scheduler_option,
    spread_of,
)
from archive.errors import ArchiveError, NotFoundError, UsageError, without_users
from archive.model.deposit import DepositReport
from archive.model.exits import exit_of_deposit, gravest


@click.command("deposit")
@click.argument("bags", nargs=-1, metavar="BAG...", type=NamedPath(), callback=expand_lists)
@click.argument("target", required=False, metavar="PLACE")
@click.option("--dry-run", is_flag=True, help="Validate the bag and reach the place, but send nothing.")
@click.option("--resume", is_flag=True, help="Continue after an unknown outcome: ask the place first, then send again.")
@click.option(
    "--identifier", metavar="ID",
    help="The bag's name in the repository, instead of its External-Identifier; a known one makes a new version.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N",
    help="Threads that compute digests, or Dask workers; default: one per processor.",
)  # fmt: skip
@engine_option
@scheduler_option
@json_option
@events_option
@quiet_option
def command(
    *,
    bags: tuple[str, ...],
    target: str | None,
    dry_run: bool,
    resume: bool,
    identifier: str | None,
    workers: int | None,
    engine: str | None,
    scheduler: str | None,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Send bags to a repository and prove that they arrived.

    PLACE is a name under [places] in archive.toml, or an address: ocfl:PATH, dir:PATH, s3://BUCKET/PREFIX,
    sftp://HOST/PATH, webdav+https://HOST/PATH, sword+https://..., invenio+https://... An interrupted deposit continues
    where it stopped when the same command is run again. Credentials come from the environment, a file with mode 0600 or
    the keyring.

    With --engine dask, the workers of a Dask cluster deposit several bags at a time.

    \b
    Example:
      archive deposit bags/press-release ocfl:repository
      archive deposit @bags.txt ocfl:repository
      archive deposit --dry-run bags/press-release s3://holdings/incoming
      archive deposit --engine dask --workers 4 bags/* ocfl:repository
    """
    from archive.stages.depositing.many import DepositOrder, deposit_each
    from archive.storage.clock import system_clock

    if target is None or not bags:
        raise click.UsageError(_incomplete(target))
    if identifier is not None and len(bags) > 1:
        raise click.UsageError("--identifier names one bag; several are given.")
    settings = current_settings().with_flags("deposit", workers=workers)
    settings.require("deposit", "ledger")
    order = DepositOrder(target, settings, system_clock(), resume, dry_run, identifier)
    spread = spread_of(settings, engine, scheduler, settings.deposit.workers)
    progress = progress_for(quiet=quiet, events=events)
    reports: list[DepositReport] = []
    failures: list[tuple[str, ArchiveError]] = []
    named = ["--identifier", identifier] if identifier is not None else []
    for bag, answer in deposit_each(bags, order, spread=spread, progress=progress):
        again = shlex.join([*named, without_users(bag), target])
        if isinstance(answer, ArchiveError):
            failures.append((without_users(bag), answer))
            if not as_json:
                _show_failure(bag, again, answer)
            continue
        reports.append(answer)
        if not as_json:
            _show_report(answer, again)
    code = gravest([*(exit_of_deposit(report) for report in reports), *(e.exit_code for _, e in failures)])
    if as_json:
        from archive.reporting.deposit import deposit_document

        show_json(deposit_document(reports, failures, code))
    return code


def _incomplete(only: str | None) -> str:
    lacking = "a bag, and a place last"
    if only is not None:
        from archive.targets.registry import SCHEMES

        is_place = only.partition(":")[0] in SCHEMES or only in current_settings().places
        lacking = "a bag before the place" if is_place else "a place as the last argument"
    return f"A deposit needs {lacking}, as in: archive deposit bags/press-release ocfl:repository"


def _show_report(report: DepositReport, again: str) -> None:
    from archive.reporting.deposit import deposit_lines

    for line in deposit_lines(report, again):
        show(line)


def _show_failure(bag: str, again: str, error: ArchiveError) -> None:
    from archive.formats.naming import escape

    shown = without_users(bag)
    words = str(error) if error.subject == shown else f"{shown}: {error}"
    click.echo(f"error: {escape(words)}", err=True)
    if not isinstance(error, (UsageError, NotFoundError)):
        click.echo(f"  Then: archive deposit {escape(again)}", err=True)
