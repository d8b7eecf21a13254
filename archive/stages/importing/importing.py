"""Importing a package: checked against itself first, then put together beside its place and put there in one step.

A package that muniment exported becomes the very bag that it was made from. Any other becomes a new bag: its content as
originals under the names that they had, what it says of them as statements and events, and every other file of the
package, verbatim, in metadata/imported/.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial as bind

from archive.bags.packages import PackageReading, open_package
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import (
    ArchiveError,
    ExistsError,
    FormatError,
    SourceError,
    UsageError,
    from_os_error,
)
from archive.model.addresses import is_remote
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import packages as codes
from archive.model.description import Access, Description
from archive.model.finding import Finding
from archive.model.imported import ImportReport
from archive.model.light import light_dataclass
from archive.model.package import PackageContent, PackageKind
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.metadata import describe
from archive.stages.creation.renditions import render_all
from archive.stages.creation.requirements import find_missing, gather_requirements, merge_fields
from archive.stages.creation.tag_files import write_tag_files
from archive.stages.creation.timeline import Received, Step, Timeline
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.stages.importing.contents import ORIGINALS, places_of, restored
from archive.stages.importing.existing import verdict_on_existing
from archive.stages.importing.history import History
from archive.stages.importing.ledger import record_import
from archive.stages.packages.bags import OUR_STATEMENTS
from archive.stages.packages.checking import PackageCheck, check_package
from archive.stages.packages.recognizing import parts_of, read_package
from archive.stages.scanning.identification import FormatFeed
from archive.stages.scanning.viruses import check_viruses
from archive.storage.clock import Clock
from archive.storage.hashing import Digests, digest_length
from archive.storage.partial import Partial
from archive.storage.working_folder import WorkingFolder


def import_package(
    package: str,
    to: str,
    *,
    name: str | None = None,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> ImportReport:
    """Make a bag, in the folder `to`, from the package at this path, by the package's own name or `name`.

    Every file of the package is read and compared with what the package records of it; nothing is imported from one
    that has errors. The package is never written to. `dry_run` checks all that and writes nothing; `clean_partial`
    removes what a run that was cut off left. Where the bag is there already, whole and made of this very package,
    nothing is written, and the report says so. A ledger, where there is one, gets an event. Raises `UsageError`, also
    for several items, `NotFoundError`, `NotABagError` for what is not a package, `ExistsError`, `SourceError` when the
    package changes meanwhile, `FormatError` and other `StorageError`; then nothing is at the destination.
    """
    (report,) = _import(package, to, name, _Run(settings, clock, progress, dry_run, clean_partial), several=False)
    assert isinstance(report, ImportReport)
    return report


def import_parts(
    package: str,
    to: str,
    *,
    name: str | None = None,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> Iterator[ImportReport | ArchiveError]:
    """As `import_package`, but a DSpace archive of several items becomes a bag each, by the name of its folder.

    Gives a report for each, or why there is none: one item does not stop the rest. `name` is for one item only.
    """
    return _import(package, to, name, _Run(settings, clock, progress, dry_run, clean_partial), several=True)


@light_dataclass(frozen=True)
class _Run:
    """What is asked of every import of a call."""

    settings: Settings
    clock: Clock
    progress: Progress
    dry_run: bool
    clean_partial: bool


def _import(
    package: str, to: str, name: str | None, run: _Run, *, several: bool
) -> Iterator[ImportReport | ArchiveError]:
    if is_remote(package):
        raise UsageError("a package is imported from a path", subject=package, remedy="Copy it here first")
    try:
        with open_package(package, progress=run.progress) as reading:
            parts = parts_of(reading)
            if len(parts) == 1:
                yield _import_one(reading, to, name, run)
                return
            if not several:
                raise UsageError(
                    f"it holds {len(parts):,} items, and one item becomes one bag", subject=package,
                    remedy="Use archive import or archive.import_each, which make a bag of each",
                )  # fmt: skip
            if name is not None:
                raise UsageError("a name is for one bag, and the archive has several items", subject=name)
            strays = _outside(reading, parts)
            for part in parts:
                try:
                    yield _import_one(part, to, None, run, strays)
                except (BrokenArchiveError, ArchiveLimitError, OSError) as error:
                    yield _as_error(error, part.subject)
                except ArchiveError as error:
                    yield error
    except (BrokenArchiveError, ArchiveLimitError, OSError) as error:
        raise _as_error(error, package) from error


def _as_error(error: Exception, subject: str) -> ArchiveError:
    if isinstance(error, OSError):
        return from_os_error(error, subject)
    return FormatError(f"the archive cannot be read any further: {error}", subject=subject)


def _outside(reading: PackageReading, parts: Sequence[PackageReading]) -> tuple[Finding, ...]:
    """The files of an archive that are in none of its items, which nothing lists."""
    names = {part.name for part in parts}
    return tuple(codes.UNLISTED.at(path) for path in reading.files if path.partition("/")[0] not in names)


def _import_one(
    reading: PackageReading, to: str, name: str | None, run: _Run, more: tuple[Finding, ...] = ()
) -> ImportReport:
    """One package, or one part of it, as one bag. `more` is what is wrong with the whole."""
    settings, progress = run.settings, run.progress
    content = read_package(reading)
    if content.kind is PackageKind.BAG and OUR_STATEMENTS in reading.files:
        raise UsageError(
            "this is a bag with a description already, so there is nothing to import", subject=reading.subject,
            remedy="Copy it to its place, then run archive audit to check it regularly",
        )  # fmt: skip
    if content.kind is PackageKind.TRANSFER:
        raise UsageError(
            "a transfer is what a bag is made of, not a package of a finished one", subject=reading.subject,
            remedy="Make a bag of its folder, which reads its checksums and table: archive create FOLDER --to DIR",
        )  # fmt: skip
    file_name = content.name if name is None else name
    there: ExistsError | None = None
    try:
        target = choose_place(to, file_name)
    except ExistsError as error:
        target, there = os.path.join(to, file_name), error
        if error.subject != target:
            raise
    left = leftovers_of(target, clean=run.clean_partial and not run.dry_run)
    check = _check(reading, content, settings, progress)
    check = replace(check, findings=(*more, *check.findings))
    payload = content.payload
    size = sum(reading.files[one.path] for one in payload)
    report = bind(
        ImportReport, reading.subject, content.kind.value, content.version, target, dry_run=run.dry_run,
        rebuilt=content.bag is not None, files=len(payload), size=size, compared=check.compared,
    )  # fmt: skip
    if there is not None and not check.grave:
        verdict = verdict_on_existing(target, reading, content, settings, progress)
        if verdict is None:
            raise there
        return report(placed=True, already=True, verdict=verdict, findings=(*left, *check.findings))
    if check.grave or run.dry_run:
        verdict = "not valid" if check.grave else "checked"
        return report(placed=False, verdict=verdict, findings=(*left, *check.findings))
    with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as working:
        tree = working.file("tree")
        if content.bag is not None:
            found = _rebuild(reading, content, working, progress)
        else:
            found = _build(
                reading, content, check, working, os.path.basename(target), settings=settings, clock=run.clock,
                progress=progress,
            )  # fmt: skip
        proven = prove(tree, settings, progress)
        findings = (*left, *check.findings, *found)
        if grave := obstacles(proven):
            why = tuple(codes.NOT_A_BAG_NOW.at(one.subject, why=one.message) for one in grave)
            return report(placed=False, verdict=proven.verdict, findings=(*findings, *why))
        place(working, tree, target)
    findings += record_import(settings, run.clock, target, content)
    return report(placed=True, verdict=proven.verdict, findings=findings)


def _check(reading: PackageReading, content: PackageContent, settings: Settings, progress: Progress) -> PackageCheck:
    """What is wrong with the package; what is a bag itself is judged as one too, by every byte."""
    is_bag = "bagit.txt" in reading.files
    check = check_package(reading, content, progress, read_files=not is_bag)
    if not is_bag:
        return check
    judged = prove(reading.subject, settings, progress)
    return replace(check, findings=(*check.findings, *obstacles(judged)), compared=len(content.files))


def _rebuild(reading: PackageReading, content: PackageContent, working: Partial, progress: Progress) -> list[Finding]:
    """The bag that the package was made from, file by file. Raises OSError and what the reader raises."""
    assert content.bag is not None
    writing = WorkingFolder(working.path)
    try:
        writing.make("data")
        progress.begin("importing", sum(reading.files[path] for path in content.bag))
        for path in reading.in_order():
            bag_path = content.bag.get(path)
            if bag_path is None:
                continue
            chunks = _counted(restored(reading, content, path, bag_path), progress)
            writing.write(bag_path, chunks, anew=False)
        progress.end()
        writing.check()
    finally:
        writing.close()
    return []


def _build(
    reading: PackageReading,
    content: PackageContent,
    check: PackageCheck,
    working: Partial,
    name: str,
    *,
    settings: Settings,
    clock: Clock,
    progress: Progress,
) -> list[Finding]:
    """A new bag with the content of the package, described by what it says. Raises OSError and `ArchiveError`."""
    places = places_of(content)
    told = _description(content, places)
    private = any(told.access(one.about) not in (None, Access.OPEN) for one in told.statements)
    required = gather_requirements(settings)
    times = Timeline(clock)
    times.mark(Step.RECEIVED)
    with BagBuilder(
        working.file("tree"), name, algorithms=required.algorithms, tag_algorithms=required.tag_algorithms,
        spool=working.file("spool"), mode=0o700 if private else 0o777,
    ) as build, FormatFeed(build, build.follow(), settings) as formats:  # fmt: skip
        build.folder(ORIGINALS.rstrip("/")).close()
        expected = {one.path: one.digests for one in content.files}
        progress.begin("importing", sum(reading.files.values()))
        for path in reading.in_order():
            chunks = _counted(_compared(reading, path, expected.get(path, {})), progress)
            if places[path].startswith("data/"):
                build.add_payload(places[path], chunks)
                formats.step()
            else:
                build.add_tag(places[path], chunks)
        progress.end()
        times.mark(Step.COPIED)
        virus = check_viruses(build, settings)
        times.mark(Step.SCANNED)
        history = History(content, check, places, clock.stamp())
        with formats.finish(progress) as identifications:
            times.mark(Step.IDENTIFIED)
            renditions = render_all(build, identifications, told, settings, clock, progress)
            times.mark(Step.RENDERED)
            facts = describe(
                build, description=told, identifications=identifications, renditions=renditions, virus=virus,
                settings=settings, clock=clock, received=Received((), times), complete=history.complete,
            )  # fmt: skip
        fields = merge_fields(required.bag_info, facts.bag_info)
        missing = find_missing(required, fields)
        write_tag_files(build, fields, clock, required.tag_files)
    found = [one for rendition in renditions for one in rendition.findings]
    return [*found, *facts.findings, *missing, *history.findings]


def _description(content: PackageContent, places: dict[str, str]) -> Description:
    """What the package says, about the files of the bag; the package's own identifier is never lost."""
    said = [replace(one, about=None if one.about is None else places[one.about]) for one in content.statements
            if one.about is None or places.get(one.about, "").startswith(ORIGINALS)]  # fmt: skip
    return Description(tuple(said), name="the package")


def _counted(chunks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        progress.advance(len(chunk))
        yield chunk


def _compared(reading: PackageReading, path: str, expected: object) -> Iterator[bytes]:
    """The file's chunks, which must still be those that were checked."""
    known = expected if isinstance(expected, dict) else {}
    strongest = max(known, key=digest_length, default=None)
    digests = Digests(() if strongest is None else (strongest,))
    size = 0
    for chunk in reading.stream(path):
        digests.update(chunk)
        size += len(chunk)
        yield chunk
    if size != reading.files[path] or (strongest is not None and digests.hexdigests() != (known[strongest],)):
        raise SourceError("it changed while it was imported", subject=os.path.join(reading.subject, path))
