"""Reports of deposits and retrievals, as text and as JSON (archive.deposit/1, receipt/1, retrieval/1)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.model.codes import deposit as codes
from archive.model.deposit import DepositReport, DepositState, RetrievalReport
from archive.model.finding import Finding, Severity
from archive.reporting.export import lost_fields, lost_lines
from archive.reporting.finding import failure_fields, finding_fields, finding_line, remedy_text
from archive.stages.depositing.receipts import receipt_fields

SHOWN = 50


def deposit_lines(report: DepositReport, again: str) -> Iterator[str]:
    """One deposit: its state first, then the receipt, the findings and what to do.

    `again` is what followed `archive deposit` on the command line: where the deposit is not done, the last line is the
    next command with it.
    """
    bag, target = escape(report.bag), escape(report.target)
    if report.state is DepositState.PLANNED:
        plan = ", ".join(f"{value:,} {key}" for key, value in report.facts.items() if key != "identifier")
        word = "is already there" if report.already else "would be deposited"
        yield f"planned: {bag} {word} at {target} as {escape(str(report.facts['identifier']))} ({plan})"
    elif report.already and report.state is DepositState.ACCEPTED:
        yield f"accepted: {bag} was deposited at {target} before; nothing was sent"
    else:
        yield f"{report.state.value}: {bag} at {target}"
    if report.format is not None:
        yield f"  format      {escape(report.format)}"
    receipt = report.receipt
    if receipt is not None:
        yield f"  identifier  {escape(receipt.identifier)}"
        yield f"  location    {escape(receipt.location)}"
        if receipt.doi:
            yield f"  DOI         {escape(receipt.doi)}"
        yield f"  proof       {receipt.proof.value}: {receipt.verified:,} of {receipt.files:,} files"
        if receipt.words:
            yield f"  message     {escape(receipt.words)}"
    yield from lost_lines(report.lost)
    yield from _finding_lines(report.findings)
    if report.state not in (DepositState.ACCEPTED, DepositState.PLANNED):
        yield f"  Then: {escape(_next_command(report, again))}"


def _next_command(report: DepositReport, again: str) -> str:
    """What to run once the remedies are done; a dry run where only the way in, or the place, was at fault."""
    found = {finding.code for finding in report.findings}
    if codes.INVALID_BAG.code in found:
        return f"archive validate {shlex.quote(report.bag)}"
    flag = ""
    if report.state is DepositState.UNKNOWN:
        flag = "--resume "
    elif found & {codes.NOT_AUTHORISED.code, codes.OTHER_CONTENT.code}:
        flag = "--dry-run "
    return f"archive deposit {flag}{again}"


def retrieval_lines(report: RetrievalReport) -> Iterator[str]:
    """One retrieval: the verdict, where the bag is, the findings."""
    yield f"{report.verdict}: {escape(report.path)} ({report.files:,} files, {report.size:,} bytes)"
    yield from _finding_lines(report.findings)


def _finding_lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings[:SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {remedy_text(finding)}"
    if len(findings) > SHOWN:
        yield f"  and {len(findings) - SHOWN} more; see all with --json"


def deposit_document(
    reports: Sequence[DepositReport], failures: Sequence[tuple[str, ArchiveError]], exit_code: int
) -> dict[str, Any]:
    """The document of one run: a deposit for each bag, then those that could not even be tried."""
    return {
        "schema": "archive.deposit/1",
        "exit_code": exit_code,
        "deposits": [_deposit_fields(report) for report in reports],
        "failures": [failure_fields(bag, error, "bag") for bag, error in failures],
    }


def _deposit_fields(report: DepositReport) -> dict[str, Any]:
    fields: dict[str, Any] = {
        **path_fields(report.bag, "bag"),
        "target": report.target,
        "state": report.state.value,
        "already": report.already,
        "findings": [finding_fields(finding) for finding in report.findings],
    }
    if report.receipt is not None:
        fields["receipt"] = receipt_fields(report.receipt)
    if report.facts:
        fields["plan"] = dict(report.facts)
    if report.format is not None:
        fields["format"] = report.format
        fields["lost"] = lost_fields(report.lost)
    return fields


def retrieval_document(report: RetrievalReport, exit_code: int) -> dict[str, Any]:
    """The document of one retrieval."""
    return {
        "schema": "archive.retrieval/1",
        "exit_code": exit_code,
        "target": report.target,
        "identifier": escape(report.identifier),
        **path_fields(report.path),
        "files": report.files,
        "bytes": report.size,
        "verdict": report.verdict,
        "findings": [finding_fields(finding) for finding in report.findings],
    }
