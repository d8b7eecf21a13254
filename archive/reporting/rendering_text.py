"""The rendering report as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from archive.formats.naming import escape
from archive.model.finding import Severity
from archive.model.package import RenditionResult, RenditionStatus
from archive.reporting.finding_text import finding_line
from archive.reporting.rendering_json import validity_word
from archive.stages.rendering_files import RenderingReport


def rendering_lines(report: RenderingReport) -> Iterator[str]:
    """A line for each file, then what should be looked at, escaped."""
    for file in report.files:
        yield escape(_line(file.result, dry_run=report.dry_run))
        if file.error is not None:
            yield f"  error: {escape(str(file.error))}"
        for finding in file.result.findings:
            if finding.severity is not Severity.NOTE:
                yield f"  {finding_line(finding, place=False)}"
                yield f"    {escape(finding.remedy)}."


def _line(result: RenditionResult, *, dry_run: bool) -> str:
    if result.status is RenditionStatus.NONE:
        told = any(finding.severity is not Severity.NOTE for finding in result.findings)
        return f"no rendition: {result.source}" + ("" if told else f" ({result.reason})")
    if result.status is RenditionStatus.KEPT:
        return f"kept: {result.source} is a valid {' and '.join(result.claims)} already"
    if dry_run:
        return f"would make: {result.path}"
    pages = "1 page" if result.pages == 1 else f"{result.pages} pages"
    return f"made: {result.path} ({' and '.join(result.claims)}, {pages}; {validity_word(result)})"
