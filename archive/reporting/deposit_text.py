"""Deposits and retrievals in words."""

from __future__ import annotations

from collections.abc import Iterator

from archive.formats.naming import escape
from archive.model.deposit import DepositReport, DepositState, RetrievalReport
from archive.model.finding import Finding, Severity

SHOWN = 50

_WORDS = {
    Severity.ERROR: "error",
    Severity.UNCHECKED: "not checked",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def deposit_lines(report: DepositReport) -> Iterator[str]:
    """One deposit: how it stands first, then the receipt, the findings and what to do."""
    bag, target = escape(report.bag), escape(report.target)
    if report.state is DepositState.PLANNED:
        plan = ", ".join(f"{value} {key}" for key, value in report.facts.items() if key != "identifier")
        word = "is there already" if report.already else "would be deposited"
        yield f"planned: {bag} {word} at {target} as {escape(str(report.facts['identifier']))} ({plan})"
    elif report.already and report.state is DepositState.ACCEPTED:
        yield f"accepted: {bag} was deposited at {target} before; nothing was sent"
    else:
        yield f"{report.state.value}: {bag} at {target}"
    receipt = report.receipt
    if receipt is not None:
        yield f"  identifier  {escape(receipt.identifier)}"
        yield f"  location    {escape(receipt.location)}"
        if receipt.doi:
            yield f"  DOI         {escape(receipt.doi)}"
        yield f"  proof       {receipt.proof.value}: {receipt.verified} of {receipt.files} files"
        if receipt.words:
            yield f"  its words   {escape(receipt.words)}"
    yield from _finding_lines(report.findings)


def retrieval_lines(report: RetrievalReport) -> Iterator[str]:
    """One retrieval: the verdict, where the bag stands, the findings."""
    yield f"{report.verdict}: {escape(report.path)} ({report.files} files, {report.size} bytes)"
    yield from _finding_lines(report.findings)


def _finding_lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings[:SHOWN]:
        place = "" if finding.subject in finding.message else f"{escape(finding.subject)}: "
        yield f"  {_WORDS[finding.severity]}: {place}{escape(finding.message)} [{finding.code}]"
        if finding.severity is not Severity.NOTE:
            yield f"    {finding.kind.remedy}"
    if len(findings) > SHOWN:
        yield f"  and {len(findings) - SHOWN} more; see all with --json"
