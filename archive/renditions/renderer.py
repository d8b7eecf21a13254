"""Makes and judges renditions, batch after batch: what becomes of each original, in order.

Nothing is read, drawn, converted or judged in this process. Drawing processes, converters and veraPDF run beside each
other, at most `render.workers` at a time. A batch is judged by as many runs of veraPDF as there are workers, for a Java
start costs more than many files, while the next batch is drawn.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from archive.errors import ArchiveError, RenditionError, StorageError, from_os_error
from archive.model.build import RenditionStatus
from archive.model.codes import rendition as codes
from archive.renditions.attempts import Attempt, Confirmation, confirm, no_rendition, not_drawn
from archive.renditions.confinement import heed
from archive.renditions.conversion import Converter, find_converter
from archive.renditions.from_pdfs import Tools, attempt_pdfs
from archive.renditions.office import Office, find_office, is_for_office, office_ending, why_no_office
from archive.renditions.originals import PDF, Original, can_draw, limit_of
from archive.renditions.pool import draw_confined
from archive.renditions.readers.unread import why_not
from archive.renditions.reasons import WrongEncodingError
from archive.renditions.verapdf import Judgement, VeraPdf, find_verapdf
from archive.settings import Settings
from archive.storage.clock import Clock
from archive.storage.concurrency import count_processors

_MOST_BYTES = 256 << 20
_MOST_FILES = 512
_FEWEST = 32


@dataclass(frozen=True, slots=True)
class Written:
    """Where a draft was put: its location in the file system and the name it goes by, or why it could not be."""

    location: bytes | None = None
    path: str | None = None
    error: ArchiveError | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The end of one original: the attempt, where its draft was put, and the validator's verdict on that."""

    attempt: Attempt
    written: Written
    confirmation: Confirmation | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Originals, a place on disk for the draft of each, which of them are PDFs, and what becomes of those and of the
    rest.
    """

    originals: Sequence[Original]
    places: Sequence[str]
    pdfs: Sequence[int]
    existing: Future[list[Attempt]]
    drawn: dict[int, Future[Attempt]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A batch that is written and being judged: `open` are the places in it that the validator is asked about."""

    done: Sequence[tuple[Attempt, Written]]
    open: Sequence[int]
    judged: Sequence[Future[list[Judgement | None]]]


@dataclass(frozen=True, slots=True)
class _Shop:
    """A folder for drafts, threads for what runs outside, and one that waits for chains of that."""

    folder: str
    workers: int
    outside: ThreadPoolExecutor
    waiting: ThreadPoolExecutor


