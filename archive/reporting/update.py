"""The report of an update, as text and as JSON (archive.update/1, metadata/reports/archive.update-1.json)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.model.finding import Outcome
from archive.model.update import UpdateReport
from archive.reporting.creation import findings_lines, judged_fields, rendition_fields, rendition_line
from archive.reporting.finding import finding_fields
from archive.reporting.validation import validation_lines

_SHOWN = 20


def update_text(report: UpdateReport) -> str:
    """The whole report, escaped. A bag that was updated is named in the first line, alone."""
    return "\n".join(_lines(report))


def _lines(report: UpdateReport) -> Iterator[str]:
    bag = escape(report.bag)
    if report.finished is not None:
        yield f"An interrupted update of this bag was finished: {escape(report.finished)}"
        if not report.version:
            return
    refused = report.before is not None and not report.before.ok
    if report.updated:
        yield bag
        yield _proof(report)
    elif refused:
        yield f"not updated: {bag}: only a valid bag is updated"
    elif report.dry_run:
        yield f"would make version {report.version} of {bag}"
    else:
        yield f"not updated: {bag}"
    if refused and report.before is not None:
        yield from validation_lines(report.before)
        by_hand = report.before.outcome is Outcome.DAMAGED
        yield "Nothing was changed." + (" Use --accept-changes to accept edits made by hand" if by_hand else "")
        return
    yield from _changes(report)
    yield from map(rendition_line, report.renditions)
    judged = report.validation.findings if report.validation is not None else ()
    yield from findings_lines([*report.findings, *judged])
    if report.sealed:
        yield "The evidence seals of the old version do not hold for the new one, which needs its own: archive seal BAG"
    if not report.updated:
        if not report.dry_run:
            yield "Nothing was changed. Correct this, then run again"
        return
    edited = ", with the edits, so that its own manifests do not match it" if report.accepted else ""
    yield f"The old version is kept in {escape(report.kept)}{edited}" if report.kept else "The old version was dropped"
    if report.holding is not None:
        yield f"The ledger holds the new version as number {report.holding}; its files are due: archive audit"
    yield f"To check it again: archive validate {shlex.quote(bag)}"


def _proof(report: UpdateReport) -> str:
    new = report.files - report.unchanged
    read = f"; {count_of(new, 'new file')} read back" if new else ""
    return (
        f"version {report.version}: {count_of(report.files, 'file')}, {report.size:,} bytes;"
        f" {report.unchanged:,} unchanged, verified before they were reused{read}"
    )


def _changes(report: UpdateReport) -> Iterator[str]:
    for word, paths in (("added", report.added), ("replaced", report.replaced), ("removed", report.removed)):
        yield from _listed(word, map(escape, paths), len(paths))
    renamed = (f"{escape(old)} to {escape(new)}" for old, new in report.renamed)
    yield from _listed("renamed", renamed, len(report.renamed))
    yield from (f"  {what} by hand: {escape(path)}" for path, what in report.accepted)


def _listed(word: str, lines: Iterable[str], count: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == _SHOWN:
            yield f"  ... and {count - _SHOWN:,} more {word}; --json lists all"
            return
        yield f"  {word}: {line}"


def update_document(report: UpdateReport) -> dict[str, Any]:
    """The report for `--json`, whether the bag was updated or not."""
    return {
        "schema": "archive.update/1",
        "updated": report.updated,
        "dry_run": report.dry_run,
        "outcome": report.outcome.value,
        **path_fields(report.bag, "bag"),
        "name": escape(report.name),
        "version": report.version,
        "files": report.files,
        "bytes": report.size,
        "unchanged": report.unchanged,
        "algorithms": list(report.algorithms),
        "added": [path_fields(path) for path in report.added],
        "removed": [path_fields(path) for path in report.removed],
        "replaced": [path_fields(path) for path in report.replaced],
        "renamed": [{**path_fields(old, "old"), **path_fields(new, "new")} for old, new in report.renamed],
        "accepted": [{**path_fields(path), "change": what} for path, what in report.accepted],
        "kept": None if report.kept is None else path_fields(report.kept),
        "sealed": report.sealed,
        "holding": report.holding,
        "finished": None if report.finished is None else escape(report.finished),
        "findings": [finding_fields(one) for one in report.findings],
        "renditions": [rendition_fields(one) for one in report.renditions],
        "before": None if report.before is None else judged_fields(report.before),
        "validation": None if report.validation is None else judged_fields(report.validation),
    }
