"""Validation reports in words, escaped for a terminal. A flood of findings is bounded; the JSON report has all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from archive.formats.naming import escape
from archive.model.report import ValidationReport
from archive.reporting.finding_text import finding_line
from archive.reporting.validation_json import outcome_word

SHOWN = 50
"""How many findings of one code are shown."""


def validation_lines(report: ValidationReport, shown: int = SHOWN) -> Iterator[str]:
    """The report, line by line: the outcome first, then the findings by code, each with its remedy."""
    yield f"{outcome_word(report)}: {escape(report.subject)}: {escape(report.verdict)}{_details(report)}"
    codes: list[str] = []
    for code, group in groupby(report.findings, key=lambda finding: finding.code):
        findings = list(group)
        codes.append(code)
        for remedy, alike in groupby(findings[:shown], key=lambda finding: finding.remedy):
            yield from (f"  {finding_line(finding)}" for finding in alike)
            yield f"    {escape(remedy)}."
        if len(findings) > shown:
            yield f"  ... and {len(findings) - shown:,} more of {code}; --json lists all"
    if codes:
        yield f"  For the rule behind each: archive explain {' '.join(codes[:8])}"


def _details(report: ValidationReport) -> str:
    facts = report.facts
    parts = []
    if report.depth is not None:
        parts.append(f"depth {report.depth.value}")
    if "version" in facts and report.kind.value == "bag":
        parts.append(f"BagIt {facts['version']}")
    if isinstance(facts.get("files"), int):
        files = facts["files"]
        parts.append(f"{files:,} {'file' if files == 1 else 'files'}")
    if isinstance(facts.get("octets"), int):
        parts.append(f"{facts['octets']:,} bytes")
    algorithms = facts.get("algorithms")
    if isinstance(algorithms, tuple) and algorithms:
        parts.append(" ".join(algorithms))
    return f" ({escape(', '.join(parts))})" if parts else ""
