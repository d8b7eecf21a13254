"""Exports of many bags: a package each, or one package of them all in a format whose packages hold several."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from archive.bags.contents import BagReading, open_bag
from archive.bags.opening import absolute_address
from archive.bags.packages import PackageReading
from archive.errors import ArchiveError, ExistsError, UsageError, from_os_error
from archive.model.build import NO_PROGRESS, Progress
from archive.model.export import ExportReport, Lost
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.model.validation import Kind
from archive.settings import Settings
from archive.stages.depositing.admission import forbids, judge_rights
from archive.stages.depositing.original_times import times_of
from archive.stages.exporting.existing import ComparedPackage, existing_package
from archive.stages.exporting.exporting import export, recipient_at
from archive.stages.exporting.formats import open_exporter
from archive.stages.exporting.ledger import record_export
from archive.stages.exporting.making import Making, time_of_bag
from archive.stages.exporting.packages import CountedPackage, WrittenPackage
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.stages.exporting.source import Source
from archive.storage.clock import Clock
from archive.storage.packing import pack
from archive.storage.partial import Partial
from archive.storage.working_folder import WorkingFolder
from archive.targets.reading import reading_options

NAME = "items"
"""The name of a package of several bags where the user gives none."""

_LONGEST = 200
Answer = ExportReport | ArchiveError


@light_dataclass(frozen=True)
class ExportOrder:
    """What is asked of each bag's export; see `archive.stages.exporting.exporting.export`."""

    as_format: str
    to: str
    settings: Settings
    clock: Clock
    name: str | None = None
    zipped: bool = False
    dry_run: bool = False
    clean_partial: bool = False


def export_each(
    bags: Sequence[str], order: ExportOrder, progress: Progress = NO_PROGRESS
) -> Iterator[tuple[str, Answer]]:
    """Each bag with the report on its export, or with why there is none: one does not stop the rest.

    Raises `UsageError` for a format that does not exist, and for a name where each bag becomes a package of its own;
    for a package of several bags also what concerns it as a whole.
    """
    if hasattr(open_exporter(order.as_format), "export_item"):
        yield from _Archive(order, progress).export(bags)
        return
    if order.name is not None:
        raise UsageError("a name is for one package, and several are made", subject=order.name)
    for bag in bags:
        try:
            report = export(
                bag, order.as_format, order.to, zipped=order.zipped, dry_run=order.dry_run,
                clean_partial=order.clean_partial, settings=order.settings, clock=order.clock, progress=progress,
            )  # fmt: skip
        except ArchiveError as error:
            yield bag, error
        else:
            yield bag, report


@light_dataclass(frozen=True)
class _Item:
    """A bag in the archive: its folder there, what was written, and what is to be known of it."""

    bag: str
    identifier: str
    counted: CountedPackage
    lost: tuple[Lost, ...]
    verdict: str
    findings: tuple[Finding, ...]
    time: int


