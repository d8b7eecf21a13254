"""`archive audit`."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Any

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.exits import Exit
from archive.cli.holdings import only_one, open_current
from archive.cli.options import events_option, json_option, path_argument, quiet_option, strict_option
from archive.config import Settings
from archive.errors import UsageError
from archive.ledger.book import Ledger
from archive.model.finding import Finding, Outcome, Severity, outcome_of


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
    from archive.stages.auditing.driver import run_audit
    from archive.stages.auditing.places import location_options
    from archive.storage.clock import system_clock

    with open_current() as (ledger, found):
        settings = found.with_flags("audit", **{
            key: given[key] for key in ("budget", "max_age", "rate", "workers", "engine", "scheduler")
        })  # fmt: skip
        plan = _plan(ledger, settings, bags, given)
        progress = progress_for(quiet=given["quiet"], events=given["events"])
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        options = {name: location_options(settings, name) for name in settings.locations}
        report = run_audit(ledger, plan, _engine(settings), locations=options, clock=system_clock(), progress=progress)
        if given["notify"]:
            from archive.stages.auditing.notifying import notify

            notify(settings.notify, report, os.environ)
    if given["as_json"]:
        show_json(audit_document(report))
    else:
        show(audit_text(report))
    return _exit_of(report.findings, strict=given["strict"])


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
    from archive.stages.auditing.status import read_status
    from archive.storage.clock import system_clock

    with open_current() as (ledger, settings):
        _require_holdings(ledger)
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
def witness() -> int:
    """Print one line to publish or mail: later, `audit verify --witness` shows whether the past was rewritten.

    \b
    Example:
      archive audit witness >> witness-2026.txt
    """
    from archive.ledger.verifying import make_witness
    from archive.storage.clock import system_clock

    with open_current() as (ledger, _settings):
        show(make_witness(ledger, system_clock().stamp()).line())
    return Exit.DONE


def _plan(ledger: Ledger, settings: Settings, bags: Sequence[str], given: dict[str, Any]) -> Any:
    from archive.ledger.choosing import Wanted, draw_seed
    from archive.ledger.holdings import find_holdings, list_locations
    from archive.stages.auditing.amounts import parse_age, parse_budget, parse_rate, parse_share
    from archive.stages.auditing.driver import Plan
    from archive.stages.auditing.places import absolute_address

    _require_holdings(ledger)
    holdings = [one.id for bag in bags for one in find_holdings(ledger, bag, absolute=absolute_address(bag, ""))]
    places = {place.name: place.id for place in list_locations(ledger)}
    for name in given["locations"]:
        if name not in places:
            raise UsageError("no holding stands in this location", subject=name, remedy="See archive holdings list")
    any_age = (holdings or given["sample"] or given["retry_failed"]) and given["max_age"] is None
    max_age = parse_age(settings.audit.max_age)
    sample = parse_share(given["sample"]) if given["sample"] else None
    wanted = Wanted(
        max_age=None if any_age else max_age, holdings=tuple(holdings),
        locations=tuple(places[name] for name in given["locations"]), retry=given["retry_failed"], sample=sample,
        seed=draw_seed() if sample is not None else 0,
    )  # fmt: skip
    seconds, size = parse_budget(settings.audit.budget)
    told = {
        key: value for key, value in given.items() if value not in (None, False, ()) and key not in ("as_json", "quiet")
    }
    return Plan(
        wanted, seconds, size, parse_rate(settings.audit.rate), max(settings.audit.lease_seconds, 1),
        {**told, "bags": list(bags)}, max(settings.audit.answer_seconds, 1),
    )  # fmt: skip


def _require_holdings(ledger: Ledger) -> None:
    """Raises `UsageError` for a ledger that holds nothing: no audit of nothing is a success."""
    from archive.ledger.holdings import list_holdings

    if not list_holdings(ledger):
        raise UsageError("the ledger has no holdings", remedy="Enter a bag: archive holdings add BAG")


def _engine(settings: Settings) -> Any:
    workers = settings.audit.workers or len(os.sched_getaffinity(0))
    if settings.audit.engine == "dask":
        from archive.stages.auditing.cluster import DaskEngine

        return DaskEngine(settings.audit.scheduler or None, workers)
    from archive.stages.auditing.local import LocalEngine

    return LocalEngine(workers)


def _exit_of(findings: Sequence[Finding], *, strict: bool) -> int:
    outcome = outcome_of(findings)
    if outcome is Outcome.DAMAGED:
        return Exit.DAMAGED
    if outcome is Outcome.NOT_CHECKED:
        return Exit.NOT_CHECKED
    warned = any(finding.severity is Severity.WARNING for finding in findings)
    return Exit.WARNINGS if strict and warned else Exit.DONE
