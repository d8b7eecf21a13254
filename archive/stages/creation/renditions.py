"""Renditions for a bag: one PDF/A for every original that can have one, written beside the originals and judged.

A rendition problem never stops the bag: it becomes a reason in the result and a finding.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from archive.errors import RenditionError
from archive.model.build import (
    NO_PROGRESS,
    Build,
    Conversion,
    Identification,
    Originals,
    Progress,
    RenditionResult,
    RenditionStatus,
    Role,
)
from archive.model.codes import rendition as codes
from archive.model.description import Description
from archive.renditions.attempts import Attempt
from archive.renditions.naming import RenditionNames
from archive.renditions.normalising import normalise_file
from archive.renditions.normalising_policy import ENDINGS, FORMS, Policy, load_policy
from archive.renditions.originals import Original
from archive.renditions.readers import media_type_of
from archive.renditions.readers.source import Neighbours
from archive.renditions.renderer import Rendered, Renderer, Written
from archive.settings import Settings
from archive.storage.clock import Clock

_ORIGINALS = f"data/{Role.ORIGINAL.value}/"
_RENDITIONS = f"data/{Role.PRESERVATION.value}/"
_REPORTS = "metadata/preservation/reports/"
_PIECE = 1 << 20


class Formats(Protocol):
    """What identification tells of a file."""

    def of(self, path: str) -> Identification | None: ...


def render_all(  # noqa: PLR0917 - the order in which creation hands its stages on
    build: Build,
    identifications: Formats,
    description: Description | None,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
    *,
    others: Collection[str] = (),
) -> tuple[RenditionResult, ...]:
    """What became of every original, in the order of the manifests; nothing when `render.pdfa` is "none".

    `others` are the bag paths of originals that are not to be rendered but are in the bag as well: no rendition takes
    the name of a folder of theirs.
    Writes renditions to data/preservation/<path>.pdf and veraPDF's reports to metadata/preservation/reports/. At most
    one document and its rendition are held in memory at a time. Raises `StorageError` when the bag cannot be written
    and `UsageError` when a setting names a tool that is not there.
    """
    policy = load_policy(settings)
    if policy is None and settings.render.pdfa == "none":
        return ()
    records = [(r.path, r.size, r.modified) for r in build.records() if r.path.startswith(_ORIGINALS)]
    names = RenditionNames(path.removeprefix(_ORIGINALS) for path in (*others, *(path for path, _, _ in records)))
    copies: tuple[RenditionResult, ...] = ()
    if policy is not None:
        paths = [path for path, _, _ in records]
        copies = tuple(_normalise(build, names, paths, identifications, policy, settings))
    if settings.render.pdfa == "none":
        return copies
    single = len(records) == 1 and not others
    renderer = Renderer(settings, clock)
    drawn = (size for path, size, _ in records if _counts(identifications.of(path), path))
    progress.begin("rendering", sum(drawn))
    try:
        originals = (
            describe_original(build, identifications, description, record, single=single) for record in records
        )
        made = tuple(
            _conclude(build, names, rendered)
            for rendered in renderer.render(originals, lambda attempt: _write(build, names, attempt, progress))
        )
        return (*made, *copies)
    finally:
        progress.end()


def _normalise(  # noqa: PLR0917
    build: Build,
    names: RenditionNames,
    paths: list[str],
    identifications: Formats,
    policy: Policy,
    settings: Settings,
) -> Iterator[RenditionResult]:
    """The preservation copies that the policy asks for, each written to data/preservation/, or why there is none."""
    for path in paths:
        rule = policy.rule_for(identifications.of(path))
        if rule is None:
            continue
        form = FORMS[rule.to]
        with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
            place = os.path.join(folder, "copy")
            try:
                made = normalise_file(build.locate(path), path.rpartition("/")[2], rule, place, settings=settings)
            except RenditionError as error:
                failed = codes.NOT_NORMALISED.at(path, form=form, reason=error.problem)
                yield RenditionResult(
                    path, RenditionStatus.NONE, reason=error.problem, findings=(failed,), conversion=Conversion(form)
                )
                continue
            target = _RENDITIONS + names.copy_of(path.removeprefix(_ORIGINALS), ENDINGS[rule.to])
            with open(place, "rb") as file:
                build.add_payload(target, iter(lambda: file.read(_PIECE), b""))
        findings = [codes.NORMALISED.at(path, form=form, maker=f"{made.maker.name} {made.maker.version}")]
        if made.left_out:
            findings.append(codes.LEFT_OUT.at(path, what=made.left_out))
        yield RenditionResult(
            path,
            RenditionStatus.MADE,
            path=target,
            maker=made.maker,
            findings=tuple(findings),
            conversion=Conversion(form, made.command, made.check),
        )


def rehearse_all(
    files: Originals,
    identifications: Formats,
    description: Description | None,
    renderer: Renderer,
    *,
    seconds: float,
) -> tuple[tuple[RenditionResult, ...], int]:
    """What would become of the originals, with nothing written, and how many were not tried after `seconds`."""
    records = [(r.path, r.size, r.modified) for r in files.records()]
    end = time.monotonic() + seconds
    tried = 0

    def originals() -> Iterator[Original]:
        nonlocal tried
        for record in records:
            if time.monotonic() > end:
                return
            tried += 1
            yield describe_original(files, identifications, description, record, single=len(records) == 1)

    rendered = renderer.render(originals(), lambda attempt: Written())
    results = tuple(
        RenditionResult(
            source=one.attempt.original.subject,
            status=one.attempt.status,
            claims=one.attempt.claims,
            reason=one.attempt.reason,
            pages=one.attempt.pages,
            findings=one.attempt.findings,
        )
        for one in rendered
    )
    return results, len(records) - tried


def describe_original(
    build: Originals,
    identifications: Formats,
    description: Description | None,
    record: tuple[str, int, float | None],
    *,
    single: bool,
) -> Original:
    """An original with what the description says of it; the package's title is the title of its only file."""
    path, size, modified = record
    found = identifications.of(path)
    original = Original(
        path,
        build.locate(path),
        size,
        kind=found.mime if found is not None and found.mime else None,
        modified=None if modified is None else datetime.fromtimestamp(int(modified), UTC),
        neighbours=_neighbours(build.locate(path), path),
    )
    if description is None:
        return original
    hint = description.reading(path)
    identifiers = [statement for statement in description.values("identifier") if not statement.private]
    own = description.values("language", about=path)
    return replace(
        original,
        title=description.title_text(path) or (description.title_text() if single else None),
        creators=description.creators(path) or description.creators(),
        language=own[0].value if own else hint.language,
        languages=tuple(statement.value for statement in description.values("language")),
        encoding=hint.encoding,
        direction="rtl" if hint.direction == "rtl" else "ltr" if hint.direction == "ltr" else "auto",
        alternative=description.alternative_text(path),
        identifier=identifiers[0].value if identifiers else None,
    )


