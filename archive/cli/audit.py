"""`archive audit`."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Any

import click

from archive.cli.console import progress_for, show, show_json, warn
from archive.cli.exits import Exit, exit_of, gravest
from archive.cli.holdings import only_one, open_current
from archive.cli.options import (
    current_settings,
    events_option,
    json_option,
    path_argument,
    quiet_option,
    strict_option,
)
from archive.config import Settings
from archive.errors import ArchiveError, UsageError
from archive.formats.naming import escape
from archive.ledger.book import Ledger
from archive.model.audit import AuditReport
from archive.model.finding import Finding, Severity, outcome_of


class AuditGroup(click.Group):
    """A group that is also a command: what is no subcommand's name is a bag to audit."""

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
@click.option("--budget", metavar="2h|500GB", help="Stop after so much time or so many bytes.")
@click.option("--max-age", metavar="90d", help="What was checked longer ago than this is due.")
@click.option("--sample", metavar="10%", help="A random share of all files, due or not (with --max-age: of the due).")
@click.option(
    "--seed", type=click.IntRange(0), help="Draw the sample that this number gives; by default another each time."
)
@click.option("--location", "locations", metavar="NAME", multiple=True, help="Only what stands in this location.")
@click.option("--retry-failed", is_flag=True, help="Only files whose last look was not good.")
@click.option("--rate", metavar="50MB/s", help="Read no faster than this.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; by default one a processor.")
@click.option("--engine", type=click.Choice(["local", "dask"]), help="What runs the workers.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="A Dask scheduler to use.")
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
    from archive.reporting.audit_json import audit_document
    from archive.reporting.audit_text import audit_text

    untold: ArchiveError | None = None
    try:
        with open_current() as (ledger, found):
            report = _run(ledger, found, bags, given)
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
    code = _exit_of(report.findings, strict=given["strict"])
    if untold is None:
        return code
    click.echo(f"error: {escape(str(untold))}", err=True)
    return gravest((code, untold.exit_code))


def _run(ledger: Ledger, found: Settings, bags: tuple[str, ...], given: dict[str, Any]) -> AuditReport:
    from archive.stages.auditing.asking import choose_engine, plan_audit
    from archive.stages.auditing.driver import run_audit
    from archive.stages.auditing.places import location_options
    from archive.storage.clock import system_clock

    settings = found.with_flags("audit", **{
        key: given[key] for key in ("budget", "max_age", "rate", "workers", "engine", "scheduler")
    })  # fmt: skip
    plan = plan_audit(ledger, settings, bags, given)
    progress = progress_for(quiet=given["quiet"], events=given["events"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = {name: location_options(settings, name) for name in settings.locations}
    return run_audit(ledger, plan, choose_engine(settings), locations=options, clock=system_clock(), progress=progress)


def _notify(report: AuditReport) -> ArchiveError | None:
    """Send the summary; what stood in its way, if it could not be sent: that must not hide what the audit found."""
    from archive.stages.auditing.notifying import notify

    try:
        notify(current_settings().notify, report, os.environ)
    except ArchiveError as error:
        return error
    return None


def _report_failure(error: ArchiveError) -> AuditReport:
    """The report of a run that could not be made."""
    from archive.model.codes import audit as codes

    finding = codes.DID_NOT_RUN.at("audit", reason=str(error))
    return AuditReport(0, f"not checked: the audit did not run: {error}", findings=(finding,))


@command.command("status")
@click.option("--max-age", metavar="90d", help="What was checked longer ago than this is overdue.")
@json_option
def status(max_age: str | None, as_json: bool) -> int:
    """Tell how things stand. Ends with 4 when files are overdue or were never checked, 1 when damage is known.

    \b
    Example:
      archive audit status
    """
    from archive.reporting.audit_json import status_document
    from archive.reporting.audit_text import status_text
    from archive.stages.auditing.asking import require_holdings
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
    from archive.reporting.audit_json import history_document
    from archive.reporting.audit_text import checks_text, runs_text

    with open_current() as (ledger, _settings):
        holdings: list[int | None] = [only_one(ledger, one).id for one in bag]
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
@click.option("--witness", "lines", metavar="LINE", multiple=True, help="A line that audit witness printed earlier.")
@json_option
def verify(lines: tuple[str, ...], as_json: bool) -> int:
    """Prove that nothing recorded was changed: every seal of the chain is computed again.

    \b
    Example:
      archive audit verify --witness "$(cat witness-2026.txt)"
    """
    from archive.ledger.chain import parse_witness
    from archive.ledger.verifying import verify_chain
    from archive.reporting.audit_json import chain_document
    from archive.reporting.audit_text import chain_text

    witnesses = [parse_witness(line) for text in lines for line in text.splitlines() if line.strip()]
    if lines and not witnesses:
        raise UsageError("the witness line is empty")
    with open_current() as (ledger, _settings):
        proof = verify_chain(ledger, witnesses)
    if as_json:
        show_json(chain_document(proof))
    else:
        show(chain_text(proof))
    return _exit_of(proof.findings, strict=False)


@command.command("witness")
@json_option
def witness(as_json: bool) -> int:
    """Print one line to publish or mail: later, `audit verify --witness` shows whether the past was rewritten.

    \b
    Example:
      archive audit witness >> witness-2026.txt
    """
    from archive.ledger.verifying import make_witness
    from archive.reporting.audit_json import witness_document
    from archive.storage.clock import system_clock

    with open_current() as (ledger, _settings):
        found = make_witness(ledger, system_clock().stamp())
    if as_json:
        show_json(witness_document(found))
    else:
        show(found.line())
    return Exit.DONE


def _exit_of(findings: Sequence[Finding], *, strict: bool) -> int:
    warned = any(finding.severity is Severity.WARNING for finding in findings)
    return exit_of(outcome_of(findings), warned=strict and warned)
