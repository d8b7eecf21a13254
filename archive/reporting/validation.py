"""Validation reports, as text escaped for a terminal and as JSON (archive.validation/1).

The text shows a bounded number of findings; the JSON document has all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.model.capped_findings import MORE_KINDS
from archive.model.codes import bag
from archive.model.finding import Finding, Severity
from archive.model.validation import Answer, ValidationReport
from archive.reporting.finding import (
    fact_fields,
    finding_fields,
    finding_line,
    more_line,
    place_line,
    remedy_text,
    rules_line,
)
from archive.reporting.language import gettext, ngettext

SHOWN = 50
"""How many findings of one code are shown."""


def validation_lines(report: ValidationReport, shown: int = SHOWN, *, whole: bool = False) -> Iterator[str]:
    """The report, line by line: the outcome first, then the findings by code, each with its remedy.

    A renamed file and a missing folder are one line each. Digests are shortened unless `whole`.
    """
    yield _head(report)
    codes: list[str] = []
    for code, group in groupby(report.findings, key=lambda finding: finding.code):
        findings = list(_without_told(group))
        codes.append(code)
        for remedy, alike in groupby(findings[:shown], key=_remedy):
            yield from (f"  {_line(finding, whole=whole)}" for finding in alike)
            yield f"    {remedy}"
        if len(findings) > shown:
            yield f"  {more_line(len(findings) - shown, code)}"
    if codes:
        yield f"  {rules_line(codes)}"


def _without_told(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those that the line of another one tells: of a renamed file, and in a missing folder."""
    folders: set[object] = set()
    for finding in findings:
        folder = finding.facts.get("folder") if finding.kind is bag.MISSING_FILE else None
        if folder is not None and folder in folders:
            continue
        folders.add(folder)
        if finding.kind is not bag.UNLISTED_FILE or "renamed_from" not in finding.facts:
            yield finding


def _remedy(finding: Finding) -> str:
    if finding.kind is bag.MISSING_FILE and "renamed_to" in finding.facts:
        return gettext("Give the file its old name again, or accept the new one: archive update BAG --accept-changes")
    return remedy_text(finding)


def _line(finding: Finding, *, whole: bool) -> str:
    """One finding's line; that of a renamed file or a missing folder says so."""
    if finding.kind is bag.MISSING_FILE and "renamed_to" in finding.facts:
        told = gettext("looks like it was renamed to {name}")
        codes = f"{finding.code}, {bag.UNLISTED_FILE.code}"
        return place_line(finding.severity, finding.subject, told, codes, name=str(finding.facts["renamed_to"]))
    if finding.kind is bag.MISSING_FILE and "folder" in finding.facts:
        count = finding.facts["files_in_folder"]
        assert isinstance(count, int)
        told = ngettext(
            "all that is listed in this folder is missing: {count} file",
            "all that is listed in this folder is missing: {count} files",
            count,
        )
        return place_line(finding.severity, str(finding.facts["folder"]), told, finding.code, count=f"{count:,}")
    return finding_line(finding, whole=whole)


def _head(report: ValidationReport) -> str:
    verdicts = {
        "valid": gettext("valid"), "invalid": gettext("invalid"), "complete": gettext("complete"),
        "not checked": gettext("not checked"), "not validated": gettext("not validated"),
        "claimed, not validated": gettext("claimed, not validated"), "not PDF/A": gettext("not PDF/A"),
    }  # fmt: skip
    verdict = verdicts.get(report.verdict) or escape(report.verdict)
    where = gettext("{subject}: ").format(subject=escape(report.subject))
    return f"{_answer(report.answer)}: {where}{verdict}{_details(report)}"


def _answer(answer: Answer) -> str:
    words = {
        Answer.INTACT: gettext("intact"), Answer.DAMAGED: gettext("damaged"), Answer.INVALID: gettext("invalid"),
        Answer.NOT_PDFA: gettext("not PDF/A"), Answer.PROFILE_NOT_MET: gettext("profile not met"),
        Answer.NOT_CHECKED: gettext("not checked"), Answer.COMPLETE: gettext("complete"),
        Answer.NOT_VALIDATED: gettext("not validated"),
    }  # fmt: skip
    return words[answer]


def _details(report: ValidationReport) -> str:
    facts = report.facts
    parts = []
    if report.depth is not None:
        parts.append(gettext("depth {depth}").format(depth=report.depth.value))
    if "version" in facts and report.kind.value == "bag":
        parts.append(escape(f"BagIt {facts['version']}"))
    if isinstance(files := facts.get("files"), int):
        parts.append(ngettext("{count} file", "{count} files", files).format(count=f"{files:,}"))
    if isinstance(size := facts.get("octets"), int):
        parts.append(ngettext("{count} bytes", "{count} bytes", size).format(count=f"{size:,}"))
    algorithms = facts.get("algorithms")
    if isinstance(algorithms, tuple) and algorithms:
        parts.append(escape(" ".join(algorithms)))
    between = gettext(", ")
    return f" ({between.join(parts)})" if parts else ""


SCHEMA = "archive.validation/1"


def validation_document(
    reports: Iterable[ValidationReport], failures: Iterable[tuple[str, ArchiveError]], exit_code: int
) -> dict[str, Any]:
    """The whole document. `failures` pairs a subject with why nothing could be said about it."""
    return {
        "schema": SCHEMA,
        "exit_code": exit_code,
        "reports": [report_fields(report) for report in reports],
        "failures": [_failure_fields(subject, error) for subject, error in failures],
    }


def report_fields(report: ValidationReport) -> dict[str, Any]:
    """One report, with every finding."""
    return {
        **path_fields(report.subject, "subject"),
        "kind": report.kind.value,
        "verdict": report.verdict,
        "outcome": outcome_word(report),
        "depth": report.depth.value if report.depth else None,
        "facts": fact_fields(report.facts),
        "counts": count_severities(report.findings),
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def outcome_word(report: ValidationReport) -> str:
    """The outcome in one word; "intact" only where every byte was read, "damaged" only for what was whole once."""
    return report.answer.value


def count_severities(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each severity there are, with those that are only counted."""
    counts = {severity.value: sum(1 for f in findings if f.severity is severity) for severity in Severity}
    severities = {finding.code: finding.severity for finding in findings}
    for finding in findings:
        severity = severities.get(str(finding.facts.get("code"))) if finding.kind in MORE_KINDS else None
        if severity is not None and isinstance(count := finding.facts["count"], int):
            counts[severity.value] += count
    return counts


def _failure_fields(subject: str, error: ArchiveError) -> dict[str, Any]:
    return {
        **path_fields(subject, "subject"),
        "kind": type(error).__name__,
        "problem": escape(error.problem),
        "remedy": None if error.remedy is None else escape(error.remedy),
        "exit_code": error.exit_code,
    }
