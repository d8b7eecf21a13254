"""The report of a package that was imported: text and JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import count_of, escape, path_fields
from archive.model.exits import exit_of, gravest
from archive.model.finding import Severity
from archive.model.imported import ImportReport
from archive.reporting.finding import failure_fields, finding_fields, finding_line, remedy_text

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
        done = "already imported" if report.already else "imported"
        yield f"{report.verdict}: {done} {counted}, as {how}"
    elif import_exit(report) != 0:
        yield f"not imported: {escape(report.package)} ({escape(what)}, {report.verdict})"
    else:
        yield f"would import: {escape(report.bag)}"
        yield f"{report.verdict}: {counted}"
    yield f"  {report.compared:,} files of the package compared with the checksums that it records"
    for finding in report.findings[:_SHOWN]:
        yield f"  {finding_line(finding)}"
        if finding.severity is not Severity.NOTE:
            yield f"    {remedy_text(finding)}"
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
        "already": report.already,
        "dry_run": report.dry_run,
        "rebuilt": report.rebuilt,
        "files": report.files,
        "bytes": report.size,
        "compared": report.compared,
        "verdict": report.verdict,
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def imports_text(answers: Sequence[ImportReport | ArchiveError]) -> str:
    """What became of each item of a package, and how many there are."""
    lines = []
    for one in answers:
        if isinstance(one, ArchiveError):
            lines.append(f"not imported: {escape(str(one))}")
        elif import_exit(one) == 0:
            lines.append(escape(one.bag))
        else:
            lines.append(import_text(one))
    done = sum(isinstance(one, ImportReport) and import_exit(one) == 0 for one in answers)
    word = "checked" if any(isinstance(one, ImportReport) and one.dry_run for one in answers) else "imported"
    return "\n".join([*lines, f"{done:,} of {count_of(len(answers), 'item')} {word}"])


def imports_document(package: str, answers: Sequence[ImportReport | ArchiveError]) -> dict[str, Any]:
    """The document of a package of several items: an import for each, then those that could not even be tried."""
    failures = [one for one in answers if isinstance(one, ArchiveError)]
    return {
        "schema": "archive.imports/1",
        "exit_code": imports_exit(answers),
        **path_fields(package, "package"),
        "imports": [import_document(one) for one in answers if isinstance(one, ImportReport)],
        "failures": [failure_fields(one.subject or package, one, "package") for one in failures],
    }


def imports_exit(answers: Sequence[ImportReport | ArchiveError]) -> int:
    """The gravest of all."""
    return gravest([one.exit_code if isinstance(one, ArchiveError) else import_exit(one) for one in answers])


def import_exit(report: ImportReport) -> int:
    """0 when the bag is in its place, or would be; else by what is wrong."""
    return 0 if report.placed else int(exit_of(report.outcome))
