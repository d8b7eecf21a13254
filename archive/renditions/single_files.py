"""Renditions of single files, outside of any bag: FILE.pdf in a folder, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from archive.errors import ArchiveError, ExistsError, NotFoundError, UsageError, from_os_error
from archive.formats.signatures import HEAD_SIZE, recognise
from archive.model.blocks import Direction
from archive.model.build import NO_PROGRESS, Progress, RenditionResult, RenditionStatus
from archive.model.rendering import FileRendition, RenderingReport
from archive.regular_files import open_regular
from archive.renditions.attempts import Attempt
from archive.renditions.naming import RenditionNames
from archive.renditions.office import office_ending
from archive.renditions.originals import PDF, Original, can_draw
from archive.renditions.readers.source import Neighbours
from archive.renditions.readers.unread import why_not
from archive.renditions.renderer import Rendered, Renderer, Written
from archive.settings import Settings
from archive.storage.atomic import put_in_place, sync_folder
from archive.storage.clock import Clock
from archive.storage.sealed import refuse_sealed
from archive.storage.working_folder import mode_of_copy


def render_files(
    files: Sequence[str],
    to: str,
    *,
    title: str | None = None,
    language: str | None = None,
    direction: Direction | None = None,
    alternative: str | None = None,
    identify: Callable[[Sequence[str]], Mapping[str, str | None]] | None = None,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    progress: Progress = NO_PROGRESS,
) -> RenderingReport:
    """Make `to`/NAME.pdf for every file; nothing there is ever replaced.

    `title` and `alternative` are for one file only. `identify` gives the media types of files, as for a bag; without it
    their first bytes tell. A file among several that cannot be looked at does not stop the others. Raises `UsageError`
    and `NotFoundError` before anything is written.
    """
    if len(files) > 1 and (title is not None or alternative is not None):
        raise UsageError("a title or an alternative text applies to one file", remedy="Render that file on its own")
    refuse_sealed(to)
    originals: list[Original] = []
    refused: list[FileRendition] = []
    for path in files:
        try:
            seen = _look_at(path)
        except ArchiveError as error:
            if len(files) == 1:
                raise
            refused.append(FileRendition(RenditionResult(path, RenditionStatus.NONE, reason=error.problem), error))
            continue
        originals.append(
            replace(seen, title=title, language=language, direction=direction or "auto", alternative=alternative)
        )
    if identify is not None:
        kinds = identify([original.subject for original in originals])
        originals = [replace(original, kind=kinds.get(original.subject)) for original in originals]
    names = RenditionNames(original.name for original in originals)
    if dry_run:
        foreseen = [_foresee(original, to, names) for original in originals]
        return RenderingReport((*foreseen, *refused), dry_run=True)
    try:
        os.makedirs(to, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, to) from error
    except RecursionError:
        raise UsageError("the folders are nested too deeply to be created", subject=to) from None
    renderer = Renderer(settings, clock)
    progress.begin("rendering", sum(original.size for original in originals))
    done = tuple(
        _conclude(rendered)
        for rendered in renderer.render(originals, lambda attempt: _put(attempt, to, names, progress))
    )
    progress.end()
    return RenderingReport((*done, *refused))


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
        with open_regular(path) as file:
            head = file.read(HEAD_SIZE)
    except OSError as error:
        raise from_os_error(error, path) from error
    _, _, kind, _ = recognise(head, whole=status.st_size <= len(head))
    named = Original(path, os.fsencode(path), status.st_size)
    if kind is None or (kind in ("application/zip", "text/plain") and named.media_type is not None):
        kind = None
    beside = Neighbours(os.path.dirname(os.path.abspath(os.fsencode(path))))
    return replace(named, kind=kind, modified=datetime.fromtimestamp(int(status.st_mtime), UTC), neighbours=beside)


def _target_of(original: Original, to: str, names: RenditionNames) -> str:
    return os.path.join(to, names.rendition_of(original.name))


def _foresee(original: Original, to: str, names: RenditionNames) -> FileRendition:
    """What would be done with a file, as far as its name and first bytes tell."""
    target = _target_of(original, to, names)
    able = can_draw(original) or original.media_type == PDF or office_ending(original) is not None
    reason = None if able else why_not(original.media_type, original.name)
    status = RenditionStatus.MADE if able else RenditionStatus.NONE
    error = _taken(target) if able and os.path.lexists(target) else None
    return FileRendition(RenditionResult(original.subject, status, path=target if able else None, reason=reason), error)


def _put(attempt: Attempt, to: str, names: RenditionNames, progress: Progress) -> Written:
    """Write a draft, and say where or why not."""
    progress.advance(attempt.original.size)
    if attempt.draft is None:
        return Written()
    target = _target_of(attempt.original, to, names)
    try:
        _write(target, attempt.draft.content, mode_of_copy(attempt.original.subject))
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


def _write(target: str, content: bytes, mode: int) -> None:
    """Write `target` beside its place, sync it and give it its name. A new file has `mode`, before the umask.

    Raises `ExistsError` and other `StorageError`.
    """
    if os.path.lexists(target):
        raise _taken(target)
    folder, name = os.path.split(target)
    partial = os.path.join(folder, f".{secrets.token_hex(8)}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), mode)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            put_in_place(partial, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(partial)
            raise
        sync_folder(folder or ".")
    except OSError as error:
        raise from_os_error(error, name) from error


def _taken(target: str) -> ExistsError:
    return ExistsError("it already exists, and nothing is overwritten", subject=target, remedy="Choose another --to")
