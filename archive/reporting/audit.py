"""Reports of audits and of the ledger's chain, as text and as JSON (archive.audit/1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.ledger.chain import Witness
from archive.ledger.overview import PastCheck, stamp_of
from archive.ledger.runs import AuditRun
from archive.ledger.verifying import ChainProof
from archive.model.audit import AuditReport
from archive.model.checkpoint import CheckpointReport
from archive.model.finding import Finding, Severity, outcome_of
from archive.reporting.finding import clean_text, finding_fields, finding_line, remedy_text
from archive.reporting.language import gettext
from archive.stages.auditing.status import Status

MOST = 200


def audit_text(report: AuditReport) -> str:
    lines = [escape(report.verdict), *_finding_lines(report.findings)]
    if report.stopped is not None:
        left = f"{report.remaining_files:,} files" if report.remaining_files >= 0 else "more than a million files"
        lines.append(f"{left} remain\nNext: archive audit")
    elif not any(finding.severity is not Severity.NOTE for finding in report.findings):
        lines.append("Next: archive status")
    return "\n".join(lines)


def status_text(status: Status) -> str:
    counted = f"{status.intact:,} of {status.holdings:,} holdings intact at their last check"
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


def runs_text(runs: Sequence[AuditRun]) -> str:
    rows = [
        f"{run.id:>6}  {stamp_of(run.started)}  {run.files:>12,} files  {run.bytes:>18,} bytes  "
        f"{escape(run.verdict or 'not finished')}"
        for run in runs
    ]
    return "\n".join(rows) or "no audit has run yet\nNext: archive audit"


def checks_text(checks: Sequence[PastCheck]) -> str:
    rows = [
        f"{check.seq:>8}  {stamp_of(check.checked)}  {check.outcome.word:<11}  {escape(check.path) or '(the bag)'}"
        + (f"  ({escape(check.reason)})" if check.reason else "")
        for check in checks
    ]
    return "\n".join(rows) or "no checks are recorded"


def chain_text(proof: ChainProof) -> str:
    counted = f"{proof.seals:,} seals over {proof.checks:,} checks and {proof.events:,} events"
    lines = [f"{outcome_of(proof.findings).value}: {counted}"]
    if proof.witnesses:
        lines.append(f"witnesses compared: {proof.witnesses}")
    return "\n".join([*lines, *_finding_lines(proof.findings)])


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    lines = [finding_line(finding, place=False) for finding in findings[:MOST]]
    if len(findings) > MOST:
        lines.append(f"... and {len(findings) - MOST:,} more: archive audit history --troubled")
    remedies = dict.fromkeys(remedy_text(finding) for finding in findings if finding.severity is not Severity.NOTE)
    following = gettext("Next:")
    return lines + [f"{following} {remedy}" for remedy in remedies]


Fields = dict[str, Any]


def audit_document(report: AuditReport) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "run", "run": report.run, "outcome": report.outcome.value,
        "verdict": report.verdict, "stopped": report.stopped, "files": report.files, "bytes": report.bytes,
        "counts": {word.replace(" ", "_"): count for word, count in sorted(report.counts.items())},
        "remaining": {"files": report.remaining_files, "bytes": report.remaining_bytes},
        "findings": [finding_fields(one) for one in report.findings],
    }  # fmt: skip


def status_document(status: Status) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "status", "ledger": status.ledger, "holdings": status.holdings,
        "intact_holdings": status.intact, "files": status.files, "bytes": status.bytes, "max_age": status.max_age,
        "due": [
            {"location": one.location, "files": one.due, "never_checked": one.never} for one in status.due
        ],
        "away": [
            {"location": one.name, "since": stamp_of(one.unreachable_since or 0), "reason": one.reason}
            for one in status.away
        ],
        "last_run": None if status.last_run is None else run_fields(status.last_run),
        "findings": [finding_fields(one) for one in status.findings],
    }  # fmt: skip


def history_document(runs: Sequence[AuditRun], checks: Sequence[PastCheck]) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "history", "runs": [run_fields(one) for one in runs],
        "checks": [
            {
                "number": one.seq, "time": stamp_of(one.checked), **path_fields(one.address, "holding"),
                **path_fields(one.path), "outcome": one.outcome.word, "reason": clean_text(one.reason),
            }
            for one in checks
        ],
    }  # fmt: skip


def chain_document(proof: ChainProof) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "chain", "ledger": proof.ledger, "seals": proof.seals,
        "checks": proof.checks, "events": proof.events, "head": proof.head, "witnesses": proof.witnesses,
        "outcome": outcome_of(proof.findings).value,
        "findings": [finding_fields(one) for one in proof.findings],
    }  # fmt: skip


def checkpoint_text(report: CheckpointReport) -> str:
    if not report.line:
        return "\n".join([f"{report.outcome.value}: no checkpoint was made", *_finding_lines(report.findings)])
    lines = [report.line, f"checkpoint: {escape(report.folder)}, {report.operators} of {report.needed} stamps"]
    lines += [f"handed to {escape(one.to)}" for one in report.handed if not one.problem]
    return "\n".join([*lines, *_finding_lines(report.findings)])


def checkpoint_document(report: CheckpointReport) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "checkpoint", "outcome": report.outcome.value,
        "line": report.line or None, "checkpoint": report.number or None,
        **(path_fields(report.folder, "folder") if report.folder else {"folder": None}),
        "stamps": {"found": report.operators, "needed": report.needed},
        "handed": [
            {"to": clean_text(one.to), "done": not one.problem, "problem": clean_text(one.problem) or None}
            for one in report.handed
        ],
        "findings": [finding_fields(one) for one in report.findings],
    }  # fmt: skip


def witness_document(witness: Witness) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "witness", "ledger": witness.ledger, "seal": witness.number,
        "hash": witness.hash, "time": witness.time, "line": witness.line(),
    }  # fmt: skip


def run_fields(run: AuditRun) -> Fields:
    return {
        "run": run.id, "started": stamp_of(run.started), "ended": None if run.ended is None else stamp_of(run.ended),
        "verdict": run.verdict, "files": run.files, "bytes": run.bytes, "intact": run.intact,
        "attention": run.attention,
    }  # fmt: skip
