"""Reading bags that other programs made, as packages."""

from __future__ import annotations

from archive.bags.contents import read_bag
from archive.bags.packages import PackageReading
from archive.formats.tagfile import values_of
from archive.model.package import PackageContent, PackageFile, PackageKind
from archive.stages.packages.entries import Entries
from archive.stages.packages.statements import each_once, statement

_PROPERTIES = (
    ("description", "External-Description"), ("publisher", "Source-Organization"),
    ("identifier", "External-Identifier"),
    ("identifier", "Internal-Sender-Identifier"), ("provenance", "Internal-Sender-Description"),
)  # fmt: skip
OUR_STATEMENTS = "metadata/descriptive/statements.json"


def read_foreign_bag(reading: PackageReading) -> PackageContent:
    """What the bag says of itself; whether it is valid is not asked here. Raises OSError."""
    bag = read_bag(reading.subject, reading.reader)
    names = {path: path.removeprefix("data/") for path in reading.files if path.startswith("data/")}
    entries = Entries(reading)
    files: tuple[PackageFile, ...] = entries.finish(names)
    statements = [
        statement(term, value, bag.info_name) for term, label in _PROPERTIES for value in values_of(bag.info, label)
    ]
    identifier = next(iter(values_of(bag.info, "External-Identifier")), None)
    return PackageContent(
        PackageKind.BAG, bag.declaration.version, reading.name, identifier, files, each_once(statements),
        findings=tuple(entries.findings),
    )  # fmt: skip
