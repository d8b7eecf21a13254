"""Deposits and retrievals as JSON: archive.deposit/1, archive.receipt/1 and archive.retrieval/1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.model.deposit import DepositReport, RetrievalReport
from archive.reporting.finding_json import finding_fields
from archive.stages.depositing.receipts import receipt_fields


def deposit_document(
    reports: Sequence[DepositReport], failures: Sequence[tuple[str, ArchiveError]], exit_code: int
) -> dict[str, Any]:
    """The document of one run: a deposit for each bag, then those that could not even be tried."""
    return {
        "schema": "archive.deposit/1",
        "exit_code": exit_code,
        "deposits": [_deposit_fields(report) for report in reports],
        "failures": [_failure_fields(bag, error) for bag, error in failures],
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
    return fields


def _failure_fields(bag: str, error: ArchiveError) -> dict[str, Any]:
    fields = {**path_fields(bag, "bag"), "kind": type(error).__name__, "problem": escape(error.problem)}
    for key, value in (("subject", error.subject), ("remedy", error.remedy)):
        if value is not None:
            fields[key] = escape(value)
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
