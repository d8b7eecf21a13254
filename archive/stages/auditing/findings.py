"""From checks to findings and a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from archive.ledger.book import Ledger
from archive.ledger.choosing import Wanted
from archive.ledger.overview import Attention, attention_files, known_paths
from archive.model.addresses import join_address
from archive.model.audit import AuditItem, Batch, BatchResult, Cause, FileCheck, FileOutcome
from archive.model.codes import audit as codes
from archive.model.finding import Finding, FindingKind, Outcome, outcome_of

_HARM = (FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)
_KINDS: dict[FileOutcome, FindingKind] = {
    FileOutcome.DAMAGED: codes.DAMAGED,
    FileOutcome.MISSING: codes.MISSING,
    FileOutcome.UNREADABLE: codes.UNREADABLE,
    FileOutcome.NOT_CHECKED: codes.NOT_CHECKED,
}


def sift_extras(ledger: Ledger, batch: Batch, result: BatchResult) -> BatchResult:
    """`result` without the added files that the ledger knows from the start (tag files that no manifest lists)."""
    if not any(check.extra for check in result.checks):
        return result
    holdings = {item.id: item.holding for item in batch.items}
    checks = []
    for check in result.checks:
        if not check.extra:
            checks.append(check)
            continue
        known = known_paths(ledger, holdings[check.item], check.extra)
        extra = tuple(path for path in check.extra if path not in known)
        if extra:
            checks.append(replace(check, extra=extra))
    return replace(result, checks=tuple(checks))


def tell_checks(batch: Batch, result: BatchResult) -> list[Finding]:
    """A finding for every file that is not intact; one for a bag that is gone, cut off or not given out, as a whole."""
    items = {item.id: item for item in batch.items}
    places = {source.holding: join_address(source.root, source.place) for source in batch.sources}
    findings: list[Finding] = []
    for check in result.checks:
        if check.outcome is FileOutcome.INTACT:
            continue
        item = items[check.item]
        address = places[item.holding]
        findings += _tell_one(check, item, address)
    return findings


def _tell_one(check: FileCheck, item: AuditItem, address: str) -> list[Finding]:
    reason = check.reason or ""
    if check.cause is not None:
        return [_whole_finding(check.cause, reason, address)]
    if check.outcome is FileOutcome.EXTRA:
        return [
            (codes.EXTRA if path.startswith("data/") else codes.EXTRA_TAG_FILE).at(f"{address}/{path}")
            for path in check.extra
        ]
    subject = f"{address}/{item.path}" if item.path else address
    return [_KINDS[check.outcome].at(subject, detail=reason, reason=reason)]


def _whole_finding(cause: Cause, fault: str, address: str) -> Finding:
    """What is wrong with a bag as a whole, reported once for all files that have this cause."""
    if cause is Cause.BAG_GONE:
        return codes.BAG_MISSING.at(address)
    if cause is Cause.OTHER_BAG:
        return codes.OTHER_BAG.at(address)
    if cause is Cause.NOT_SERVED:
        return codes.NOT_CHECKED.at(address, reason=fault)
    detail = f"{cause.words}: {fault}"
    return codes.UNREADABLE.at(address, detail=detail, reason=f"files behind the break: {fault}")


def standing_damage(ledger: Ledger, wanted: Wanted, run: int, told: Sequence[Finding]) -> list[Finding]:
    """Findings for files that an earlier run found damaged or missing and that have not been repaired since."""
    subjects = {finding.subject for finding in told}
    findings = []
    for row in attention_files(ledger, holdings=wanted.holdings, locations=wanted.locations, before_run=run):
        finding = standing_finding(row)
        if finding.subject not in subjects and row.address not in subjects:
            findings.append(finding)
    return once_each(findings)


def once_each(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, none twice: what concerns a whole bag comes up with each of its files."""
    return list({(finding.code, finding.subject): finding for finding in findings}.values())


def standing_finding(row: Attention) -> Finding:
    """The finding for a file that the ledger records as not intact, or for its bag."""
    if row.cause is not None:
        return _whole_finding(row.cause, row.fault, row.address)
    subject = f"{row.address}/{row.path}" if row.path else row.address
    kind = codes.EXTRA if row.outcome is FileOutcome.EXTRA else _KINDS[row.outcome]
    detail = f"{row.reason or row.outcome.word}; found on {row.when[:10]}"
    return kind.at(subject, detail=detail, reason=detail)


def verdict_of(counts: Counter[str], files: int, size: int, findings: Sequence[Finding], stopped: str | None) -> str:
    """The sentence for a run: the word first."""
    outcome = outcome_of(findings)
    parts = [f"{counts[word.word]:,} {word.word}" for word in FileOutcome if counts[word.word] and word > 0]
    looked = f"{files:,} files ({', '.join(parts)}), {size:,} bytes" if files else "nothing was due"
    if not files and any(finding.kind is codes.UNREACHABLE for finding in findings):
        looked = "no file could be looked at"
    elif not files and stopped is not None:
        looked = "no file was looked at"
    elif not files and outcome is Outcome.DAMAGED:
        looked = "nothing was due, but earlier findings remain"
    elif outcome is Outcome.DAMAGED and not any(counts[word.word] for word in _HARM):
        looked = f"{looked}; earlier findings remain"
    idle = "nothing to do" if stopped is None else "not begun"
    word = ("intact" if files else idle) if outcome is Outcome.INTACT else outcome.value
    return f"{word}: {looked}" + (f"; {stopped}" if stopped else "")
