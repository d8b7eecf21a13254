"""The report of a package that was exported: text and JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.model.exits import exit_of
from archive.model.export import ExportReport, Lost
from archive.model.finding import Severity
from archive.reporting.finding import finding_fields, finding_line

_SHOWN = 20
_BAGS = ("bag", "rocrate")


def export_text(report: ExportReport) -> str:
    """The package in the first line, alone; or that there is none, and why; then what is lost."""
    return "\n".join(_lines(report))


def _lines(report: ExportReport) -> Iterator[str]:
    counted = f"{count_of(report.files, 'file')}, {report.size:,} bytes, as {escape(report.format)}"
    refused = export_exit(report) != 0
    if refused:
        yield f"not exported: {escape(report.bag)} ({report.verdict})"
    elif report.dry_run:
        yield f"would export: {escape(report.package)}"
        yield f"{report.verdict}: {counted}"
    else:
        yield escape(report.package)
        yield f"{report.verdict}: exported {counted}"
    yield from lost_lines(report.lost)
    for finding in report.findings[:_SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {escape(finding.remedy)}."
    if len(report.findings) > _SHOWN:
        yield f"  ... and {len(report.findings) - _SHOWN:,} more; --json lists all"
    if not report.placed:
        yield "Nothing was written"
    elif report.format in _BAGS:
        yield f"Next: archive validate {shlex.quote(report.package)}"


def lost_lines(lost: Iterable[Lost]) -> Iterator[str]:
    """What a package does not say, a line each."""
    for one in lost:
        where = "not in the package" if one.kept is None else f"kept in {escape(one.kept)}"
        yield f"  lost: {escape(one.what)} ({one.count:,}); {where}"


def lost_fields(lost: Iterable[Lost]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [{"what": one.what, "count": one.count, "kept": one.kept} for one in lost]


def export_document(report: ExportReport) -> dict[str, Any]:
    """The document of one export."""
    return {
        "schema": "archive.export/1",
        "exit_code": export_exit(report),
        **path_fields(report.bag, "bag"),
        "format": report.format,
        **path_fields(report.package, "package"),
        "placed": report.placed,
        "dry_run": report.dry_run,
        "files": report.files,
        "bytes": report.size,
        "verdict": report.verdict,
        "lost": lost_fields(report.lost),
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def export_exit(report: ExportReport) -> int:
    """0 when the package is in its place, or would be; else by what is wrong."""
    return 0 if report.placed else int(exit_of(report.outcome))
