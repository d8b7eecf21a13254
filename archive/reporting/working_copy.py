"""The report on a copy that was given away: text and JSON (archive.working-copy/1)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.model.exits import exit_of
from archive.model.finding import Severity
from archive.model.working_copy import WorkingCopyReport
from archive.reporting.finding import finding_fields, finding_line, remedy_text

_SHOWN = 20


def working_copy_text(report: WorkingCopyReport) -> str:
    """The copy in the first line, or that there is none and why; then what is in it, and what is left out."""
    return "\n".join(_lines(report))


def _lines(report: WorkingCopyReport) -> Iterator[str]:
    refused = working_copy_exit(report) != 0
    person = f"{escape(report.person.name)}, for: {escape(report.person.purpose)}"
    counted = f"{count_of(report.files, 'file')}, {report.size:,} bytes"
    if refused:
        yield f"not given: {escape(report.bag)} ({report.verdict})"
    elif report.dry_run:
        yield f"would give: {escape(report.copy)}"
        yield f"{report.verdict}: {counted}, to {person}"
    else:
        yield escape(report.copy)
        yield f"{report.verdict}: {counted}, given to {person}"
        yield f"Cover sheet: {report.cover} ({_cover_words(report)})"
        yield "Recorded in the ledger" if report.recorded else "Not recorded: there is no ledger here"
    if report.left_out:
        yield f"Left out: {count_of(len(report.left_out), 'file')}, restricted or about what is restricted"
    for finding in report.findings[:_SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {remedy_text(finding)}"
    if len(report.findings) > _SHOWN:
        yield f"  ... and {len(report.findings) - _SHOWN:,} more; --json lists all"
    if refused:
        yield "To leave out what is restricted: --without-restricted; to give it with a reason: --because REASON"
    if not report.placed:
        yield "Nothing was written"
    else:
        yield f"Next: give {shlex.quote(escape(report.copy))} to {escape(report.person.name)}"


def _cover_words(report: WorkingCopyReport) -> str:
    claims = ", ".join(report.cover_claims)
    word = {True: "validated by veraPDF", False: "refuted by veraPDF", None: "claimed, not validated"}
    return f"{claims}, {word[report.cover_validated]}"


def working_copy_document(report: WorkingCopyReport) -> dict[str, Any]:
    """The document of one working copy."""
    return {
        "schema": "archive.working-copy/1",
        "exit_code": working_copy_exit(report),
        **path_fields(report.bag, "bag"),
        "for": report.person.name,
        "purpose": report.person.purpose,
        "reason": report.person.reason or None,
        **path_fields(report.copy, "copy"),
        "placed": report.placed,
        "dry_run": report.dry_run,
        "files": report.files,
        "bytes": report.size,
        "left_out": [path_fields(path) for path in report.left_out],
        "verdict": report.verdict,
        "cover": report.cover,
        "cover_claims": list(report.cover_claims),
        "cover_validated": report.cover_validated,
        "recorded": report.recorded,
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def working_copy_exit(report: WorkingCopyReport) -> int:
    """0 when the copy is in its place, or would be; else by what is wrong."""
    return int(exit_of(report.outcome))
