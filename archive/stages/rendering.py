"""Renditions for a bag: one PDF/A for every original that can have one, written beside the originals and judged.

A rendition problem never stops the bag: it becomes a reason in the result and a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from archive.config import Settings
from archive.model.description import Description
from archive.model.package import (
    NO_PROGRESS,
    Build,
    Identification,
    Progress,
    RenditionResult,
    RenditionStatus,
    Role,
)
from archive.renditions.attempts import Attempt
from archive.renditions.drafting import Original
from archive.renditions.readers import media_type_of
from archive.renditions.renderer import Rendered, Renderer, Written
from archive.storage.clock import Clock

_ORIGINALS = f"data/{Role.ORIGINAL.value}/"
_RENDITIONS = f"data/{Role.PRESERVATION.value}/"
_REPORTS = "metadata/preservation/reports/"
_LONGEST = 240


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
) -> tuple[RenditionResult, ...]:
    """What became of every original, in the order of the manifests; nothing when `render.pdfa` is "none".

    Writes renditions to data/preservation/<path>.pdf and veraPDF's reports to metadata/preservation/reports/. At most
    one document and its rendition are held in memory at a time. Raises `StorageError` when the bag cannot be written
    and `UsageError` when a setting names a tool that is not there.
    """
    if settings.render.pdfa == "none":
        return ()
    records = [(r.path, r.size, r.modified) for r in build.records() if r.path.startswith(_ORIGINALS)]
    names = _Names(path.removeprefix(_ORIGINALS) for path, _, _ in records)
    single = len(records) == 1
    renderer = Renderer(settings, clock)
    drawn = (size for path, size, _ in records if _counts(identifications.of(path), path))
    progress.begin("rendering", sum(drawn))
    try:
        originals = (_describe(build, identifications, description, record, single=single) for record in records)
        return tuple(
            _conclude(build, names, rendered)
            for rendered in renderer.render(originals, lambda attempt: _write(build, names, attempt, progress))
        )
    finally:
        progress.end()


def _describe(
    build: Build,
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
    )
    if description is None:
        return original
    return replace(
        original,
        title=description.title_text(path) or (description.title_text() if single else None),
        creators=description.creators(path) or description.creators(),
        language=description.language(path),
        alternative=description.alternative_text(path),
    )


def _counts(found: Identification | None, path: str) -> bool:
    """Whether an original's bytes are part of the work: what nobody reads would make the time left look short."""
    return media_type_of(found.mime if found is not None else None, path.rpartition("/")[2]) is not None


def _write(build: Build, names: _Names, attempt: Attempt, progress: Progress) -> Written:
    written = Written()
    if attempt.draft is not None:
        path = _RENDITIONS + names.rendition_of(attempt.original.subject.removeprefix(_ORIGINALS))
        build.add_payload(path, (attempt.draft.content,))
        written = Written(build.locate(path), path)
    if attempt.original.media_type is not None:
        progress.advance(attempt.original.size)
    return written


def _conclude(build: Build, names: _Names, rendered: Rendered) -> RenditionResult:
    """The result of one original; writes the judge's report."""
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


class _Names:
    """Names for renditions and reports: the original's path with an ending, out of the way of folders of that name."""

    def __init__(self, originals: Iterator[str]) -> None:
        self._folders = {
            "/".join(parts[:depth])
            for parts in (path.split("/") for path in originals)
            for depth in range(1, len(parts))
            if parts[depth - 1].endswith((".pdf", ".json"))
        }

    def rendition_of(self, original: str) -> str:
        return self._free(original, ".pdf")

    def report_of(self, original: str) -> str:
        return self._free(original, ".verapdf.json")

    def _free(self, original: str, ending: str) -> str:
        front, slash, name = original.rpartition("/")
        raw = name.encode("utf-8", "surrogateescape")
        if len(raw) + len(ending) > _LONGEST:
            digest = hashlib.sha256(raw).hexdigest()[:12]
            name = f"{raw[:200].decode('utf-8', 'ignore')}~{digest}"
        candidate, number = f"{front}{slash}{name}{ending}", 1
        while candidate in self._folders:
            number += 1
            candidate = f"{front}{slash}{name}~{number}{ending}"
        return candidate
