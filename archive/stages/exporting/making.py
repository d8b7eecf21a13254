"""Making the package of a bag that may be given out: its name, what its names forbid, and its files, put in place."""

from __future__ import annotations

import os
import re
from calendar import timegm
from typing import cast

from archive.bags.contents import BagReading
from archive.errors import UsageError
from archive.formats.bagit_txt import SUBJECT as DECLARATION
from archive.formats.edtf import parse_day
from archive.model.build import Progress
from archive.model.codes import fetching as codes
from archive.model.export import Lost
from archive.model.finding import Finding
from archive.model.validation import Depth
from archive.settings import Settings
from archive.stages.depositing.original_times import originals_of, times_of
from archive.stages.exporting.formats import open_exporter, own_errors
from archive.stages.exporting.packages import CountedPackage, WrittenPackage
from archive.stages.exporting.placing import obstacles, place, prove
from archive.stages.exporting.protocol import ItemExporter, Package
from archive.stages.exporting.source import Source
from archive.storage.packing import pack
from archive.storage.partial import Partial
from archive.storage.working_folder import WorkingFolder

_EPOCH_OF_ZIP = 315532800
_BAGGED = re.compile(r"\d{4}-\d{2}-\d{2}")


class Making:
    """One bag on its way into one format. Raises `UsageError` for a format that does not exist."""

    def __init__(self, source: Source, as_format: str) -> None:
        self._source = source
        self._format = as_format
        self._exporter = open_exporter(as_format)

    def name(self) -> str:
        """The name of the package where the user gives none."""
        rule = getattr(self._exporter, "package_name", None)
        if rule is None:
            return self._source.name
        with own_errors(self._format):
            return str(rule(self._source))

    def judge_names(self) -> list[Finding]:
        """The files whose names the format cannot hold."""
        found = []
        with own_errors(self._format):
            for file in self._source.files:
                if (why := self._exporter.refuse_name(file.path)) is not None:
                    found.append(codes.NAME_NOT_EXPORTABLE.at(file.path, format=self._format, why=why))
        return found

    def fill(self, package: Package, folder: str | None = None) -> tuple[Lost, ...]:
        """Write the package, or one folder of it, and say what is lost. Raises as `Exporter.export`."""
        with own_errors(self._format):
            if folder is None:
                lost = tuple(self._exporter.export(self._source, package))
            else:
                lost = tuple(cast(ItemExporter, self._exporter).export_item(self._source, package, folder))
            if not all(isinstance(one, Lost) for one in lost):
                raise TypeError("export must return what is lost")
        return lost

    def make(
        self, target: str, *, name: str, zipped: bool, settings: Settings, progress: Progress
    ) -> tuple[CountedPackage, tuple[Lost, ...]]:
        """Write the package, as a zip with the one top folder `name` when `zipped`, and put it in its place.

        What is a bag again must be complete before; its files were compared while they were copied. Raises OSError and
        `ArchiveError`.
        """
        reading = self._source.reading
        with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as partial:
            writing = WorkingFolder(partial.path)
            try:
                package = WrittenPackage(name, writing, self._source, times_of(reading), progress)
                lost = self.fill(package)
                writing.check()
            finally:
                writing.close()
            finished = tree = partial.file("tree")
            is_bag = package.holds(DECLARATION)
            package.release()
            self._source.release()
            if is_bag and (problems := obstacles(prove(tree, settings, progress, depth=Depth.COMPLETE))):
                raise UsageError(f"the exported bag is not valid: {problems[0].message}", subject=problems[0].subject)
            if zipped:
                finished = partial.file("package.zip")
                pack(
                    tree, name, finished, "zip", modified=time_of_bag(reading),
                    originals=originals_of(reading) if is_bag else None,
                    private=package.holds_private, progress=progress,
                )  # fmt: skip
            place(partial, finished, target)
        return package, lost


def time_of_bag(reading: BagReading) -> int:
    """The day of the bagging, in seconds since the epoch: the one time of a zip's members."""
    for tag in reading.info:
        if tag.label.lower() == "bagging-date" and _BAGGED.fullmatch(tag.value.strip()):
            day = parse_day(tag.value.strip())
            if day is not None:
                return max(timegm(day.timetuple()), _EPOCH_OF_ZIP)
    return _EPOCH_OF_ZIP
