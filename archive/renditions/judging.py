"""Weighs what a PDF claims, what we saw and what veraPDF says into one word that never says more than was proven."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model.codes import pdf as codes
from archive.model.finding import Finding, Severity
from archive.renditions.inspection.examining import Inspection
from archive.renditions.verapdf import Judgement

VALID = "valid"
CLAIMED = "claimed, not validated"
NOT_PDFA = "not PDF/A"
INVALID = "invalid"
NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The word, and the findings it follows from."""

    word: str
    findings: tuple[Finding, ...]


def weigh(subject: str, seen: Inspection, judgement: Judgement | None, *, absent: str) -> Verdict:
    """The verdict on one PDF. `judgement` None means that no validator spoke, because of `absent`.

    *valid* needs a good verdict of veraPDF on every claim the metadata make, one of them to PDF/A, and nothing found
    against it by us.
    """
    if seen.problem is not None:
        return Verdict(INVALID, (codes.UNREADABLE.at(subject, reason=seen.problem),))
    if seen.limit is not None:
        return Verdict(NOT_CHECKED, (codes.LIMIT.at(subject, reason=seen.limit),))
    findings = [*seen.findings, *_notes(subject, seen)]
    if seen.claims and judgement is not None and not seen.locked:
        findings += _weigh_claims(subject, seen, judgement)
    broken = any(finding.kind in (codes.PAGES_BROKEN, codes.UNREADABLE) for finding in findings)
    if not seen.claims_pdfa and not seen.unknown_claims:
        return Verdict(INVALID if broken else NOT_PDFA, (*findings, codes.NO_CLAIM.at(subject)))
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict(INVALID, tuple(findings))
    reason = _why_not_validated(judgement, absent)
    if reason is not None:
        findings.append(codes.NOT_VALIDATED.at(subject, claims=seen.claims, reason=reason))
    unchecked = any(finding.severity is Severity.UNCHECKED for finding in findings)
    return Verdict(CLAIMED if unchecked else VALID, tuple(findings))


def _why_not_validated(judgement: Judgement | None, absent: str) -> str | None:
    if judgement is None:
        return absent
    return judgement.problem


def _weigh_claims(subject: str, seen: Inspection, judgement: Judgement) -> list[Finding]:
    if judgement.unreadable:
        return [codes.UNREADABLE.at(subject, reason=judgement.problem or "")]
    if judgement.problem is not None:
        return []
    verdicts = {verdict.profile.lower(): verdict for verdict in judgement.verdicts}
    findings = []
    for claim in seen.claims:
        verdict = verdicts.get(claim.lower())
        if verdict is None:
            findings.append(codes.CLAIM_NOT_JUDGED.at(subject, claim=claim))
        elif not verdict.compliant:
            clause, description = verdict.failures[0] if verdict.failures else ("", "no rule is named")
            findings.append(
                codes.REFUTED.at(
                    subject, profile=claim, rules=len(verdict.failures), clause=clause, description=description
                )
            )
    return findings


def _notes(subject: str, seen: Inspection) -> list[Finding]:
    notes = []
    if seen.actions:
        notes.append(codes.SCRIPTED.at(subject, actions=seen.actions))
    if seen.fields:
        notes.append(codes.FORM.at(subject, fields=seen.fields))
    if seen.signatures:
        notes.append(codes.SIGNED.at(subject, signatures=seen.signatures))
    if seen.attachments:
        notes.append(codes.ATTACHMENTS.at(subject, names=seen.attachments))
    return notes
