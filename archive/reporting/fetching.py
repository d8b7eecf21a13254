"""The report of a fetch: text and JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.model.fetching import FetchedFile, FetchReport, FetchState
from archive.model.finding import Severity
from archive.reporting.finding import finding_fields, finding_line, remedy_text

SHOWN = 20
"""So many files and findings are printed; --json has all."""


def fetch_text(report: FetchReport) -> str:
    """What was fetched, what was not and why, and the next command."""
    return "\n".join(_lines(report))


def _lines(report: FetchReport) -> Iterator[str]:
    counts = report.counts
    failed = counts[FetchState.FAILED]
    yield f"{report.verdict}: {escape(report.bag)}"
    told = [f"{count_of(report.listed, 'file')} listed in fetch.txt", f"{report.there:,} there already"]
    if report.dry_run:
        told.append(f"{counts[FetchState.PLANNED]:,} would be fetched ({report.size:,} bytes)")
    else:
        told.append(f"{counts[FetchState.FETCHED]:,} fetched ({report.size:,} bytes)")
    if failed:
        told.append(f"{failed:,} not fetched")
    yield f"  {', '.join(told)}"
    if report.dry_run:
        planned = [file for file in report.files if file.state is FetchState.PLANNED]
        yield from (f"  {escape(file.path)} from {escape(file.url)}" for file in planned[:SHOWN])
        if len(planned) > SHOWN:
            yield f"  ... and {len(planned) - SHOWN:,} more; --json lists all"
    for finding in report.findings[:SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {remedy_text(finding)}"
    if len(report.findings) > SHOWN:
        yield f"  ... and {len(report.findings) - SHOWN:,} more; --json lists all"
    command = "fetch" if report.dry_run or failed else "validate"
    yield f"Next: archive {command} {shlex.quote(report.bag)}"


def fetch_document(report: FetchReport) -> dict[str, Any]:
    """The document of one fetch."""
    counts = report.counts
    return {
        "schema": "archive.fetch/1",
        "exit_code": int(report.exit_code),
        **path_fields(report.bag, "bag"),
        "dry_run": report.dry_run,
        "verdict": report.verdict,
        "outcome": report.outcome.value,
        "listed": report.listed,
        "there": report.there,
        "counts": {state.value: counts[state] for state in FetchState},
        "bytes": report.size,
        "files": [_file_fields(file) for file in report.files],
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def _file_fields(file: FetchedFile) -> dict[str, Any]:
    return {
        **path_fields(file.path),
        "url": escape(file.url),
        "bytes": file.size,
        "state": file.state.value,
        "resumed_at": file.resumed,
    }
