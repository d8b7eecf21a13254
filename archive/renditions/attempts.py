"""What came of an original on the way to its rendition, and what the validator says of it."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model.build import RenditionStatus, Tool
from archive.model.codes import rendition as codes
from archive.model.finding import Finding
from archive.renditions.originals import Draft, Original
from archive.renditions.verapdf import Judgement

ABSENT = "veraPDF is not here"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one original: a draft to be written and judged, or a reason why there is none."""

    original: Original
    status: RenditionStatus
    draft: Draft | None = None
    reason: str | None = None
    claims: tuple[str, ...] = ()
    pages: int | None = None
    judgement: Judgement | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The validator's verdict on a rendition: `validated` is None when there was no validator or it gave no verdict."""

    validated: bool | None
    validator: Tool | None = None
    report: bytes | None = None
    findings: tuple[Finding, ...] = ()


def no_rendition(
    original: Original, reason: str, finding: Finding, *, claims: tuple[str, ...] = (), pages: int | None = None
) -> Attempt:
    """There is none, and `finding` says so."""
    return Attempt(original, RenditionStatus.NONE, reason=reason, claims=claims, pages=pages, findings=(finding,))


def not_drawn(original: Original, reason: str, *, wrong_encoding: bool = False) -> Attempt:
    """There is none, though the format is one of those that are rendered."""
    kind = codes.WRONG_ENCODING if wrong_encoding else codes.NOT_DRAWN
    return no_rendition(original, reason, kind.at(original.subject, reason=reason))


def confirm(original: Original, claims: tuple[str, ...], judgement: Judgement | None) -> Confirmation:
    """The validator's verdict on a rendition with these `claims`; `judgement` is None when there was no validator."""
    if judgement is None:
        return Confirmation(None, findings=(codes.NOT_VALIDATED.at(original.subject, claims=claims, reason=ABSENT),))
    if judgement.problem is not None and not judgement.unreadable:
        reason = codes.NOT_VALIDATED.at(original.subject, claims=claims, reason=judgement.problem)
        return Confirmation(None, judgement.tool, judgement.report, (reason,))
    verdicts = {verdict.profile.lower(): verdict for verdict in judgement.verdicts}
    for claim in claims:
        verdict = verdicts.get(claim.lower())
        if verdict is None or not verdict.compliant:
            failures = verdict.failures if verdict is not None else ()
            clause, said = failures[0] if failures else ("", judgement.problem or "there is no verdict on it")
            refuted = codes.REFUTED.at(original.subject, profile=claim, clause=clause, description=said)
            return Confirmation(False, judgement.tool, judgement.report, (refuted,))
    return Confirmation(True, judgement.tool, judgement.report)
