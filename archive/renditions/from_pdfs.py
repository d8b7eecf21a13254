"""What becomes of originals that are PDFs: kept where valid, left alone where a conversion would lose something, else
converted; and of office documents, which LibreOffice prints. A batch of them at a time, so that veraPDF is asked about
many in one run.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace

from archive.errors import RenditionError, StorageError
from archive.model.build import RenditionStatus
from archive.model.codes import rendition as codes
from archive.renditions.attempts import ABSENT, Attempt, no_rendition, not_drawn
from archive.renditions.conversion import Converter, convert_pdf, find_refusal
from archive.renditions.inspection.carrying import NotCarriedError
from archive.renditions.inspection.examining import Inspection, inspect_pdf
from archive.renditions.judging import CLAIMED, VALID, weigh
from archive.renditions.office import Office, print_document, why_no_office
from archive.renditions.originals import PDF, Draft, Original, shorten
from archive.renditions.verapdf import Judgement, VeraPdf, judge_files
from archive.settings import Settings
from archive.storage.clock import Clock


@dataclass(frozen=True, slots=True)
class Tools:
    """What is there to work with, and how."""

    settings: Settings
    clock: Clock
    verapdf: VeraPdf | None
    converter: Converter | None
    office: Office | None = None

    def judge(self, locations: Sequence[bytes]) -> list[Judgement | None]:
        """A judgement for each file; None for each where there is no judge."""
        if self.verapdf is None or not locations:
            return [None] * len(locations)
        return [*judge_files(self.verapdf, locations, settings=self.settings)]


def attempt_pdfs(
    originals: Sequence[Original], targets: Sequence[str], tools: Tools, executor: Executor
) -> list[Attempt]:
    """One attempt for each PDF and, where there is LibreOffice, office document; a converted one is at its place in
    `targets`, judged, its draft without bytes.

    All that runs outside of this process runs in `executor`.
    """
    printing = {
        n: executor.submit(_print, original, targets[n], tools)
        for n, original in enumerate(originals)
        if original.media_type != PDF
    }
    existing = [n for n in range(len(originals)) if n not in printing]
    inspections = dict(zip(existing, executor.map(lambda n: _inspect(originals[n], tools), existing), strict=True))
    waiting = [n for n, seen in inspections.items() if seen.claims_pdfa and not seen.locked]
    asked = executor.submit(tools.judge, [originals[n].location for n in waiting])

    def go_on(number: int, judgement: Judgement | None) -> Attempt | Future[Attempt]:
        decided = _decide(originals[number], inspections[number], judgement, tools)
        if decided is not None:
            return decided
        return executor.submit(_convert, originals[number], inspections[number], targets[number], tools)

    begun: dict[int, Attempt | Future[Attempt]] = {n: go_on(n, None) for n in existing if n not in waiting}
    begun |= printing
    begun |= {n: go_on(n, judgement) for n, judgement in zip(waiting, asked.result(), strict=True)}
    attempts = [one.result() if isinstance(one := begun[n], Future) else one for n in range(len(originals))]
    made = [n for n, attempt in enumerate(attempts) if attempt.draft is not None]
    judged = executor.submit(tools.judge, [os.fsencode(targets[n]) for n in made]).result()
    for n, judgement in zip(made, judged, strict=True):
        attempts[n] = _weigh_conversion(attempts[n], judgement, tools)
    return attempts


def _inspect(original: Original, tools: Tools) -> Inspection:
    try:
        return inspect_pdf(original.location, subject=original.subject, settings=tools.settings)
    except StorageError as error:
        return Inspection(problem=error.problem)


def _decide(original: Original, seen: Inspection, judgement: Judgement | None, tools: Tools) -> Attempt | None:
    """What is decided without a conversion; None where one is to be tried."""
    subject = original.subject
    trouble = seen.problem or seen.limit
    if trouble is not None:
        return not_drawn(original, f"the PDF could not be read: {trouble}")
    verdict = weigh(subject, seen, judgement, absent=ABSENT)
    if verdict.word == VALID and seen.claims_pdfa:
        told = codes.KEPT.at(subject, claims=seen.claims)
        return Attempt(
            original, RenditionStatus.KEPT, claims=seen.claims, pages=seen.pages, judgement=judgement, findings=(told,)
        )
    alone = _why_alone(seen, claimed=verdict.word == CLAIMED and seen.claims_pdfa)
    if alone is not None:
        told = codes.LEFT_ALONE.at(subject, reason=alone)
        return no_rendition(original, f"the PDF is {alone}", told, claims=seen.claims, pages=seen.pages)
    if seen.attachments and not tools.settings.render.pdfa.startswith("3"):
        reason = "PDF/A-2 can hold no attached files but PDF/A"
        told = codes.NOT_CARRIED.at(subject, reason=reason)
        return no_rendition(original, reason, told, claims=seen.claims, pages=seen.pages)
    return None if tools.converter is not None else _not_converted(original, seen, "there is no converter here")


def _convert(original: Original, seen: Inspection, target: str, tools: Tools) -> Attempt:
    assert tools.converter is not None
    try:
        made = convert_pdf(
            original.location,
            target,
            tools.converter,
            name=original.name,
            pages=seen.pages,
            carry=bool(seen.attachments),
            settings=tools.settings,
            clock=tools.clock,
        )
    except NotCarriedError as error:
        told = codes.NOT_CARRIED.at(original.subject, reason=error.problem)
        return no_rendition(original, error.problem, told, claims=seen.claims, pages=seen.pages)
    except RenditionError as error:
        return _not_converted(original, seen, error.problem)
    findings = [codes.LEVEL_LOW.at(original.subject, maker=f"{made.tool.name} {made.tool.version}")]
    if made.attached:
        findings.append(codes.CARRIED.at(original.subject, count=len(made.attached), names=shorten(made.attached)))
    draft = Draft(b"", made.claims, made.pages, made.tool)
    return Attempt(
        original, RenditionStatus.MADE, draft, claims=made.claims, pages=made.pages, findings=tuple(findings)
    )


def _print(original: Original, target: str, tools: Tools) -> Attempt:
    """An office document by LibreOffice; what that makes is converted once more where it does not hold as PDF/A."""
    if tools.office is None:
        reason = why_no_office(original, tools.settings) or "LibreOffice is not here, and render.office asks for it"
        return no_rendition(original, reason, codes.NO_READER.at(original.subject, reason=reason))
    maker = tools.office.tool
    try:
        made = print_document(original, target, tools.office, settings=tools.settings, clock=tools.clock)
        claims = made.claims
        if made.problem is not None:
            if tools.converter is None:
                raise RenditionError(f"what LibreOffice made is not PDF/A: {made.problem}", subject=original.subject)
            again = convert_pdf(
                os.fsencode(target),
                target,
                tools.converter,
                name=original.name,
                pages=made.pages,
                carry=tools.settings.render.pdfa.startswith("3"),
                settings=tools.settings,
                clock=tools.clock,
            )
            claims = again.claims
            maker = replace(maker, note=f"converted by {again.tool.name} {again.tool.version}")
    except (RenditionError, StorageError) as error:
        with suppress(FileNotFoundError):
            os.unlink(target)
        return not_drawn(original, error.problem)
    findings = [codes.PRINTED.at(original.subject, maker=f"{maker.name} {maker.version}")]
    if made.unseen:
        findings.append(codes.LEFT_OUT.at(original.subject, what=shorten(made.unseen)))
    draft = Draft(b"", claims, made.pages, maker)
    return Attempt(original, RenditionStatus.MADE, draft, claims=claims, pages=made.pages, findings=tuple(findings))


def _weigh_conversion(attempt: Attempt, judgement: Judgement | None, tools: Tools) -> Attempt:
    """The attempt with its judgement, or without its draft when that refutes it."""
    if judgement is None or attempt.draft is None:
        return attempt
    refusal = find_refusal(judgement, attempt.draft.maker.name)
    if refusal is None:
        return replace(attempt, judgement=judgement)
    if attempt.original.media_type != PDF:
        return not_drawn(attempt.original, refusal)
    return _not_converted(attempt.original, attempt, refusal)


def _not_converted(original: Original, seen: Inspection | Attempt, reason: str) -> Attempt:
    told = codes.NO_CONVERTER.at(original.subject, reason=reason)
    return no_rendition(original, reason, told, claims=seen.claims, pages=seen.pages)


def _why_alone(seen: Inspection, *, claimed: bool) -> str | None:
    reasons = [
        word
        for word, true in (
            ("encrypted", seen.encrypted),
            ("signed", seen.signatures > 0),
            ("a form", seen.fields > 0),
            ("scripted", bool(seen.actions)),
            (f"one that claims {', '.join(seen.claims)}, which is not validated", claimed),
        )
        if true
    ]
    return " and ".join(reasons) or None
