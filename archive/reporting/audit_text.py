"""Audits as plain text: the word first, then what needs attention, each with the next command."""

from __future__ import annotations

from collections.abc import Sequence

from archive.formats.naming import escape
from archive.ledger.life import LifeEvent
from archive.ledger.overview import PastCheck, stamp_of
from archive.ledger.runs import Run
from archive.ledger.verifying import ChainProof
from archive.model.audit import AuditReport, Holding
from archive.model.finding import Finding, Severity, outcome_of
from archive.reporting.finding_text import finding_line
from archive.stages.auditing.life import describe_event
from archive.stages.auditing.status import Status

MOST = 200


def audit_text(report: AuditReport) -> str:
    lines = [escape(report.verdict), *_finding_lines(report.findings)]
    if report.stopped is not None:
        left = f"{report.remaining_files:,} files" if report.remaining_files >= 0 else "more than a million files"
        lines.append(f"left for the next run: {left}\nnext: archive audit")
    return "\n".join(lines)


def status_text(status: Status) -> str:
    counted = f"{status.intact:,} of {status.holdings:,} packages intact at their last look"
    lines = [
        f"{outcome_of(status.findings).value}: {counted}; {status.files:,} files, {status.bytes:,} bytes",
    ]
    if status.last_run is None:
        lines.append("no audit has run yet")
    else:
        run = status.last_run
        lines.append(f"last run: {stamp_of(run.started)}, {escape(run.verdict or 'not finished')}")
    for place in status.away:
        lines.append(f"away since {stamp_of(place.unreachable_since or 0)}: {escape(place.name)}")
    lines += _finding_lines(status.findings)
    return "\n".join(lines)


def runs_text(runs: Sequence[Run]) -> str:
    rows = [
        f"{run.id:>6}  {stamp_of(run.started)}  {run.files:>12,} files  {run.bytes:>18,} bytes  "
        f"{escape(run.verdict or 'not finished')}"
        for run in runs
    ]
    return "\n".join(rows) or "no audit has run yet\nnext: archive audit"


def checks_text(checks: Sequence[PastCheck]) -> str:
    rows = [
        f"{check.seq:>8}  {stamp_of(check.checked)}  {check.outcome.word:<11}  {escape(check.path) or '(the bag)'}"
        + (f"  ({escape(check.reason)})" if check.reason else "")
        for check in checks
    ]
    return "\n".join(rows) or "no checks are recorded"


def chain_text(proof: ChainProof) -> str:
    counted = f"{proof.seals:,} seals over {proof.checks:,} checks and {proof.events:,} events"
    lines = [f"{'damaged' if proof.findings else 'intact'}: {counted}"]
    if proof.witnesses:
        lines.append(f"witnesses compared: {proof.witnesses}")
    return "\n".join([*lines, *_finding_lines(proof.findings)])


def holding_line(holding: Holding, copies: int) -> str:
    state = f"retired {stamp_of(holding.retired_at)}" if holding.retired_at is not None else f"other copies: {copies}"
    return (
        f"{holding.id:>5}  {escape(holding.address)}  {holding.files:,} files  {holding.bytes:,} bytes  "
        f"in {escape(holding.location)}  {state}"
    )


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    lines = [finding_line(finding, place=False) for finding in findings[:MOST]]
    if len(findings) > MOST:
        lines.append(f"... and {len(findings) - MOST:,} more: archive audit history --troubled")
    remedies = dict.fromkeys(finding.kind.remedy for finding in findings if finding.severity is not Severity.NOTE)
    return lines + [f"next: {remedy}" for remedy in remedies]


def life_text(holding: Holding, events: Sequence[LifeEvent]) -> str:
    rows = [
        f"{stamp_of(one.happened)}  {one.kind:<14}  {'success' if one.good else 'failure'}  {describe_event(one)}"
        for one in events
    ]
    return "\n".join([escape(holding.address), *rows])
