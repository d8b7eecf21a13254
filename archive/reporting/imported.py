"""The report of a package that was imported: text and JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.model.exits import exit_of
from archive.model.finding import Severity
from archive.model.imported import ImportReport
from archive.reporting.finding import finding_fields, finding_line

_SHOWN = 20


def import_text(report: ImportReport) -> str:
    """The new bag in the first line, alone; or that there is none, and why."""
    return "\n".join(_lines(report))


def _lines(report: ImportReport) -> Iterator[str]:
    what = " ".join(filter(None, (report.kind, report.version)))
    counted = f"{count_of(report.files, 'file')}, {report.size:,} bytes, from the {escape(what)}"
    if report.placed:
        yield escape(report.bag)
        how = "the bag that it was exported from" if report.rebuilt else "a new bag"
        yield f"{report.verdict}: imported {counted}, as {how}"
    elif import_exit(report) != 0:
        yield f"not imported: {escape(report.package)} ({escape(what)}, {report.verdict})"
    else:
        yield f"would import: {escape(report.bag)}"
        yield f"{report.verdict}: {counted}"
    yield f"  {report.compared:,} files of the package compared with the checksums that it records"
    for finding in report.findings[:_SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {escape(finding.remedy)}."
    if len(report.findings) > _SHOWN:
        yield f"  ... and {len(report.findings) - _SHOWN:,} more; --json lists all"
    yield f"Next: archive validate {shlex.quote(report.bag)}" if report.placed else "Nothing was written"


def import_document(report: ImportReport) -> dict[str, Any]:
    """The document of one import."""
    return {
        "schema": "archive.import/1",
        "exit_code": import_exit(report),
        **path_fields(report.package, "package"),
        "format": report.kind,
        "version": report.version,
        **path_fields(report.bag, "bag"),
        "placed": report.placed,
        "dry_run": report.dry_run,
        "rebuilt": report.rebuilt,
        "files": report.files,
        "bytes": report.size,
        "compared": report.compared,
        "verdict": report.verdict,
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def import_exit(report: ImportReport) -> int:
    """0 when the bag is in its place, or would be; else by what is wrong."""
    return 0 if report.placed else int(exit_of(report.outcome))
