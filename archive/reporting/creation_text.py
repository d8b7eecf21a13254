"""A creation, told in plain words."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from archive.formats.naming import escape
from archive.model.finding import Finding
from archive.model.package import RenditionResult, RenditionStatus
from archive.model.plan import CreationReport
from archive.reporting.finding_text import WORDS, finding_line


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
        ]
    else:
        lines.append(f"not made: {escape(report.bag)}")
    told = {finding.subject for finding in report.findings if finding.code.startswith("REN-")}
    lines += [
        _rendition(one) for one in report.renditions if one.status is not RenditionStatus.NONE or one.source not in told
    ]
    judged = report.validation.findings if report.validation is not None else ()
    lines += _findings([*report.findings, *judged])
    if report.created:
        lines.append(f"Prove it again: archive validate {shlex.quote(escape(report.bag))}")
    elif not report.dry_run:
        lines.append("Nothing was written. Put this right, then run again")
    return "\n".join(lines)


def _proof(report: CreationReport) -> str:
    verdict = report.validation.verdict if report.validation is not None else "not checked"
    digests = _listed(report.algorithms)
    if verdict == "complete":
        return f"complete: {_count(report)} digested where they stand by {digests}"
    return f"{verdict}: {_count(report)} read back and compared by {digests}"


def _amount(report: CreationReport) -> str:
    return f"  {_count(report).removesuffix(',')}, {_listed(report.algorithms)}"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _count(report: CreationReport) -> str:
    files = f"{report.files:,} file{'' if report.files == 1 else 's'}"
    return files if report.size is None else f"{files}, {report.size:,} bytes,"


def _rendition(result: RenditionResult) -> str:
    source = escape(result.source)
    if result.status is RenditionStatus.NONE:
        return f"no rendition of {source}: {escape(result.reason or 'none was asked for')}"
    claims = " and ".join(result.claims) or "no level"
    judged = {True: "validated", False: "refused by the validator", None: "claimed, not validated"}[result.validated]
    if result.status is RenditionStatus.KEPT:
        return f"{source} is {claims} already ({judged})"
    return f"rendition of {source}: {escape(result.path or '')}, {claims} ({judged})"


def _findings(findings: Iterable[Finding]) -> list[str]:
    """Findings, the gravest first, each kind's remedy once."""
    order = list(WORDS)
    lines: list[str] = []
    told = ""
    for finding in sorted(findings, key=lambda one: (order.index(one.severity), one.code)):
        if told and told != finding.remedy:
            lines.append(f"  {escape(told)}")
        told = finding.remedy
        lines.append(finding_line(finding))
    return [*lines, f"  {escape(told)}"] if told else lines
