"""Turns a PDF's claims, muniment's own checks and veraPDF's verdict into one word that says no more than was proven."""

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

    *valid* needs a good verdict of veraPDF on every claim the metadata make; what this program's own checks object to
    is then a warning, since veraPDF has the last word.
    """
    compliant = judgement is not None and judgement.compliant
    if seen.problem is not None:
        found = codes.UNREADABLE.at(subject, reason=seen.problem)
        return _outvoted(subject, judgement, found) if compliant else Verdict(INVALID, (found,))
    if seen.limit is not None:
        found = codes.LIMIT.at(subject, reason=seen.limit)
        return _outvoted(subject, judgement, found) if compliant else Verdict(NOT_CHECKED, (found,))
    findings = [*seen.findings, *_notes(subject, seen)]
    claims = _claims_of(seen, judgement)
    if claims and judgement is not None and not seen.locked:
        findings = _follow(subject, claims, findings, judgement)
        findings += _weigh_claims(subject, claims, judgement)
    broken = any(finding.kind in (codes.PAGES_BROKEN, codes.UNREADABLE) for finding in findings)
    if not claims and not seen.unknown_claims:
        return Verdict(INVALID if broken else NOT_PDFA, (*findings, codes.NO_CLAIM.at(subject)))
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict(INVALID, tuple(findings))
    reason = _why_not_validated(judgement, absent)
    if reason is not None:
        findings.append(codes.NOT_VALIDATED.at(subject, claims=claims, reason=reason))
    unchecked = any(finding.severity is Severity.UNCHECKED for finding in findings)
    return Verdict(CLAIMED if unchecked else VALID, tuple(findings))


def _outvoted(subject: str, judgement: Judgement | None, found: Finding) -> Verdict:
    """What could not be examined here and veraPDF found compliant: valid, with the reason as a warning."""
    profiles = () if judgement is None else tuple(verdict.profile for verdict in judgement.verdicts)
    return Verdict(VALID, (codes.OUTVOTED.at(subject, problem=found.message, profiles=profiles),))


def _claims_of(seen: Inspection, judgement: Judgement | None) -> tuple[str, ...]:
    """The claims in the metadata; those that only veraPDF understands, by the names that veraPDF has for them."""
    if seen.claims or not seen.unknown_claims or judgement is None or not judgement.compliant:
        return seen.claims
    return tuple(verdict.profile for verdict in judgement.verdicts)


def _follow(subject: str, claims: tuple[str, ...], findings: list[Finding], judgement: Judgement) -> list[Finding]:
    """The findings of muniment's own checks, the errors among them as warnings where veraPDF finds every claim kept."""
    judged = {verdict.profile.lower() for verdict in judgement.verdicts}
    if not judgement.compliant or not all(claim.lower() in judged for claim in claims):
        return findings
    profiles = tuple(verdict.profile for verdict in judgement.verdicts)
    return [
        codes.OUTVOTED.at(subject, problem=finding.message, profiles=profiles)
        if finding.severity is Severity.ERROR
        else finding
        for finding in findings
    ]


def _why_not_validated(judgement: Judgement | None, absent: str) -> str | None:
    if judgement is None:
        return absent
    return judgement.problem


def _weigh_claims(subject: str, claims: tuple[str, ...], judgement: Judgement) -> list[Finding]:
    if judgement.unreadable:
        return [codes.UNREADABLE.at(subject, reason=judgement.problem or "")]
    if judgement.problem is not None:
        return []
    verdicts = {verdict.profile.lower(): verdict for verdict in judgement.verdicts}
    findings = []
    for claim in claims:
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
