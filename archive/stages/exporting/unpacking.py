"""Unpacking a packed bag with the reader that judges it: no link, no path that leads out, nothing beyond the limits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial

from archive.bags.contents import BagReading, open_bag
from archive.bags.opening import sniff_archive
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import FormatError, NoSpaceError, UsageError, from_os_error
from archive.formats.bagpath import to_text
from archive.model.addresses import is_remote
from archive.model.build import NO_PROGRESS, Progress
from archive.model.placed import Action, PlacedReport
from archive.settings import Settings
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.storage.partial import Partial
from archive.storage.working_folder import WorkingFolder
from archive.targets.reading import reading_options


def unpack(
    archive: str,
    to: str,
    *,
    name: str | None = None,
    clean_partial: bool = False,
    settings: Settings,
    progress: Progress = NO_PROGRESS,
) -> PlacedReport:
    """Unpack the bag in the zip or tar file `archive` to a folder in `to`, by its own name or `name`.

    The archive is judged first and the folder afterwards; nothing takes its place unless both are valid, or lack only
    files that are still to be fetched. `clean_partial` removes what a run that was cut off left. Raises `UsageError`,
    `NotABagError`, `ExistsError`, `NoSpaceError`, `FormatError` and other `StorageError`; then nothing is at the
    destination.
    """
    if not is_remote(archive) and (os.path.isdir(archive) or (os.path.isfile(archive) and not sniff_archive(archive))):
        raise UsageError("this is not a packed bag", subject=archive, remedy="Name a zip or tar file")
    with open_bag(archive, options=reading_options(settings, archive)) as reading:
        target = choose_place(to, reading.reader.name if name is None else name)
        left = leftovers_of(target, clean=clean_partial)
        judged = prove(archive, settings, progress)
        files, size = (_number(judged.facts.get(fact)) for fact in ("files", "octets"))
        report = partial(PlacedReport, Action.UNPACKED, target, (archive,), files=files, size=size)
        if obstacles(judged, holey=True):
            return report(placed=False, verdict=judged.verdict, findings=(*left, *judged.findings))
        try:
            with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as working:
                if size > shutil.disk_usage(working.path).free:
                    raise NoSpaceError(f"the payload has {size:,} bytes, more than is free", subject=target)
                _write_out(reading, working, progress, size)
                tree = working.file("tree")
                proven = prove(tree, settings, progress)
                if obstacles(proven, holey=True):
                    return report(placed=False, verdict=proven.verdict, findings=(*left, *proven.findings))
                place(working, tree, target)
        except OSError as error:
            raise from_os_error(error, target) from error
        return report(placed=True, verdict=proven.verdict, findings=(*left, *proven.findings))


def _number(fact: object) -> int:
    return fact if isinstance(fact, int) else 0


def _write_out(reading: BagReading, working: Partial, progress: Progress, size: int) -> None:
    """Every file of the archive, in the order in which it holds them. Raises OSError, `FormatError`."""
    progress.begin("unpacking", size)
    writing = WorkingFolder(working.path)
    try:
        writing.make("data")
        for batch in reading.reader.walk((), (), open_files=False):
            for path in batch.paths():
                chunks = _counted(reading.reader.stream(path), progress)
                writing.write(to_text(path), chunks, anew=False)
        writing.check()
    except (BrokenArchiveError, ArchiveLimitError) as error:
        raise FormatError(f"the archive cannot be read any further: {error}", subject=reading.subject) from error
    finally:
        writing.close()
        progress.end()


def _counted(chunks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        progress.advance(len(chunk))
        yield chunk
