"""The report of a creation, as text and as JSON (archive.creation/1, metadata/reports/archive.creation-1.json)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.model.build import RenditionResult, RenditionStatus, Tool
from archive.model.codes.bag_files import NOT_PORTABLE
from archive.model.creation import CreationReport
from archive.model.entry import Entry
from archive.model.finding import Finding, Outcome
from archive.model.sealing import SealingReport
from archive.model.validation import ValidationReport
from archive.reporting.entering import entry_fields
from archive.reporting.finding import ORDER, clean_text, fact_fields, finding_fields, finding_line, remedy_text
from archive.reporting.sealing import sealing_fields

NO_ENTRIES: Mapping[str, Entry] = {}
_FORMATS = 12


def creation_text(report: CreationReport) -> str:
    """The whole report, escaped. A bag that was made is named in the first line, alone."""
    lines: list[str] = []
    if report.created:
        lines += [escape(report.bag), _proof(report)]
    elif report.dry_run:
        lines += [
            f"would make {escape(report.bag)}",
            f"  from {', '.join(map(escape, report.sources))}",
            _amount(report),
            *_foreseen(report),
        ]
    else:
        lines.append(f"not made: {escape(report.bag)}")
    told = {finding.subject for finding in report.findings if finding.code.startswith("REN-")}
    lines += [
        rendition_line(one)
        for one in report.renditions
        if not report.dry_run and (one.status is not RenditionStatus.NONE or one.source not in told)
    ]
    judged = report.validation.findings if report.validation is not None else ()
    # Names that cannot travel were told of the source already.
    lines += findings_lines([*report.findings, *(one for one in judged if one.kind is not NOT_PORTABLE)])
    if report.created:
        lines.append(f"To check it again: archive validate {shlex.quote(escape(report.bag))}")
    elif not report.dry_run:
        lines.append("Nothing was written. Correct this, then run again")
    return "\n".join(lines)


def _proof(report: CreationReport) -> str:
    verdict = report.validation.verdict if report.validation is not None else "not checked"
    if report.outcome is Outcome.INTACT and verdict == "not checked":
        digests = _listed(report.algorithms)
        return f"made: {_count(report)} listed by {digests}; files are still to be fetched"
    digests = _listed(report.algorithms)
    if verdict == "complete":
        return f"complete: {_count(report)} digested where they stand by {digests}"
    return f"{verdict}: {_count(report)} read back and compared by {digests}"


def _amount(report: CreationReport) -> str:
    return f"  {_count(report).removesuffix(',')}, {_listed(report.algorithms)}"


def _foreseen(report: CreationReport) -> Iterator[str]:
    """What a dry run alone tells: formats, renditions and time."""
    if report.formats:
        named = [f"{escape(name)} ({number:,})" for name, number in report.formats[:_FORMATS]]
        more = f", and {len(report.formats) - _FORMATS:,} more" if len(report.formats) > _FORMATS else ""
        yield f"  formats: {', '.join(named)}{more}"
    if report.renditions:
        made = sum(one.status is RenditionStatus.MADE for one in report.renditions)
        yield f"  renditions: {made:,} of {len(report.renditions):,} files"
    if report.seconds is not None:
        yield f"  estimated time: {_duration(report.seconds)}"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 90 else f"about {seconds / 3600:.1f} h"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _count(report: CreationReport) -> str:
    files = f"{report.files:,} file{'' if report.files == 1 else 's'}"
    return files if report.size is None else f"{files}, {report.size:,} bytes,"


def rendition_line(result: RenditionResult) -> str:
    source = escape(result.source)
    if result.status is RenditionStatus.NONE:
        return f"no rendition of {source}: {escape(result.reason or 'none was requested')}"
    if result.conversion is not None:
        return f"preservation copy of {source}: {escape(result.path or '')}, {result.conversion.form} (compared)"
    claims = " and ".join(result.claims) or "no level"
    judged = {True: "validated", False: "refused by the validator", None: "claimed, not validated"}[result.validated]
    if result.status is RenditionStatus.KEPT:
        return f"{source} is {claims} already ({judged})"
    return f"rendition of {source}: {escape(result.path or '')}, {claims} ({judged})"


def findings_lines(findings: Iterable[Finding]) -> list[str]:
    """Findings, the gravest first, each kind's remedy once."""
    lines: list[str] = []
    told = ""
    for finding in sorted(findings, key=lambda one: (ORDER.index(one.severity), one.code)):
        remedy = remedy_text(finding)
        if told and told != remedy:
            lines.append(f"  {told}")
        told = remedy
        lines.append(finding_line(finding))
    return [*lines, f"  {told}"] if told else lines


Fields = dict[str, Any]


def creation_document(
    report: CreationReport, sealed: SealingReport | None = None, entry: Entry | None = None
) -> Fields:
    """The report for `--json`, whether the bag was made or not.

    `sealed` says what came of its seal, `entry` what came of adding it to the holdings.
    """
    return {
        "schema": "archive.creation/1",
        "created": report.created,
        "dry_run": report.dry_run,
        "outcome": report.outcome.value,
        **path_fields(report.bag, "bag"),
        "name": report.name,
        "sources": [path_fields(path) for path in report.sources],
        "files": report.files,
        "bytes": report.size,
        "algorithms": list(report.algorithms),
        "findings": [finding_fields(one) for one in report.findings],
        "renditions": [rendition_fields(one) for one in report.renditions],
        "formats": [{"format": clean_text(name), "files": number} for name, number in report.formats],
        "seconds": None if report.seconds is None else round(report.seconds, 1),
        "validation": None if report.validation is None else judged_fields(report.validation),
        **({} if sealed is None else {"seal": sealing_fields(sealed)}),
        **({} if entry is None else {"holding": entry_fields(entry)}),
    }


def group_document(reports: Sequence[CreationReport], code: int, entries: Mapping[str, Entry] = NO_ENTRIES) -> Fields:
    """The bags of a group for `--json`."""
    bags = [creation_document(one, None, entries.get(one.bag)) for one in reports]
    return {"schema": "archive.group/1", "exit_code": code, "bags": bags}


def rendition_fields(result: RenditionResult) -> Fields:
    return {
        **path_fields(result.source, "source"),
        "status": result.status.value,
        **({"path": None} if result.path is None else path_fields(result.path)),
        "claims": list(result.claims),
        "validated": result.validated,
        "validator": _tool(result.validator),
        "maker": _tool(result.maker),
        "reason": None if result.reason is None else clean_text(result.reason),
        "pages": result.pages,
    }


def _tool(tool: Tool | None) -> Fields | None:
    return None if tool is None else {"name": tool.name, "version": tool.version, "note": tool.note}


def judged_fields(report: ValidationReport) -> Fields:
    return {
        "verdict": report.verdict,
        "outcome": report.outcome.value,
        "depth": None if report.depth is None else report.depth.value,
        "facts": fact_fields(report.facts),
        "findings": [finding_fields(one) for one in report.findings],
    }
