"""Validation reports as JSON: "archive.validation/1", described by metadata/reports/archive.validation-1.json."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.model.finding import Finding, Outcome, Severity
from archive.model.report import Depth, ValidationReport
from archive.reporting.finding_json import fact_fields, finding_fields

SCHEMA = "archive.validation/1"


def validation_document(
    reports: Iterable[ValidationReport], failures: Iterable[tuple[str, ArchiveError]], exit_code: int
) -> dict[str, Any]:
    """The whole document. `failures` pairs a subject with why nothing could be said about it."""
    return {
        "schema": SCHEMA,
        "exit_code": exit_code,
        "reports": [report_fields(report) for report in reports],
        "failures": [_failure_fields(subject, error) for subject, error in failures],
    }


def report_fields(report: ValidationReport) -> dict[str, Any]:
    """One report, with every finding."""
    return {
        **path_fields(report.subject, "subject"),
        "kind": report.kind.value,
        "verdict": report.verdict,
        "outcome": outcome_word(report),
        "depth": report.depth.value if report.depth else None,
        "facts": fact_fields(report.facts),
        "counts": count_severities(report.findings),
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def outcome_word(report: ValidationReport) -> str:
    """The outcome in one word; "intact" only where every byte was looked at."""
    if report.outcome is Outcome.INTACT and report.depth in (Depth.QUICK, Depth.COMPLETE):
        return "not validated" if report.depth is Depth.QUICK else "complete"
    return report.outcome.value


def count_severities(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each severity there are."""
    return {severity.value: sum(1 for f in findings if f.severity is severity) for severity in Severity}


def _failure_fields(subject: str, error: ArchiveError) -> dict[str, Any]:
    return {
        **path_fields(subject, "subject"),
        "kind": type(error).__name__,
        "problem": escape(error.problem),
        "remedy": None if error.remedy is None else escape(error.remedy),
        "exit_code": error.exit_code,
    }
