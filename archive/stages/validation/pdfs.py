"""Judges one PDF: what it claims, what stands against it, what veraPDF says."""

from __future__ import annotations

import os

from archive.config import Settings
from archive.errors import NotFoundError, UsageError
from archive.model.finding import Fact
from archive.model.report import Kind, ValidationReport
from archive.renditions.inspection.examining import Inspection, inspect_pdf
from archive.renditions.judging import weigh
from archive.renditions.verapdf import Judgement, find_verapdf, judge_files

_ABSENT = "veraPDF is not here"


def validate_pdf(subject: str, *, settings: Settings) -> ValidationReport:
    """The report on the PDF at the path `subject`. The file is read only, in processes with limits.

    The verdict is "valid" only by veraPDF's word on every claim, else "claimed, not validated", "not PDF/A", "invalid",
    or "not checked" when the file took more than the limits allow. Raises `NotFoundError` and `StorageError`.
    """
    if not os.path.lexists(subject):
        raise NotFoundError("there is no such file", subject=subject)
    if os.path.isdir(subject):
        raise UsageError("it is a folder, not a PDF", subject=subject)
    seen = inspect_pdf(subject, subject=subject, settings=settings)
    judgement = _ask_judge(subject, seen, settings)
    verdict = weigh(subject, seen, judgement, absent=_ABSENT)
    return ValidationReport(
        subject, Kind.PDF, verdict.word, findings=verdict.findings, facts=_list_facts(seen, judgement)
    )


def _ask_judge(subject: str, seen: Inspection, settings: Settings) -> Judgement | None:
    """veraPDF's word, where there is a claim to judge; it is not troubled with what we could not even open."""
    if not seen.claims or seen.locked:
        return None
    verapdf = find_verapdf(settings)
    if verapdf is None:
        return None
    return judge_files(verapdf, [os.fsencode(subject)], settings=settings)[0]


def _list_facts(seen: Inspection, judgement: Judgement | None) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "claims": (*seen.claims, *seen.unknown_claims),
        "version": seen.version,
        "pages": seen.pages,
        "encrypted": seen.encrypted,
        "tagged": seen.tagged,
        "form_fields": seen.fields,
        "signatures": seen.signatures,
        "attachments": seen.attachments,
        "title": seen.title,
        "language": seen.language,
    }
    if judgement is not None and judgement.tool is not None:
        facts["validator"] = f"{judgement.tool.name} {judgement.tool.version}"
        facts["judged"] = tuple(
            f"{verdict.profile}: {'compliant' if verdict.compliant else 'not compliant'}"
            for verdict in judgement.verdicts
        )
    return facts
