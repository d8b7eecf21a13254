"""`archive audit`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from archive.cli.console import progress_for, show, show_json, warn
from archive.cli.holdings import open_current
from archive.cli.options import (
    engine_option,
    events_option,
    json_option,
    passphrase_option,
    path_argument,
    quiet_option,
    scheduler_option,
    strict_option,
    trust_option,
    workers_option,
)
from archive.config import load_settings
from archive.errors import ArchiveError, UsageError
from archive.formats.naming import escape
from archive.ledger.book import Ledger
from archive.model.audit import AuditReport
from archive.model.exits import Exit, exit_of, gravest
from archive.model.finding import Finding, Severity, outcome_of
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.model.checkpoint import CheckpointReport


class AuditGroup(click.Group):
    """A group that is also a command: an argument that does not name a subcommand is a bag to audit."""

    allow_interspersed_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] in self.commands:
            ctx.meta[__name__] = list(args)
            args = []
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        words: list[str] = ctx.meta.get(__name__, [])
        if not words:
            return click.Command.invoke(self, ctx)
        chosen = self.commands[words[0]]
        with chosen.make_context(words[0], words[1:], parent=ctx) as inner:
            return chosen.invoke(inner)


@click.group("audit", cls=AuditGroup, invoke_without_command=True)
@path_argument("bags", required=False)
@click.option("--budget", metavar="2h|500GB", help="Stop after this much time or this many bytes.")
@click.option("--max-age", metavar="90d", help="Files last checked longer ago than this are due.")
@click.option(
    "--sample",
    metavar="10%",
    help="Check a random percentage of all files, due or not (with --max-age: of the due ones).",
)
@click.option("--seed", type=click.IntRange(0), help="Seed for the random sample; default: a new one each time.")
@click.option("--place", "locations", metavar="NAME", multiple=True, help="Only the bags in this place.")
@click.option("--retry-failed", is_flag=True, help="Only files whose last check failed.")
@click.option("--rate", metavar="50MB/s", help="Read no faster than this.")
@workers_option
@engine_option
@scheduler_option
@click.option("--notify", is_flag=True, help="Send one summary of the run, as [notify] in archive.toml says.")
@strict_option
@quiet_option
@events_option
@json_option
def command(bags: tuple[str, ...], **given: Any) -> int:
    """Check the fixity of what is due, longest unchecked first, or of all files of the BAGs given.

    \b
    Example:
      archive audit --budget 2h
      archive audit bags/press-release
    """
    from archive.reporting.audit import audit_document, audit_text
    from archive.stages.auditing.run_plan import known_bags, require_holdings

    untold: ArchiveError | None = None
    try:
        with open_current() as (ledger, found):
            require_holdings(ledger)
            known, failures = known_bags(ledger, bags)
            for failure in failures:
                click.echo(f"error: {escape(str(failure))}", err=True)
            report = _run(ledger, found, tuple(known), given)
    except ArchiveError as error:
        if given["notify"]:
            untold = _notify(_report_failure(error))
            if untold is not None:
                warn(str(untold))
        raise
    if given["notify"]:
        untold = _notify(report)
    if given["as_json"]:
        show_json(audit_document(report))
    else:
        show(audit_text(report))
    code = gravest((_exit_of(report.findings, strict=given["strict"]), *(error.exit_code for error in failures)))
    if untold is None:
        return code
    click.echo(f"error: {escape(str(untold))}", err=True)
    return gravest((code, untold.exit_code))


def _run(ledger: Ledger, found: Settings, bags: tuple[str, ...], given: dict[str, Any]) -> AuditReport:
    from archive.stages.auditing.driver import run_audit
    from archive.stages.auditing.engine_choice import choose_engine
    from archive.stages.auditing.locations import options_by_location
    from archive.stages.auditing.run_plan import plan_audit
    from archive.storage.clock import system_clock

    settings = found.with_flags("audit", **{
        key: given[key] for key in ("budget", "max_age", "rate", "workers", "engine", "scheduler")
    })  # fmt: skip
    plan = plan_audit(ledger, settings, bags, given)
    progress = progress_for(quiet=given["quiet"], events=given["events"])
    options = options_by_location(ledger, settings)
    return run_audit(ledger, plan, choose_engine(settings), locations=options, clock=system_clock(), progress=progress)


def _notify(report: AuditReport) -> ArchiveError | None:
    """Send the summary; what stood in its way, if it could not be sent: that must not hide what the audit found."""
    from archive.stages.auditing.notifying import notify

    try:
        settings = load_settings()
        settings.require("notify")
        done = notify(settings, report, os.environ)
    except ArchiveError as error:
        return error
    return next((one.error for one in done if one.error is not None), None)


def _report_failure(error: ArchiveError) -> AuditReport:
    """The report of a run that could not be made."""
    from archive.model.codes import audit as codes

    finding = codes.DID_NOT_RUN.at("audit", reason=str(error))
    return AuditReport(0, f"not checked: the audit did not run: {error}", findings=(finding,))


@command.command("status")
@click.option("--max-age", metavar="90d", help="Files last checked longer ago than this are overdue.")
@json_option
def status(max_age: str | None, as_json: bool) -> int:
    """Show the state of all holdings. Ends with 4 when files are overdue or were never checked, 1 when damage is known.

    \b
    Example:
      archive audit status
    """
    from archive.reporting.audit import status_document, status_text
    from archive.stages.auditing.run_plan import require_holdings
    from archive.stages.auditing.status import read_status
    from archive.storage.clock import system_clock

    with open_current() as (ledger, settings):
        require_holdings(ledger)
        age = settings.with_flags("audit", max_age=max_age).audit.max_age
        found = read_status(ledger, age, system_clock())
    if as_json:
        show_json(status_document(found))
    else:
        show(status_text(found))
    return _exit_of(found.findings, strict=False)


@command.command("history")
@path_argument("bag", required=False)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many lines.")
@click.option("--troubled", is_flag=True, help="Leave out what was intact.")
@json_option
def history(bag: tuple[str, ...], limit: int, troubled: bool, as_json: bool) -> int:
    """List the runs, or with a BAG every check of its files, newest first.

    \b
    Example:
      archive audit history bags/press-release --troubled
    """
    from archive.ledger.overview import past_checks
    from archive.ledger.runs import list_runs
    from archive.reporting.audit import checks_text, history_document, runs_text
    from archive.stages.auditing.holdings import find_only

    with open_current() as (ledger, _settings):
        holdings: list[int | None] = [find_only(ledger, one).id for one in bag]
        runs = [] if holdings or troubled else list_runs(ledger, limit=limit)
        checks = [
            check for number in holdings or ([None] if troubled else [])
            for check in past_checks(ledger, holding=number, limit=limit, troubled=troubled)
        ]  # fmt: skip
    if as_json:
        show_json(history_document(runs, checks))
    else:
        show(checks_text(checks) if holdings or troubled else runs_text(runs))
    return Exit.DONE


@command.command("verify")
@click.option(
    "--witness", "values", metavar="LINE|FILE", multiple=True,
    help="A line that audit witness printed, a file of such lines, a checkpoint, or the proof beside a receipt.",
)  # fmt: skip
@trust_option
@json_option
def verify(values: tuple[str, ...], trust: str | None, as_json: bool) -> int:
    """Prove that nothing recorded was changed: every seal of the chain is computed again.

    With a witness it is proven as well that the chain still begins with what was there when it was made. The seal of a
    checkpoint is verified where a trust folder is named.

    \b
    Example:
      archive audit verify --witness "$(cat witness-2026.txt)"
      archive audit verify --witness /mnt/other-archive/checkpoint --trust trust
    """
    from archive.reporting.audit import chain_document, chain_text
    from archive.stages.trusting import read_named_trust
    from archive.stages.witnessing.comparing import compare_with_ledger, read_witness
    from archive.storage.clock import Clock

    if any(not value.strip() for value in values):
        raise UsageError("the witness line is empty")
    given = [read_witness(value) for value in values]
    with open_current() as (ledger, settings):
        believed = read_named_trust(trust, settings) if any(one.folder for one in given) or trust else None
        proof = compare_with_ledger(ledger, given, settings, believed, at=Clock().now())
    if as_json:
        show_json(chain_document(proof))
    else:
        show(chain_text(proof))
    return _exit_of(proof.findings, strict=False)


@command.command("witness")
@click.option("--stamp", is_flag=True, help="Make a checkpoint: a signed and stamped folder below witness.")
@click.option(
    "--key", "keys", multiple=True, metavar="KEY",
    help="With --stamp: a key file, or ssh:FILE.pub; may be repeated. Default: [seal] key.",
)  # fmt: skip
@click.option("--tsa", "urls", multiple=True, metavar="URL", help="With --stamp: ask this timestamp authority.")
@click.option(
    "--to", "parties", multiple=True, metavar="PARTY",
    help="With --stamp: hand it to folder:PATH, mail:ADDRESS or command:PROGRAM; repeatable. Default: [witness] to.",
)  # fmt: skip
@trust_option
@passphrase_option
@strict_option
@json_option
def witness(
    *,
    stamp: bool,
    keys: tuple[str, ...],
    urls: tuple[str, ...],
    parties: tuple[str, ...],
    trust: str | None,
    passphrase_fd: int | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Print one line to publish or mail: later, `audit verify --witness` shows whether the past was rewritten.

    With --stamp the line also has the root of a hash tree over the whole chain, and is put into a folder below witness
    with its signature and stamps; hand it to at least two parties outside, for example another archive and a notary.

    \b
    Example:
      archive audit witness >> witness-2026.txt
      archive audit witness --stamp --to mail:notary@example.org --to folder:/mnt/other-archive
    """
    from archive.ledger.verifying import make_witness
    from archive.reporting.audit import checkpoint_document, checkpoint_text, witness_document
    from archive.storage.clock import system_clock

    if not stamp:
        if keys or urls or parties or trust or passphrase_fd is not None:
            raise UsageError(
                "--key, --tsa, --to, --trust and --passphrase-fd are only used with --stamp", remedy="Add --stamp"
            )
        with open_current() as (ledger, _settings):
            found = make_witness(ledger, system_clock().stamp())
        if as_json:
            show_json(witness_document(found))
        else:
            show(found.line())
        return Exit.DONE
    report = _take_checkpoint(keys, urls, parties, trust, passphrase_fd)
    if as_json:
        show_json(checkpoint_document(report))
    else:
        show(checkpoint_text(report))
    return _exit_of(report.findings, strict=strict)


def _take_checkpoint(
    keys: tuple[str, ...], urls: tuple[str, ...], parties: tuple[str, ...], trust: str | None, descriptor: int | None
) -> CheckpointReport:
    from archive.cli.seal import open_named_keys
    from archive.stages.sealing.order import SealOrder
    from archive.stages.trusting import read_named_trust
    from archive.stages.witnessing.checkpointing import take_checkpoint
    from archive.stages.witnessing.handing_over import parse_party

    with open_current() as (ledger, settings):
        chosen = [parse_party(one, settings) for one in _parties_of(parties, settings)]
        order = SealOrder(
            keys=open_named_keys(keys, settings, descriptor),
            trust=read_named_trust(trust, settings),
            urls=urls,
            settings=settings,
            progress=progress_for(quiet=True),
        )
        return take_checkpoint(ledger, settings, order, chosen)


def _parties_of(given: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    if given:
        return given
    settings.require("witness")
    return settings.witness.to


def _exit_of(findings: Sequence[Finding], *, strict: bool) -> int:
    warned = any(finding.severity is Severity.WARNING for finding in findings)
    return exit_of(outcome_of(findings), warned=strict and warned)
