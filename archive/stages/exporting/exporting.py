"""Exporting a bag as a package of another format: judged first, built beside its place, put there in one step."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial as bind

from archive.bags.contents import open_bag
from archive.bags.opening import absolute_address
from archive.errors import ExistsError, UsageError, from_os_error
from archive.model.addresses import is_remote
from archive.model.audience import EVERYONE, Recipient
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import fetching as codes
from archive.model.export import ExportReport, Lost
from archive.model.finding import Finding
from archive.model.validation import Kind
from archive.places import audience_of, place_at
from archive.settings import Settings
from archive.stages.depositing.admission import forbids, judge_rights
from archive.stages.exporting.existing import compare_existing
from archive.stages.exporting.formats import open_exporter
from archive.stages.exporting.ledger import record_export
from archive.stages.exporting.making import Making
from archive.stages.exporting.packages import CountedPackage
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, prove
from archive.stages.exporting.source import Source
from archive.storage.clock import Clock
from archive.targets.reading import reading_options


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
    whenever it is exported; one that is there already is passed over. `dry_run` finds out all that can be known without
    writing. `clean_partial` removes what a
    run that was cut off left. Raises `UsageError` for an unknown format or a bag that the format cannot hold,
    `NotFoundError`, `NotABagError`, `ExistsError`, `SourceError`, `FormatError` and other `StorageError`; then nothing
    is at the destination.
    """
    open_exporter(as_format)
    with open_bag(absolute_address(bag), options=reading_options(settings, bag)) as reading:
        source = Source(reading)
        making = Making(source, as_format)
        stem = making.name() if name is None else name
        file_name = f"{stem}.zip" if zipped else stem
        report = bind(ExportReport, bag, as_format, os.path.join(to, file_name), dry_run=dry_run)
        rights = bind(judge_rights, reading, clock, recipient_at(to, settings), private_fields=False)
        try:
            target = choose_place(to, file_name)
        except ExistsError as error:
            target = os.path.join(to, file_name)
            there = None if is_same_file(target, bag) else compare_existing(target, stem, reading, making.fill)
            if there is None or error.subject != target:
                raise
            return _already(report, *there, tuple(rights()))
        left = leftovers_of(target, clean=clean_partial and not dry_run)
        judged = prove(bag, settings, progress)
        if judged.kind is not Kind.BAG:
            raise UsageError(f"this is not a bag but {judged.kind.value}", subject=bag)
        if grave := obstacles(judged):
            return report(placed=False, files=0, size=0, verdict=judged.verdict, findings=grave)
        findings = [*left, *rights()]
        identifier = source.identifier
        try:
            findings += making.judge_names()
            if forbids(findings):
                return report(placed=False, files=0, size=0, verdict=judged.verdict, findings=tuple(findings))
            if dry_run:
                counted = CountedPackage(stem)
                lost = making.fill(counted)
            else:
                counted, lost = making.make(target, name=stem, zipped=zipped, settings=settings, progress=progress)
        except OSError as error:
            raise from_os_error(error, target) from error
    if counted.holds_private:
        findings.append(codes.HOLDS_PRIVATE.at("metadata/restricted"))
    made = report(
        placed=not dry_run, files=counted.files, size=counted.size, verdict=judged.verdict, lost=lost,
        findings=tuple(findings),
    )  # fmt: skip
    if dry_run:
        return made
    return replace(made, findings=(*made.findings, *record_export(settings, clock, made, identifier)))


def _already(
    report: Callable[..., ExportReport], counted: CountedPackage, lost: tuple[Lost, ...], rights: tuple[Finding, ...]
) -> ExportReport:
    """The report on a package that is there already. Rights that forbid it now are told all the same."""
    if forbids(rights):
        return report(placed=False, files=0, size=0, verdict="not validated", findings=rights)
    return report(
        placed=True, already=True, files=counted.files, size=counted.size, verdict="not validated", lost=lost,
        findings=rights,
    )  # fmt: skip


def is_same_file(target: str, bag: str) -> bool:
    """Whether the package would be at the place of the bag itself."""
    return not is_remote(bag) and os.path.realpath(target) == os.path.realpath(bag)


def recipient_at(to: str, settings: Settings) -> Recipient:
    """Who sees the folder `to`: the audience of the configured place that it belongs to, else everyone."""
    name = place_at(settings, os.path.abspath(to))
    return EVERYONE if name is None else Recipient(audience_of(settings, name))
