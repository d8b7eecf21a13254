"""The dry run: everything that a real run would find, with nothing written.

Formats are identified and documents are drawn, in memory, from the sources themselves; what was drawn is thrown away.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from stat import S_ISREG
from typing import BinaryIO

from archive.errors import SourceError
from archive.model.build import NO_PROGRESS, FileRecord, Progress, RenditionResult
from archive.model.capped_findings import CappedFindings
from archive.model.codes import source as codes
from archive.model.creation import CreationReport, Plan
from archive.model.description import Description
from archive.model.finding import Finding
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.creation.delivery import DeliveryCheck, SourcePlaces, judge_wrapped
from archive.stages.creation.planning import walk_of
from archive.stages.creation.requirements import find_missing, gather_requirements
from archive.storage.clock import Clock
from archive.storage.folders import Folder
from archive.storage.hashing import Digests

LONGEST = 120
"""Seconds after which no further document is drawn."""

_SAMPLE = 8 << 20
_SECONDS_A_FILE = 0.0006
_PASSES = 2.6
"""What a byte costs besides its digests in the copy: reading it back with its digests, and writing it."""


class SourceFiles:
    """The files of a plan's sources by the bag paths that they will have (see `archive.model.build.Originals`)."""

    def __init__(self, planned: Plan) -> None:
        self._planned = planned
        self._places = SourcePlaces(planned.sources, planned.payload)

    @property
    def name(self) -> str:
        return self._planned.name

    def records(self) -> Iterator[FileRecord]:
        """Every file, in the order of the manifests; without digests. What cannot be read now was found by planning."""
        planned = self._planned
        for root in planned.sources:
            front = f"{planned.payload}/{root.name}" if root.name else planned.payload
            if not root.is_folder:
                if root.name not in root.beside:
                    state = os.stat(root.path)
                    yield FileRecord(front, state.st_size, (), state.st_mtime)
                continue
            with ExitStack() as stack:
                try:
                    top = stack.enter_context(Folder.at(root.path))
                except OSError:
                    continue
                for visit in walk_of(root, planned.policy, _pass_over).over(top):
                    for name in visit.files:
                        try:
                            state = visit.folder.stat(name, follow=name in visit.followed)
                        except OSError:
                            continue
                        if S_ISREG(state.st_mode):
                            yield FileRecord(f"{front}/{visit.join(name)}", state.st_size, (), state.st_mtime)

    def open(self, path: str) -> BinaryIO:
        """The file with this bag path, to read. Raises `SourceError`."""
        try:
            return open_regular(self.locate(path))
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", subject=path) from error

    def locate(self, path: str) -> bytes:
        """The file's path in the file system."""
        return os.fsencode(self._places.location(path))


def rehearse(
    planned: Plan,
    description: Description | None,
    *,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
    accept_damaged: bool = False,
) -> CreationReport:
    """The report of a dry run: files that came with checksums are compared with them, and all are scanned for viruses.

    Raises `UsageError` for settings that a real run would refuse, `SourceError` for a file that cannot be read, and
    what the virus scanner's failure raises.
    """
    found = CappedFindings()
    from archive.stages.scanning.viruses import judge_scan, scan

    required = gather_requirements(settings)
    readable = not any(finding.kind is codes.UNREADABLE for finding in planned.findings)
    found += judge_wrapped(planned, accept=accept_damaged)
    if readable:
        check = DeliveryCheck(planned)
        check.rehearse(record.path for record in SourceFiles(planned).records())
        found += check.finish(accept=accept_damaged)[0]
    formats: Counter[str] = Counter()
    renditions: tuple[RenditionResult, ...] = ()
    drawing = 0.0
    if not planned.plain:
        given = (*planned.bag_info, ("External-Description", "-"), ("External-Identifier", "-"))
        for finding in find_missing(required, given):
            found.take(finding)
        if readable:
            scanned = scan(SourceFiles(planned), settings)
            for finding in () if scanned is None else judge_scan(scanned, settings):
                found.take(finding)
            started = time.monotonic()
            work = _Work(planned, settings, clock, progress, formats, found)
            renditions = work.look(description)
            tried = len(renditions)
            drawing = (time.monotonic() - started) * (planned.files / tried if tried else 1)
    return CreationReport(
        bag=planned.target,
        name=planned.name,
        created=False,
        dry_run=True,
        files=planned.files,
        size=planned.size,
        algorithms=planned.algorithms,
        findings=(*planned.findings, *found.all()),
        renditions=renditions,
        sources=tuple(root.path for root in planned.sources),
        formats=tuple(sorted(formats.items(), key=lambda pair: (-pair[1], pair[0]))),
        seconds=_estimate(planned) + drawing,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    planned: Plan
    settings: Settings
    clock: Clock
    progress: Progress
    formats: Counter[str]
    found: CappedFindings

    def look(self, description: Description | None) -> tuple[RenditionResult, ...]:
        """Count formats, check the description and draw documents: the renditions as they would be."""
        from archive.stages.creation.metadata import find_gaps
        from archive.stages.description.matching import match_files
        from archive.stages.scanning.identification import identify

        files = SourceFiles(self.planned)
        if description is not None:
            description = match_files(description, (record.path for record in files.records()))
        with identify(files, self.settings, self.progress) as identifications:
            for record in files.records():
                one = identifications.of(record.path)
                if one is not None:
                    name = one.name if not one.version or one.version in one.name else f"{one.name} {one.version}"
                    self.formats[name] += 1
            for finding in find_gaps(files, description, identifications):
                self.found.take(finding)
            if self.settings.render.pdfa == "none":
                return ()
            from archive.renditions.renderer import Renderer
            from archive.stages.creation.renditions import rehearse_all

            renditions, left = rehearse_all(
                files, identifications, description, Renderer(self.settings, self.clock), seconds=LONGEST
            )
        for rendition in renditions:
            for finding in rendition.findings:
                self.found.take(finding)
        if left:
            self.found.take(codes.NOT_TRIED.at(self.planned.name, count=left))
        return renditions


def _estimate(planned: Plan) -> float:
    """Seconds for copying, digesting and reading back, from this machine's digest speed."""
    sample, digests = bytes(_SAMPLE), Digests(planned.algorithms)
    started = time.monotonic()
    digests.update(sample)
    rate = _SAMPLE / max(time.monotonic() - started, 1e-6)
    return (planned.size or 0) * _PASSES / rate + planned.files * _SECONDS_A_FILE


def _pass_over(finding: Finding) -> None:
    """What the walk notices was found by planning."""
    del finding