class _Archive:
    """One package of several bags, under construction. Bags are opened one after the other."""

    def __init__(self, order: ExportOrder, progress: Progress) -> None:
        self._order = order
        self._progress = progress
        self._name = order.name or NAME
        self._file = f"{self._name}.zip" if order.zipped else self._name
        self._target = os.path.join(order.to, self._file)
        self._folders: set[str] = set()
        self._there: PackageReading | None = None
        self._writing: WorkingFolder | None = None

    def export(self, bags: Sequence[str]) -> Iterator[tuple[str, Answer]]:
        """Each bag with what became of it, once the package is in its place. Raises `ExistsError`, `StorageError`."""
        order = self._order
        with ExitStack() as stack:
            try:
                choose_place(order.to, self._file)
            except ExistsError:
                self._there = stack.enter_context(existing_package(self._target, self._name))
                if self._there is None:
                    raise
            left = leftovers_of(self._target, clean=order.clean_partial and not order.dry_run)
            try:
                if self._there is not None or order.dry_run:
                    found = [(bag, self._try(bag)) for bag in bags]
                else:
                    found = self._make(bags)
            except OSError as error:
                raise from_os_error(error, self._target) from error
            items = [one for _, one in found if isinstance(one, _Item)]
            if self._there is not None and not self._is_whole(items):
                raise ExistsError(
                    "the destination already exists, and nothing is overwritten", subject=self._target,
                    remedy="Choose another --name or --to",
                )  # fmt: skip
        for bag, one in found:
            yield bag, self._report(one, left) if isinstance(one, _Item) else one

    def _make(self, bags: Sequence[str]) -> list[tuple[str, _Item | Answer]]:
        """Write every bag that can be exported, and give the package its place unless there is none."""
        with Partial(os.path.dirname(os.path.abspath(self._target)), os.path.basename(self._target)) as partial:
            self._writing = WorkingFolder(partial.path)
            try:
                found = [(bag, self._try(bag)) for bag in bags]
                self._writing.check()
            finally:
                self._writing.close()
            items = [one for _, one in found if isinstance(one, _Item)]
            if not items:
                return found
            finished = partial.file("tree")
            if self._order.zipped:
                tree, finished = finished, partial.file("package.zip")
                time = max(one.time for one in items)
                pack(tree, self._name, finished, "zip", modified=time, originals=None, progress=self._progress)
            place(partial, finished, self._target)
        return found

    def _try(self, bag: str) -> _Item | Answer:
        """What became of one bag. Raises OSError, and `SourceError` where a bag changes while it is written."""
        order = self._order
        folder = ""
        try:
            with open_bag(absolute_address(bag), options=reading_options(order.settings, bag)) as reading:
                source = Source(reading)
                making = Making(source, order.as_format)
                judged = self._judge(bag, reading, making)
                if isinstance(judged, ExportReport):
                    return judged
                folder = self._folder_of(source.name)
                package = self._package(source)
                lost = making.fill(package, folder)
                package.release()
                verdict, findings = judged
                return _Item(bag, source.identifier, package, lost, verdict, findings, time_of_bag(reading))
        except ArchiveError as error:
            if folder and self._writing is not None:
                raise
            return error

    def _judge(self, bag: str, reading: BagReading, making: Making) -> ExportReport | tuple[str, tuple[Finding, ...]]:
        """The verdict on a bag, not validated where the package is there already; a report where it stays out."""
        order = self._order
        verdict = "not validated"
        if self._there is None:
            judged = prove(bag, order.settings, self._progress)
            if judged.kind is not Kind.BAG:
                raise UsageError(f"this is not a bag but {judged.kind.value}", subject=bag)
            if grave := obstacles(judged):
                return self._refused(bag, judged.verdict, grave)
            verdict = judged.verdict
        recipient = recipient_at(order.to, order.settings)
        findings = (
            *judge_rights(reading, order.clock, recipient, private_fields=False), *making.judge_names(),
        )  # fmt: skip
        return self._refused(bag, verdict, findings) if forbids(findings) else (verdict, findings)

    def _refused(self, bag: str, verdict: str, findings: tuple[Finding, ...]) -> ExportReport:
        order = self._order
        return ExportReport(
            bag, order.as_format, self._target, placed=False, dry_run=order.dry_run, files=0, size=0, verdict=verdict,
            findings=findings,
        )  # fmt: skip

    def _folder_of(self, name: str) -> str:
        """The item's folder: the bag's name where that can be one, so that an import gives it back."""
        plain = name.isprintable() and not name.startswith(".") and "\\" not in name and len(name.encode()) <= _LONGEST
        wanted = name if plain else "item"
        found, number = wanted, 2
        while found in self._folders:
            found, number = f"{wanted}-{number}", number + 1
        self._folders.add(found)
        return found

    def _package(self, source: Source) -> CountedPackage:
        if self._there is not None:
            return ComparedPackage(self._name, self._there, source.reading)
        if self._writing is None:
            return CountedPackage(self._name)
        return WrittenPackage(self._name, self._writing, source, times_of(source.reading), self._progress)

    def _is_whole(self, items: Sequence[_Item]) -> bool:
        """Whether the package that is there is the one of these bags, and of no other."""
        assert self._there is not None
        alike = all(isinstance(one.counted, ComparedPackage) and one.counted.same for one in items)
        return (
            alike and len(self._there.files) == sum(one.counted.files for one in items) and not self._there.problems()
        )

    def _report(self, item: _Item, left: tuple[Finding, ...]) -> ExportReport:
        order = self._order
        already = self._there is not None
        report = ExportReport(
            item.bag, order.as_format, self._target, placed=already or not order.dry_run, dry_run=order.dry_run,
            files=item.counted.files, size=item.counted.size, verdict=item.verdict, lost=item.lost,
            findings=(*left, *item.findings), already=already,
        )  # fmt: skip
        if already or order.dry_run:
            return report
        told = record_export(order.settings, order.clock, report, item.identifier)
        return replace(report, findings=(*report.findings, *told))
