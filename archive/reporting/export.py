"""The report of a package that was exported: text and JSON."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import count_of, escape, path_fields
from archive.model.exits import exit_of, gravest
from archive.model.export import ExportReport, Lost
from archive.model.finding import Severity
from archive.reporting.finding import failure_fields, finding_fields, finding_line, remedy_text

_SHOWN = 20
_BAGS = ("bag", "rocrate")


def export_text(report: ExportReport) -> str:
    """The package in the first line, alone; or that there is none, and why; then what is lost."""
    return "\n".join(_lines(report))


def _lines(report: ExportReport) -> Iterator[str]:
    counted = f"{count_of(report.files, 'file')}, {report.size:,} bytes, as {escape(report.format)}"
    refused = export_exit(report) != 0
    if report.already:
        yield escape(report.package)
        yield f"already exists: {counted}; nothing was written"
    elif refused:
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
            yield f"    {remedy_text(finding)}"
    if len(report.findings) > _SHOWN:
        yield f"  ... and {len(report.findings) - _SHOWN:,} more; --json lists all"
    if not report.placed:
        yield "Nothing was written"
    elif report.format in _BAGS:
        yield f"Next: archive validate {shlex.quote(report.package)}"


def exports_text(answers: Sequence[tuple[str, ExportReport | ArchiveError]]) -> str:
    """What became of many bags: what is wrong with each, what was lost of all of them, and how many there are."""
    return "\n".join(_lines_of_many(answers))


def _lines_of_many(answers: Sequence[tuple[str, ExportReport | ArchiveError]]) -> Iterator[str]:
    lost: dict[str, list[int]] = {}
    states: Counter[str] = Counter()
    packages: dict[str, None] = {}
    for bag, answer in answers:
        if isinstance(answer, ArchiveError):
            states["failed"] += 1
            yield f"not exported: {escape(bag)}: {escape(str(answer))}"
            continue
        refused = export_exit(answer) != 0
        states[_state_of(answer)] += 1
        if refused:
            yield f"not exported: {escape(bag)} ({answer.verdict})"
        else:
            packages[answer.package] = None
        for finding in answer.findings[: _SHOWN if refused else 0]:
            yield f"  {finding_line(finding)}"
        for one in answer.lost:
            lost.setdefault(one.what, []).append(one.count)
    for package in list(packages)[:_SHOWN]:
        yield escape(package)
    if len(packages) > _SHOWN:
        yield f"... and {len(packages) - _SHOWN:,} more; --json lists all"
    for what, counts in lost.items():
        yield f"  lost: {escape(what)} ({sum(counts):,} in {count_of(len(counts), 'bag')})"
    counted = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    yield f"{count_of(len(answers), 'bag')}: {counted}"


def _state_of(report: ExportReport) -> str:
    if report.already:
        return "there already"
    if report.placed:
        return "exported"
    return "would be exported" if export_exit(report) == 0 else "refused"


def exports_document(answers: Sequence[tuple[str, ExportReport | ArchiveError]]) -> dict[str, Any]:
    """The document of one run for many bags: an export for each, then those that could not even be tried."""
    failures = [(bag, one) for bag, one in answers if isinstance(one, ArchiveError)]
    return {
        "schema": "archive.exports/1",
        "exit_code": exports_exit(answers),
        "exports": [export_document(one) for _, one in answers if isinstance(one, ExportReport)],
        "failures": [failure_fields(bag, error, "bag") for bag, error in failures],
    }


def exports_exit(answers: Sequence[tuple[str, ExportReport | ArchiveError]]) -> int:
    """The gravest of all."""
    return gravest([one.exit_code if isinstance(one, ArchiveError) else export_exit(one) for _, one in answers])


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
        "already": report.already,
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
