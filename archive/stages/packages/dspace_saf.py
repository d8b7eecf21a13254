"""Reading an item of DSpace's Simple Archive Format, by the rules of its importer."""

from __future__ import annotations

from collections.abc import Sequence

from archive.bags.packages import PackageReading
from archive.errors import FormatError
from archive.formats.xml_safety import parse_xml
from archive.model.codes import packages as codes
from archive.model.description import Statement
from archive.model.package import PackageContent, PackageKind
from archive.stages.packages.entries import Entries
from archive.stages.packages.manifests import listed_digests, lists_private_fields
from archive.stages.packages.statements import each_once, read_dublin_core

CONTENTS, RECORD = "contents", "dublin_core.xml"
BAG = "bag/"
_OWN = (CONTENTS, RECORD, "collections", "handle", "relationships", "entity-type")


def item_folders(reading: PackageReading) -> list[str]:
    """The folders of the items in an archive, each with a slash at its end; "" where the package is one item."""
    return sorted(
        path.removesuffix(RECORD)
        for path in reading.files
        if path.rpartition("/")[2] == RECORD and path.count("/") <= 1
        and f"{path.removesuffix(RECORD)}{CONTENTS}" in reading.files
    )  # fmt: skip


def read_saf(reading: PackageReading, folders: Sequence[str]) -> PackageContent:
    """What the items in these folders say of themselves.

    Raises `FormatError` for contents that cannot be read, and OSError.
    """
    items = _Items(reading, several=len(folders) > 1)
    for folder in folders:
        items.take(folder)
    return items.content()


class _Items:
    """The items of one archive while they are read."""

    def __init__(self, reading: PackageReading, *, several: bool) -> None:
        self._reading = reading
        self._several = several
        self._entries = Entries(reading)
        self._names: dict[str, str] = {}
        self._statements: list[Statement] = []
        self._own: list[str] = []
        self._bags: list[dict[str, str]] = []

    def take(self, folder: str) -> None:
        """The item in one folder, which ends with a slash, or is empty where the package is the item."""
        reading = self._reading
        self._take_contents(folder)
        records = [path for path in reading.below(folder) if _is_record(path.removeprefix(folder))]
        for path in records:
            self._statements += read_dublin_core(parse_xml(reading.read(path), subject=path).getroot(), path)
        own = {*(folder + name for name in _OWN), *records}
        self._own += own
        if f"{folder}{BAG}bagit.txt" in reading.files and not lists_private_fields(reading, folder + BAG):
            inside = {path: path.removeprefix(folder) for path in reading.below(folder) if path not in own}
            bag = {path: place.removeprefix(BAG) for path, place in inside.items()}
            for path, digests in listed_digests(reading, bag).items():
                self._entries.add(path, None, digests)
            self._bags.append(bag)

    def _take_contents(self, folder: str) -> None:
        text = self._reading.read(folder + CONTENTS).decode("utf-8", "surrogateescape")
        for number, line in enumerate(text.splitlines() if "\r" in text else text.split("\n"), 1):
            if not line.strip():
                continue
            listed, _, rest = line.partition("\t")
            if listed.startswith("-r "):
                raise FormatError(f"line {number} registers a file elsewhere, which cannot be imported",
                                  subject=folder + CONTENTS)  # fmt: skip
            path = self._entries.place(listed.strip(), folder.rstrip("/"))
            if path is None:
                continue
            self._entries.add(path)
            options = dict(one.strip().partition(":")[::2] for one in rest.split("\t"))
            if options.get("bundle", "ORIGINAL") == "ORIGINAL":
                # Items may have files of the same name, so the whole path names a file of several items.
                self._names[path] = path if self._several else path.removeprefix(folder)
                if title := options.get("description"):
                    self._statements += each_once([Statement("title", title, about=path)])

    def content(self) -> PackageContent:
        """What all of them say."""
        entries = self._entries
        entries.findings += [codes.UNLISTED.at(path) for path in entries.unlisted(*self._own)]
        bag = self._bags[0] if self._bags and not self._several else None
        return PackageContent(
            PackageKind.DSPACE_SAF, None, self._reading.name, None, entries.finish(self._names),
            each_once(self._statements), bag=bag, findings=tuple(entries.findings),
        )  # fmt: skip


def _is_record(name: str) -> bool:
    return name == RECORD or (name.startswith("metadata_") and name.endswith(".xml"))
