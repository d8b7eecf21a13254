"""Decides what becomes of each original on the way to PDF/A, and has the results judged.

A document with a reader is drawn. An existing PDF is kept when veraPDF finds it a valid PDF/A, left alone when a
conversion would lose what it is (encrypted, signed, fillable, scripted, with attached files, or claiming PDF/A where
nobody can tell), else converted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from archive.config import Settings
from archive.errors import RenditionError, StorageError, from_os_error
from archive.model.codes import rendition as codes
from archive.model.finding import Finding
from archive.model.package import RenditionStatus, Tool
from archive.renditions.conversion import Converter, convert_pdf, find_converter
from archive.renditions.drafting import PDF, Draft, Original, can_draw, draft_rendition, limit_of
from archive.renditions.inspection.examining import Inspection, inspect_pdf
from archive.renditions.judging import CLAIMED, VALID, weigh
from archive.renditions.verapdf import Judgement, VeraPdf, find_verapdf, judge_files
from archive.storage.clock import Clock

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
    """A judge's word on a rendition: None for `validated` when there was no judge or it gave no verdict."""

    validated: bool | None
    validator: Tool | None = None
    report: bytes | None = None
    findings: tuple[Finding, ...] = ()


class Renderer:
    """Makes and judges renditions under one set of settings. Finds the outside tools once."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock

    @cached_property
    def verapdf(self) -> VeraPdf | None:
        return find_verapdf(self.settings)

    @cached_property
    def converter(self) -> Converter | None:
        return find_converter(self.settings)

    def attempt(self, originals: Sequence[Original]) -> Iterator[Attempt]:
        """One attempt for each original, in their order; a failure is an attempt with a reason, never an exception.

        The PDFs among them are examined and judged first, together. Raises `UsageError` for a setting that names a
        tool that is not there.
        """
        seen = self._examine([o for o in originals if o.media_type == PDF])
        for original in originals:
            if original.media_type == PDF:
                yield self._attempt_pdf(original, *seen[original.subject])
            elif not can_draw(original):
                shown = original.media_type or "a format that nobody named"
                told = codes.NO_READER.at(original.subject, format=shown)
                yield _none(original, f"there is no reader for {shown}", told)
            else:
                yield self._attempt_drawing(original)

    def confirm(self, drafts: Sequence[tuple[Original, tuple[str, ...], bytes]]) -> list[Confirmation]:
        """The judge's word on renditions: for each the original, what the rendition claims, and its location."""
        if self.verapdf is None or not drafts:
            return [
                Confirmation(None, findings=(codes.NOT_VALIDATED.at(o.subject, claims=claims, reason=ABSENT),))
                for o, claims, _ in drafts
            ]
        judged = judge_files(self.verapdf, [location for _, _, location in drafts], settings=self.settings)
        return [
            _confirm(original, claims, judgement)
            for (original, claims, _), judgement in zip(drafts, judged, strict=True)
        ]

    def _attempt_drawing(self, original: Original) -> Attempt:
        limit = limit_of(original)
        if original.size > limit:
            return _not_drawn(
                original, f"it has {original.size:,} bytes, and at most {limit:,} of its format are drawn"
            )
        try:
            content = _read(original)
            draft = draft_rendition(original, content, settings=self.settings, clock=self.clock)
        except (RenditionError, StorageError) as error:
            return _not_drawn(original, error.problem)
        return Attempt(
            original, RenditionStatus.MADE, draft, claims=draft.claims, pages=draft.pages, findings=draft.findings
        )

    def _examine(self, originals: Sequence[Original]) -> dict[str, tuple[Inspection, Judgement | None]]:
        seen: dict[str, Inspection] = {}
        for original in originals:
            try:
                seen[original.subject] = inspect_pdf(
                    original.location, subject=original.subject, settings=self.settings
                )
            except StorageError as error:
                seen[original.subject] = Inspection(problem=error.problem)
        claiming = [o for o in originals if seen[o.subject].claims_pdfa and not seen[o.subject].locked]
        judged: list[Judgement] = []
        if claiming and self.verapdf is not None:
            judged = judge_files(self.verapdf, [o.location for o in claiming], settings=self.settings)
        words = dict(zip((o.subject for o in claiming), judged, strict=False))
        return {subject: (inspection, words.get(subject)) for subject, inspection in seen.items()}

    def _attempt_pdf(self, original: Original, seen: Inspection, judgement: Judgement | None) -> Attempt:
        subject = original.subject
        trouble = seen.problem or seen.limit
        if trouble is not None:
            return _not_drawn(original, f"the PDF could not be read: {trouble}")
        verdict = weigh(subject, seen, judgement, absent=ABSENT)
        if verdict.word == VALID:
            return Attempt(
                original, RenditionStatus.KEPT, claims=seen.claims, pages=seen.pages, judgement=judgement,
                findings=(codes.KEPT.at(subject, claims=seen.claims),),
            )  # fmt: skip
        alone = _why_alone(seen, claimed=verdict.word == CLAIMED)
        if alone is not None:
            return _none(original, f"the PDF is {alone}", codes.LEFT_ALONE.at(subject, reason=alone), seen)
        if self.converter is None:
            reason = "there is no converter here"
            return _none(original, reason, codes.NO_CONVERTER.at(subject, reason=reason), seen)
        try:
            made = convert_pdf(
                original.location,
                self.converter,
                name=original.name,
                verapdf=self.verapdf,
                settings=self.settings,
                clock=self.clock,
            )
        except RenditionError as error:
            return _none(original, error.problem, codes.NO_CONVERTER.at(subject, reason=error.problem), seen)
        told = codes.LEVEL_LOW.at(subject, maker=f"{made.tool.name} {made.tool.version}")
        draft = Draft(made.content, made.claims, made.pages, made.tool)
        return Attempt(original, RenditionStatus.MADE, draft, claims=made.claims, pages=made.pages, findings=(told,))


def _why_alone(seen: Inspection, *, claimed: bool) -> str | None:
    reasons = [
        word
        for word, true in (
            ("encrypted", seen.encrypted),
            ("signed", seen.signatures > 0),
            ("a form", seen.fields > 0),
            ("scripted", bool(seen.actions)),
            ("one with attached files", bool(seen.attachments)),
            (f"one that claims {', '.join(seen.claims)}, which is not validated", claimed),
        )
        if true
    ]
    return " and ".join(reasons) or None


def _confirm(original: Original, claims: tuple[str, ...], judgement: Judgement) -> Confirmation:
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


def _read(original: Original) -> bytes:
    try:
        with open(original.location, "rb") as file:
            return file.read(original.size + 1)
    except OSError as error:
        raise from_os_error(error, original.subject) from error


def _not_drawn(original: Original, reason: str) -> Attempt:
    return _none(original, reason, codes.NOT_DRAWN.at(original.subject, reason=reason))


def _none(original: Original, reason: str, finding: Finding, seen: Inspection | None = None) -> Attempt:
    claims, pages = (seen.claims, seen.pages) if seen is not None else ((), None)
    return Attempt(original, RenditionStatus.NONE, reason=reason, claims=claims, pages=pages, findings=(finding,))
