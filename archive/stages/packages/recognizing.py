"""What kind of package is this? Told by the files that are there, never by names or extensions of the whole."""

from __future__ import annotations

import os

from archive.bags.packages import CRATE_METADATA, PackageReading, PartReading
from archive.errors import FormatError, NotABagError
from archive.model.codes import packages as codes
from archive.model.package import PackageContent, PackageKind
from archive.stages.packages.archivematica import METS_NAME, mets_of, read_archivematica
from archive.stages.packages.bags import read_foreign_bag
from archive.stages.packages.dspace_saf import CONTENTS, RECORD, item_folders, read_saf
from archive.stages.packages.eark import TOP, is_eark, read_eark
from archive.stages.packages.rocrate import read_rocrate
from archive.stages.packages.transfer import is_transfer, may_be_transfer, read_transfer


def kind_of(reading: PackageReading) -> PackageKind | None:
    """The kind of the package; None where it is none that can be read. Raises OSError."""
    if mets_of(reading) is not None:
        return PackageKind.ARCHIVEMATICA
    if CRATE_METADATA in reading.files:
        return PackageKind.ROCRATE
    if "bagit.txt" in reading.files:
        return PackageKind.BAG
    if is_eark(reading):
        return PackageKind.EARK
    if is_transfer(reading):
        return PackageKind.TRANSFER
    return PackageKind.DSPACE_SAF if item_folders(reading) else None


def read_package(reading: PackageReading) -> PackageContent:
    """What the package says of itself; what is wrong with that is in its findings.

    Raises `NotABagError` for what is not a package of a known kind, and OSError.
    """
    kind = kind_of(reading)
    try:
        match kind:
            case PackageKind.ARCHIVEMATICA:
                return read_archivematica(reading, str(mets_of(reading)))
            case PackageKind.ROCRATE:
                return read_rocrate(reading)
            case PackageKind.BAG:
                return read_foreign_bag(reading)
            case PackageKind.EARK:
                return read_eark(reading)
            case PackageKind.TRANSFER:
                return read_transfer(reading)
            case PackageKind.DSPACE_SAF:
                return read_saf(reading, item_folders(reading))
            case None:
                raise NotABagError(
                    "this is not a package of a known kind: an E-ARK package, RO-Crate, DSpace item, Archivematica AIP"
                    " or transfer, or bag", subject=reading.subject, remedy="Name the package's own folder or archive",
                )  # fmt: skip
    except FormatError as error:
        assert kind is not None
        finding = codes.UNREADABLE_METADATA.at(error.subject or "", why=str(error))
        return PackageContent(kind, None, reading.name, findings=(finding,))


def parts_of(reading: PackageReading) -> list[PackageReading]:
    """The packages in a package, each of which becomes a bag: the items of a DSpace archive, else the package itself.

    Raises OSError.
    """
    if kind_of(reading) is not PackageKind.DSPACE_SAF:
        return [reading]
    folders = item_folders(reading)
    return [reading] if len(folders) == 1 else [PartReading(reading, folder) for folder in folders]


def looks_like_package(folder: str) -> bool:
    """True for a folder that is, by the names at its top, a package other than a bag."""
    try:
        names = set(os.listdir(folder))
    except OSError:
        return False
    if "bagit.txt" in names:
        return False
    if CRATE_METADATA in names or {CONTENTS, RECORD} <= names:
        return True
    if TOP in names:
        return "representations" in names or _claims_eark(os.path.join(folder, TOP))
    if may_be_transfer(folder, names):
        return True
    return any(
        os.path.isfile(os.path.join(folder, name, RECORD)) and os.path.isfile(os.path.join(folder, name, CONTENTS))
        for name in names
    )


def looks_like_aip(folder: str) -> bool:
    """True for a folder that is a bag with the METS of an Archivematica AIP."""
    try:
        return os.path.isfile(os.path.join(folder, "bagit.txt")) and any(
            METS_NAME.fullmatch(f"data/{name}") for name in os.listdir(os.path.join(folder, "data"))
        )
    except OSError:
        return False


def _claims_eark(path: str) -> bool:
    from archive.regular_files import open_regular

    try:
        with open_regular(path) as file:
            return b"dilcis.eu/" in file.read(1 << 16).lower()
    except OSError:
        return False
