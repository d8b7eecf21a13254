"""Reading an item of DSpace's Simple Archive Format, by the rules of its importer."""

from __future__ import annotations

from archive.bags.packages import PackageReading
from archive.errors import FormatError
from archive.formats.xml_safety import parse_xml
from archive.model.codes import packages as codes
from archive.model.description import Statement
from archive.model.package import PackageContent, PackageKind
from archive.stages.packages.entries import Entries
from archive.stages.packages.manifests import lists_private_fields
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


def read_saf(reading: PackageReading, folder: str) -> PackageContent:
    """What the item in this folder says of itself. Raises `FormatError` for contents that cannot be read, OSError."""
    entries = Entries(reading)
    names: dict[str, str] = {}
    statements: list[Statement] = []
    text = reading.read(folder + CONTENTS).decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.splitlines() if "\r" in text else text.split("\n"), 1):
        if not line.strip():
            continue
        listed, _, rest = line.partition("\t")
        if listed.startswith("-r "):
            raise FormatError(f"line {number} registers a file elsewhere, which cannot be imported",
                              subject=folder + CONTENTS)  # fmt: skip
        path = entries.place(listed.strip(), folder.rstrip("/"))
        if path is None:
            continue
        entries.add(path)
        options = dict(one.strip().partition(":")[::2] for one in rest.split("\t"))
        if options.get("bundle", "ORIGINAL") == "ORIGINAL":
            names[path] = path.removeprefix(folder)
            if title := options.get("description"):
                statements += each_once([Statement("title", title, about=path)])
    records = [path for path in reading.below(folder) if _is_record(path.removeprefix(folder))]
    for path in records:
        statements += read_dublin_core(parse_xml(reading.read(path), subject=path).getroot(), path)
    own = (*(folder + name for name in _OWN), *records)
    entries.findings += [codes.UNLISTED.at(path) for path in entries.unlisted(*own)]
    bag = None
    if f"{folder}{BAG}bagit.txt" in reading.files and not lists_private_fields(reading, folder + BAG):
        inside = {path: path.removeprefix(folder) for path in reading.files if path not in own}
        bag = {path: place.removeprefix(BAG) for path, place in inside.items()}
    return PackageContent(
        PackageKind.DSPACE_SAF, None, reading.name, None, entries.finish(names), each_once(statements), bag=bag,
        findings=tuple(entries.findings),
    )  # fmt: skip


def _is_record(name: str) -> bool:
    return name == RECORD or (name.startswith("metadata_") and name.endswith(".xml"))