def _neighbours(location: bytes, path: str) -> Neighbours:
    """The other originals, from where this one lies."""
    folders = path.removeprefix(_ORIGINALS).split("/")[:-1]
    root = location
    for _ in range(len(folders) + 1):
        root = os.path.dirname(root)
    return Neighbours(root, tuple(os.fsencode(folder) for folder in folders))


def _counts(found: Identification | None, path: str) -> bool:
    """Whether an original's bytes are part of the work: what is never read would make the time left look short."""
    return media_type_of(found.mime if found is not None else None, path.rpartition("/")[2]) is not None


def _write(build: Build, names: RenditionNames, attempt: Attempt, progress: Progress) -> Written:
    written = Written()
    if attempt.draft is not None:
        path = _RENDITIONS + names.rendition_of(attempt.original.subject.removeprefix(_ORIGINALS))
        build.add_payload(path, (attempt.draft.content,))
        written = Written(build.locate(path), path)
    if attempt.original.media_type is not None:
        progress.advance(attempt.original.size)
    return written


def _conclude(build: Build, names: RenditionNames, rendered: Rendered) -> RenditionResult:
    """The result of one original; writes the validator's report."""
    attempt, confirmation = rendered.attempt, rendered.confirmation
    validated, validator, report = None, None, None
    findings = attempt.findings
    if confirmation is not None:
        validated, validator, report = confirmation.validated, confirmation.validator, confirmation.report
        findings = (*findings, *confirmation.findings)
    elif attempt.judgement is not None:
        validator, report = attempt.judgement.tool, attempt.judgement.report
        validated = attempt.status is RenditionStatus.KEPT or None
    reports: tuple[str, ...] = ()
    if report is not None:
        place = _REPORTS + names.report_of(attempt.original.subject.removeprefix(_ORIGINALS))
        build.add_tag(place, (report,))
        reports = (place,)
    return RenditionResult(
        source=attempt.original.subject,
        status=attempt.status,
        path=rendered.written.path,
        claims=attempt.claims,
        validated=validated,
        validator=validator,
        maker=attempt.draft.maker if attempt.draft is not None else None,
        reason=attempt.reason,
        pages=attempt.pages,
        reports=reports,
        findings=findings,
    )
