"""Exporting a bag as a package of another format: judged first, built beside its place, put there in one step."""

from __future__ import annotations

import os
import re
from calendar import timegm
from collections.abc import Callable
from functools import partial as bind

from archive.bags.contents import BagReading, open_bag
from archive.bags.opening import absolute_address
from archive.errors import UsageError, from_os_error
from archive.formats.bagit_txt import SUBJECT as DECLARATION
from archive.formats.edtf import parse_day
from archive.model.audience import EVERYONE, Recipient
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import fetching as codes
from archive.model.export import ExportReport, Lost
from archive.model.finding import Finding, Severity
from archive.model.validation import Kind
from archive.places import audience_of, place_at
from archive.settings import Settings
from archive.stages.depositing.admission import judge_rights
from archive.stages.depositing.original_times import originals_of, times_of
from archive.stages.exporting.formats import open_exporter, own_errors
from archive.stages.exporting.ledger import record_export
from archive.stages.exporting.packages import CountedPackage, WrittenPackage
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.stages.exporting.protocol import Exporter, Package
from archive.stages.exporting.source import Source
from archive.storage.clock import Clock
from archive.storage.packing import pack
from archive.storage.partial import Partial
from archive.storage.working_folder import WorkingFolder, is_restricted
from archive.targets.reading import reading_options

Fill = Callable[[Source, Package], tuple[Lost, ...]]

_EPOCH_OF_ZIP = 315532800
_BAGGED = re.compile(r"\d{4}-\d{2}-\d{2}")


def export(
    bag: str,
    as_format: str,
    to: str,
    *,
    name: str | None = None,
    zipped: bool = False,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> ExportReport:
    """Make a package of `bag` in the folder `to`, by the bag's name or `name`, as one zip file when `zipped`.

    The bag is validated and its rights are judged first; it is never written to. The same bag becomes the same bytes,
    whenever it is exported. `dry_run` finds out all that can be known without writing. `clean_partial` removes what a
    run that was cut off left. Raises `UsageError` for an unknown format or a bag that the format cannot hold,
    `NotFoundError`, `NotABagError`, `ExistsError`, `SourceError`, `FormatError` and other `StorageError`; then nothing
    is at the destination.
    """
    exporter = open_exporter(as_format)
    fill = bind(_fill, exporter, as_format)
    with open_bag(absolute_address(bag), options=reading_options(settings, bag)) as reading:
        source = Source(reading)
        stem = _name_of(exporter, as_format, source) if name is None else name
        target = choose_place(to, f"{stem}.zip" if zipped else stem)
        report = bind(ExportReport, bag, as_format, target, dry_run=dry_run)
        left = leftovers_of(target, clean=clean_partial and not dry_run)
        judged = prove(bag, settings, progress)
        if judged.kind is not Kind.BAG:
            raise UsageError(f"this is not a bag but {judged.kind.value}", subject=bag)
        if grave := obstacles(judged):
            return report(placed=False, files=0, size=0, verdict=judged.verdict, findings=grave)
        findings = [*left, *judge_rights(reading, clock, _recipient_at(to, settings), private_fields=False)]
        try:
            findings += _judge_names(source, exporter, as_format)
            if any(one.severity in (Severity.ERROR, Severity.UNCHECKED) for one in findings):
                return report(placed=False, files=0, size=0, verdict=judged.verdict, findings=tuple(findings))
            if dry_run:
                counted = CountedPackage(stem)
                lost = fill(source, counted)
            else:
                counted, lost = _make(
                    source, fill, target, name=stem, zipped=zipped, settings=settings, progress=progress
                )
        except OSError as error:
            raise from_os_error(error, target) from error
    if not dry_run:
        absolute = absolute_address(bag)
        findings += record_export(settings, clock, absolute, as_format, files=len(counted.sizes), size=counted.size)
    if any(map(is_restricted, counted.sizes)):
        findings.append(codes.HOLDS_PRIVATE.at("metadata/restricted"))
    return report(
        placed=not dry_run, files=len(counted.sizes), size=counted.size, verdict=judged.verdict, lost=lost,
        findings=tuple(findings),
    )  # fmt: skip


def _recipient_at(to: str, settings: Settings) -> Recipient:
    """Who sees the folder `to`: ourselves where it belongs to a place of ours, else everyone."""
    name = place_at(settings, os.path.abspath(to))
    return EVERYONE if name is None else Recipient(audience_of(settings, name))


def _name_of(exporter: Exporter, as_format: str, source: Source) -> str:
    """The name of the package where the user gives none."""
    rule = getattr(exporter, "package_name", None)
    if rule is None:
        return source.name
    with own_errors(as_format):
        return str(rule(source))


def _judge_names(source: Source, exporter: Exporter, as_format: str) -> list[Finding]:
    found = []
    with own_errors(as_format):
        for file in source.files:
            if (why := exporter.refuse_name(file.path)) is not None:
                found.append(codes.NAME_NOT_EXPORTABLE.at(file.path, format=as_format, why=why))
    return found


def _fill(exporter: Exporter, as_format: str, source: Source, package: Package) -> tuple[Lost, ...]:
    with own_errors(as_format):
        lost = tuple(exporter.export(source, package))
        if not all(isinstance(one, Lost) for one in lost):
            raise TypeError("export must return what is lost")
    return lost


def _make(
    source: Source, fill: Fill, target: str, *, name: str, zipped: bool, settings: Settings, progress: Progress
) -> tuple[CountedPackage, tuple[Lost, ...]]:
    """Write the package, as a zip with the one top folder `name` when `zipped`, and put it in its place.

    What is a bag again is validated before. Raises OSError and `ArchiveError`.
    """
    reading = source.reading
    with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as partial:
        writing = WorkingFolder(partial.path)
        try:
            package = WrittenPackage(name, writing, reading, times_of(reading), progress)
            lost = fill(source, package)
            writing.check()
        finally:
            writing.close()
        finished = tree = partial.file("tree")
        is_bag = DECLARATION in package.sizes
        if is_bag and (problems := obstacles(prove(tree, settings, progress))):
            raise UsageError(f"the exported bag is not valid: {problems[0].message}", subject=problems[0].subject)
        if zipped:
            finished = partial.file("package.zip")
            pack(
                tree, name, finished, "zip", modified=_time_of(reading),
                originals=originals_of(reading) if is_bag else None,
                private=any(map(is_restricted, package.sizes)), progress=progress,
            )  # fmt: skip
        place(partial, finished, target)
    return package, lost


def _time_of(reading: BagReading) -> int:
    """The day of the bagging, in seconds since the epoch: the one time of a zip's members."""
    for tag in reading.info:
        if tag.label.lower() == "bagging-date" and _BAGGED.fullmatch(tag.value.strip()):
            day = parse_day(tag.value.strip())
            if day is not None:
                return max(timegm(day.timetuple()), _EPOCH_OF_ZIP)
    return _EPOCH_OF_ZIP
