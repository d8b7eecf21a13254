"""Judges PDFs: what they claim, what contradicts it, what veraPDF says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.model.finding import Fact
from archive.model.validation import Kind, ValidationReport
from archive.renditions.inspection.examining import Inspection, inspect_pdf
from archive.renditions.judging import weigh
from archive.renditions.verapdf import Judgement, find_verapdf, judge_files
from archive.settings import Settings

_ABSENT = "veraPDF is not installed"


def validate_pdf(subject: str, *, settings: Settings | None = None) -> ValidationReport:
    """The report on the PDF at the path `subject`. The file is read only, in processes with limits.

    The verdict is "valid" only if veraPDF confirms every claim, else "claimed, not validated", "not PDF/A", "invalid",
    or "not checked" when the file took more than the limits allow. Raises `NotFoundError` and `StorageError`.
    """
    answer = next(validate_pdfs([subject], settings=settings))
    if isinstance(answer, ArchiveError):
        raise answer
    return answer


def validate_pdfs(
    subjects: Sequence[str], *, settings: Settings | None = None
) -> Iterator[ValidationReport | ArchiveError]:
    """For each PDF its report, or why there is none, in order: veraPDF is started once for all of them."""
    settings = settings or Settings()
    seen: list[Inspection | ArchiveError] = []
    for subject in subjects:
        try:
            seen.append(_inspect(subject, settings))
        except ArchiveError as error:
            seen.append(error)
    judgements = _ask_verapdf(subjects, seen, settings)
    for number, (subject, inspection) in enumerate(zip(subjects, seen, strict=True)):
        if isinstance(inspection, ArchiveError):
            yield inspection
            continue
        judgement = judgements.get(number)
        verdict = weigh(subject, inspection, judgement, absent=_ABSENT)
        facts = _list_facts(inspection, judgement)
        yield ValidationReport(subject, Kind.PDF, verdict.word, findings=verdict.findings, facts=facts)


def _inspect(subject: str, settings: Settings) -> Inspection:
    if not os.path.lexists(subject):
        raise NotFoundError("there is no such file", subject=subject)
    if os.path.isdir(subject):
        raise UsageError("this is a folder, not a PDF", subject=subject)
    return inspect_pdf(subject, subject=subject, settings=settings)


def _ask_verapdf(
    subjects: Sequence[str], seen: Sequence[Inspection | ArchiveError], settings: Settings
) -> dict[int, Judgement]:
    """What veraPDF says, by number: of each PDF that makes a claim, or that the checks here did not get through."""
    asked = [number for number, one in enumerate(seen) if isinstance(one, Inspection) and _is_for_verapdf(one)]
    verapdf = find_verapdf(settings) if asked else None
    if verapdf is None:
        return {}
    paths = [os.fsencode(subjects[number]) for number in asked]
    return dict(zip(asked, judge_files(verapdf, paths, settings=settings), strict=True))


def _is_for_verapdf(seen: Inspection) -> bool:
    claimed = bool(seen.claims or seen.unknown_claims)
    return seen.limit is not None or (claimed and seen.problem is None and not seen.locked)


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
