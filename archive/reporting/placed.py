"""The report of a bag that was exported, unpacked or joined: text and JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.model.exits import exit_of
from archive.model.finding import Severity
from archive.model.placed import PlacedReport
from archive.reporting.finding import finding_fields, finding_line, remedy_text

_SHOWN = 20


def placed_text(report: PlacedReport) -> str:
    """The new bag in the first line, alone; or that there is none, and why."""
    return "\n".join(_lines(report))


def _lines(report: PlacedReport) -> Iterator[str]:
    if report.placed:
        yield escape(report.bag)
        yield f"{report.verdict}: {report.action.value} {count_of(report.files, 'file')}, {report.size:,} bytes"
    else:
        yield f"not {report.action.value}: {escape(', '.join(report.sources[:3]))} ({report.verdict})"
    for finding in report.findings[:_SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {remedy_text(finding)}"
    if len(report.findings) > _SHOWN:
        yield f"  ... and {len(report.findings) - _SHOWN:,} more; --json lists all"
    if report.placed:
        command = "fetch" if report.verdict in ("still to be fetched", "not checked") else "validate"
        yield f"Next: archive {command} {shlex.quote(report.bag)}"
    else:
        yield "Nothing was written"


def placed_document(report: PlacedReport) -> dict[str, Any]:
    """The document of one new bag."""
    return {
        "schema": "archive.placed/1",
        "exit_code": placed_exit(report),
        "action": report.action.value,
        **path_fields(report.bag, "bag"),
        "sources": [path_fields(source) for source in report.sources],
        "placed": report.placed,
        "files": report.files,
        "bytes": report.size,
        "verdict": report.verdict,
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def placed_exit(report: PlacedReport) -> int:
    """0 when the bag is in its place, though files may be still to be fetched; else by what is wrong."""
    return 0 if report.placed else int(exit_of(report.outcome))
