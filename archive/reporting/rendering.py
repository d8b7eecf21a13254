"""The report of rendering files, as text and as JSON (archive.rendering/1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.model.build import RenditionResult, RenditionStatus, Tool
from archive.model.finding import Severity
from archive.model.rendering import FileRendition, RenderingReport
from archive.reporting.finding import finding_fields, finding_line, remedy_text


def rendering_lines(report: RenderingReport) -> Iterator[str]:
    """A line for each file, then what should be looked at, escaped."""
    for file in report.files:
        yield escape(_line(file.result, dry_run=report.dry_run))
        if file.error is not None:
            yield f"  error: {escape(str(file.error))}"
        for finding in file.result.findings:
            if finding.severity is not Severity.NOTE:
                yield f"  {finding_line(finding, place=False)}"
                yield f"    {remedy_text(finding)}"


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


def rendering_document(report: RenderingReport, exit_code: int) -> dict[str, Any]:
    """The one JSON document of `archive render`."""
    return {
        "schema": "archive.rendering/1",
        "exit_code": exit_code,
        "dry_run": report.dry_run,
        "files": [_file_fields(file) for file in report.files],
    }


def validity_word(result: RenditionResult) -> str | None:
    """What may be said of a rendition: "valid" only by a validator's word; None where there is no rendition."""
    if not result.claims or result.status.value == "none":
        return None
    return {True: "valid", False: "invalid", None: "claimed, not validated"}[result.validated]


def _file_fields(file: FileRendition) -> dict[str, Any]:
    result = file.result
    return {
        **path_fields(result.source, "source"),
        "status": result.status.value,
        **(path_fields(result.path, "path") if result.path is not None else {"path": None}),
        "claims": list(result.claims),
        "validity": validity_word(result),
        "validator": _tool(result.validator),
        "maker": _tool(result.maker),
        "pages": result.pages,
        "reason": result.reason,
        "error": None if file.error is None else type(file.error).__name__,
        "findings": [finding_fields(finding) for finding in result.findings],
    }


def _tool(tool: Tool | None) -> dict[str, str] | None:
    return None if tool is None else {"name": tool.name, "version": tool.version}