class Renderer:
    """Makes and judges renditions under one set of settings."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock

    @cached_property
    def _verapdf(self) -> VeraPdf | None:
        return find_verapdf(self.settings)

    @cached_property
    def _office(self) -> Office | None:
        return find_office(self.settings)

    @cached_property
    def _converter(self) -> Converter | None:
        return find_converter(self.settings)

    def render(self, originals: Iterable[Original], write: Callable[[Attempt], Written]) -> Iterator[Rendered]:
        """The end of every original, in their order; a failure is an attempt with a reason, never an exception.

        `write` is called for each attempt, in that order and in this thread, and puts its draft where it belongs; the
        bytes of one draft are held at a time. Raises what `write` raises, and `UsageError` for a setting that names a
        tool that is not there.
        """
        halt = threading.Event()
        workers = self.settings.render.workers or count_processors()
        outside = ThreadPoolExecutor(workers, initializer=heed, initargs=(halt,))
        waiting = ThreadPoolExecutor(1)
        with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
            try:
                yield from self._render_batches(_cut(originals), write, _Shop(folder, workers, outside, waiting))
            finally:
                halt.set()
                outside.shutdown(cancel_futures=True)
                waiting.shutdown(cancel_futures=True)

    def _render_batches(
        self, batches: Iterator[Sequence[Original]], write: Callable[[Attempt], Written], shop: _Shop
    ) -> Iterator[Rendered]:
        """While one batch is drawn, the PDFs of the next one are under way and the one before is judged."""
        ahead = deque(self._begin(batch, shop) for batch in islice(batches, 2))
        behind: deque[_Asked] = deque()
        while ahead:
            behind.append(self._ask([_write(a, write) for a in self._finish(ahead.popleft())], shop))
            ahead.extend(self._begin(batch, shop) for batch in islice(batches, 1))
            if len(behind) > 1:
                yield from _conclude(behind.popleft())
        while behind:
            yield from _conclude(behind.popleft())

    def _begin(self, originals: Sequence[Original], shop: _Shop) -> _Batch:
        """Set a batch going."""
        folder = tempfile.mkdtemp(dir=shop.folder)
        places = [os.path.join(folder, f"{number}.pdf") for number in range(len(originals))]
        printed = [number for number, original in enumerate(originals) if is_for_office(original, self.settings)]
        office = self._office if printed else None
        if office is None and self.settings.render.office == "auto":
            printed = [number for number in printed if not can_draw(originals[number])]
        pdfs = [n for n, original in enumerate(originals) if original.media_type == PDF or n in printed]
        tools = Tools(self.settings, self.clock, self._verapdf, self._converter if pdfs else None, office)
        existing = shop.waiting.submit(
            attempt_pdfs, [originals[n] for n in pdfs], [places[n] for n in pdfs], tools, shop.outside
        )
        drawn = {
            number: shop.outside.submit(self._attempt, original, places[number])
            for number, original in enumerate(originals)
            if number not in pdfs
        }
        return _Batch(originals, places, pdfs, existing, drawn)

    def _ask(self, done: Sequence[tuple[Attempt, Written]], shop: _Shop) -> _Asked:
        """Have the validator check what was written and is not judged yet."""
        unjudged = {n: w.location for n, (a, w) in enumerate(done) if w.location is not None and a.judgement is None}
        tools = Tools(self.settings, self.clock, self._verapdf, None)
        runs = _share(list(unjudged.values()), shop.workers)
        return _Asked(done, tuple(unjudged), [shop.outside.submit(tools.judge, run) for run in runs])

    def _finish(self, batch: _Batch) -> Iterator[Attempt]:
        """The attempts of a batch, in order; the bytes of one draft at a time."""
        existing = dict(zip(batch.pdfs, batch.existing.result(), strict=True)) if batch.pdfs else {}
        for number, place in enumerate(batch.places):
            attempt = existing[number] if number in existing else batch.drawn[number].result()
            if number in existing and attempt.draft is None and self._stands_in(attempt.original):
                attempt = self._draw_instead(attempt, place)
            if attempt.draft is not None:
                attempt = replace(attempt, draft=replace(attempt.draft, content=_take(place)))
            yield attempt

    def _stands_in(self, original: Original) -> bool:
        """Whether a reader of muniment draws what LibreOffice was to print and could not."""
        return original.media_type != PDF and self.settings.render.office == "auto" and can_draw(original)

    def _draw_instead(self, failed: Attempt, place: str) -> Attempt:
        """The attempt of muniment's reader, which says why it is not LibreOffice's; where that fails too, `failed`."""
        drawn = self._attempt(failed.original, place)
        if drawn.draft is None:
            return failed
        told = codes.WORDS_ONLY.at(failed.original.subject, reason=failed.reason or "LibreOffice made no PDF of it")
        return replace(drawn, findings=(told, *drawn.findings))

    def _attempt(self, original: Original, place: str) -> Attempt:
        """The attempt on a document, its draft's bytes at `place`."""
        barred = self.settings.render.office == "none" and office_ending(original) is not None
        if barred or not can_draw(original):
            reason = why_no_office(original, self.settings) or why_not(original.media_type, original.name)
            reason = "render.office is none" if barred else reason
            return no_rendition(original, reason, codes.NO_READER.at(original.subject, reason=reason))
        limit = limit_of(original)
        if original.size > limit:
            return not_drawn(original, f"it has {original.size:,} bytes, and at most {limit:,} of its format are drawn")
        try:
            draft = draw_confined(original, place, settings=self.settings, clock=self.clock)
        except (RenditionError, StorageError) as error:
            return not_drawn(original, error.problem, wrong_encoding=isinstance(error, WrongEncodingError))
        return Attempt(
            original, RenditionStatus.MADE, draft, claims=draft.claims, pages=draft.pages, findings=draft.findings
        )


def _cut(originals: Iterable[Original]) -> Iterator[Sequence[Original]]:
    """Batches of so many files, and of so many bytes, for their drafts are on disk for a while."""
    batch: list[Original] = []
    size = 0
    for original in originals:
        size += original.size
        if batch and (len(batch) == _MOST_FILES or size > _MOST_BYTES):
            yield batch
            batch, size = [], original.size
        batch.append(original)
    if batch:
        yield batch


def _share(locations: Sequence[bytes], workers: int) -> list[Sequence[bytes]]:
    """As many stretches as there are workers, but none of them too short to be worth a start of Java."""
    length = max(-(-len(locations) // workers), min(_FEWEST, len(locations)), 1)
    return [locations[start : start + length] for start in range(0, len(locations), length)]


def _write(attempt: Attempt, write: Callable[[Attempt], Written]) -> tuple[Attempt, Written]:
    return _without_bytes(attempt), write(attempt)


def _conclude(asked: _Asked) -> Iterator[Rendered]:
    words = dict(zip(asked.open, (word for run in asked.judged for word in run.result()), strict=True))
    for number, (attempt, written) in enumerate(asked.done):
        said = None
        if written.location is not None:
            said = confirm(attempt.original, attempt.claims, words.get(number, attempt.judgement))
        yield Rendered(attempt, written, said)


def _without_bytes(attempt: Attempt) -> Attempt:
    return attempt if attempt.draft is None else replace(attempt, draft=replace(attempt.draft, content=b""))


def _take(place: str) -> bytes:
    try:
        content = Path(place).read_bytes()
        os.unlink(place)
    except OSError as error:
        raise from_os_error(error, "the folder for temporary files") from error
    return content
