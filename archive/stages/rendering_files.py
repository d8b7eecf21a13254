"""Renditions of single files, outside of any bag: FILE.pdf in a folder, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive.config import Settings
from archive.errors import ArchiveError, ExistsError, NotFoundError, UsageError, from_os_error
from archive.formats.signatures import HEAD_SIZE, recognise
from archive.model.finding import Finding, Outcome, Severity
from archive.model.package import NO_PROGRESS, Progress, RenditionResult, RenditionStatus
from archive.renditions.attempts import Attempt
from archive.renditions.drafting import PDF, Original, can_draw
from archive.renditions.renderer import Rendered, Renderer, Written
from archive.storage.atomic import place, sync_folder
from archive.storage.clock import Clock


@dataclass(frozen=True, slots=True)
class FileRendition:
    """What became of one file. `error` is set when the rendition could not be written."""

    result: RenditionResult
    error: ArchiveError | None = None


@dataclass(frozen=True, slots=True)
class RenderingReport:
    """What `archive render` did, file by file; after a dry run nothing is written and no result has claims."""

    files: tuple[FileRendition, ...]
    dry_run: bool = False

    @property
    def outcome(self) -> Outcome:
        """Damaged when a judge refuted a rendition, not checked when a file has none, else intact; errors apart."""
        results = [file.result for file in self.files if file.error is None]
        if any(result.validated is False for result in results):
            return Outcome.DAMAGED
        missing = any(result.status is RenditionStatus.NONE and not self.dry_run for result in results)
        return Outcome.NOT_CHECKED if missing else Outcome.INTACT

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(
            finding
            for file in self.files
            for finding in file.result.findings
            if finding.severity in (Severity.WARNING, Severity.ERROR)
        )


def render_files(
    files: Sequence[str],
    to: str,
    *,
    title: str | None = None,
    language: str | None = None,
    encoding: str | None = None,
    alternative: str | None = None,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    progress: Progress = NO_PROGRESS,
) -> RenderingReport:
    """Make `to`/NAME.pdf for every file; nothing there is ever replaced.

    `title` and `alternative` are for one file only. Raises `UsageError` and `NotFoundError` before anything is written.
    """
    if len(files) > 1 and (title is not None or alternative is not None):
        raise UsageError("a title or an alternative text is for one file", remedy="Render that file on its own")
    originals = [
        replace(_look_at(path), title=title, language=language, encoding=encoding, alternative=alternative)
        for path in files
    ]
    if dry_run:
        return RenderingReport(tuple(_foresee(original, to) for original in originals), dry_run=True)
    try:
        os.makedirs(to, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, to) from error
    renderer = Renderer(settings, clock)
    progress.begin("rendering", sum(original.size for original in originals))
    done = tuple(
        _conclude(rendered) for rendered in renderer.render(originals, lambda attempt: _put(attempt, to, progress))
    )
    progress.end()
    return RenderingReport(done)


def _look_at(path: str) -> Original:
    """The file at `path`, its format by its first bytes, else by its name. Raises `ArchiveError`."""
    if not os.path.lexists(path):
        raise NotFoundError("there is no such file", subject=path)
    if os.path.isdir(path):
        raise UsageError("it is a folder", subject=path, remedy="`archive create` makes a bag of a folder")
    if not os.path.isfile(path):
        raise UsageError("it is not a regular file", subject=path)
    try:
        status = os.stat(path)
        with open(path, "rb") as file:
            head = file.read(HEAD_SIZE)
    except OSError as error:
        raise from_os_error(error, path) from error
    _, _, kind, _ = recognise(head, whole=status.st_size <= len(head))
    named = Original(path, os.fsencode(path), status.st_size)
    if kind is None or (kind in ("application/zip", "text/plain") and named.media_type is not None):
        kind = None
    return replace(named, kind=kind, modified=datetime.fromtimestamp(int(status.st_mtime), UTC))


def _target_of(original: Original, to: str) -> str:
    return os.path.join(to, f"{original.name}.pdf")


def _foresee(original: Original, to: str) -> FileRendition:
    """What would be done with a file, as far as its name and first bytes tell."""
    target = _target_of(original, to)
    able = can_draw(original) or original.media_type == PDF
    reason = None if able else f"there is no reader for {original.media_type or 'a format that nobody named'}"
    status = RenditionStatus.MADE if able else RenditionStatus.NONE
    error = _taken(target) if able and os.path.lexists(target) else None
    return FileRendition(RenditionResult(original.subject, status, path=target if able else None, reason=reason), error)


def _put(attempt: Attempt, to: str, progress: Progress) -> Written:
    """Write a draft, and say where or why not."""
    progress.advance(attempt.original.size)
    if attempt.draft is None:
        return Written()
    target = _target_of(attempt.original, to)
    try:
        _write(target, attempt.draft.content)
    except ArchiveError as error:
        return Written(error=error)
    return Written(os.fsencode(target), target)


def _conclude(rendered: Rendered) -> FileRendition:
    attempt, confirmation, error = rendered.attempt, rendered.confirmation, rendered.written.error
    kept = attempt.status is RenditionStatus.KEPT
    validator = confirmation.validator if confirmation is not None else None
    if kept and attempt.judgement is not None:
        validator = attempt.judgement.tool
    result = RenditionResult(
        source=attempt.original.subject,
        status=RenditionStatus.NONE if error is not None else attempt.status,
        path=rendered.written.path,
        claims=attempt.claims,
        validated=confirmation.validated if confirmation is not None else kept or None,
        validator=validator,
        maker=attempt.draft.maker if attempt.draft is not None else None,
        reason=error.problem if error is not None else attempt.reason,
        pages=attempt.pages,
        findings=(*attempt.findings, *(confirmation.findings if confirmation is not None else ())),
    )
    return FileRendition(result, error)


def _write(target: str, content: bytes) -> None:
    """Write `target` beside its place, sync it and give it its name. Raises `ExistsError` and other `StorageError`."""
    if os.path.lexists(target):
        raise _taken(target)
    folder, name = os.path.split(target)
    partial = os.path.join(folder, f".{secrets.token_hex(8)}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            place(partial, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(partial)
            raise
        sync_folder(folder or ".")
    except OSError as error:
        raise from_os_error(error, name) from error


def _taken(target: str) -> ExistsError:
    return ExistsError(
        "it is already there, and nothing is ever overwritten", subject=target, remedy="Choose another --to"
    )
