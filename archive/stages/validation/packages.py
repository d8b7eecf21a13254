"""Judging packages of other systems: their structure, and every file against the checksum that the package records."""

from __future__ import annotations

import os

from archive.bags.opening import sniff_archive
from archive.bags.packages import open_package
from archive.errors import ArchiveError
from archive.model.addresses import is_remote
from archive.model.build import Progress
from archive.model.finding import Severity
from archive.model.package import PackageKind
from archive.model.validation import Depth, Kind, ValidationReport
from archive.stages.packages.checking import check_package
from archive.stages.packages.recognizing import kind_of, read_package


def is_packed_package(subject: str) -> bool:
    """True for an archive that holds a package and is not a bag."""
    if is_remote(subject) or not os.path.isfile(subject) or sniff_archive(subject) is None:
        return False
    try:
        with open_package(subject) as reading:
            return "bagit.txt" not in reading.files and kind_of(reading) is not None
    except (ArchiveError, OSError):
        return False


def validate_package(subject: str, *, depth: Depth, progress: Progress) -> ValidationReport:
    """Judge a package that is not a bag. Only depth FULL reads the files and may say valid.

    Raises `NotFoundError`, `NotABagError`, `UsageError`, `StorageError` and OSError.
    """
    with open_package(subject, progress=progress) as reading:
        content = read_package(reading)
        check = check_package(reading, content, progress, read_files=depth is Depth.FULL)
    assert content.kind is not PackageKind.BAG
    severities = {one.severity for one in check.findings}
    whole = {Depth.FULL: "valid", Depth.COMPLETE: "complete", Depth.QUICK: "not validated"}
    if Severity.ERROR in severities:
        verdict = "invalid"
    else:
        verdict = "not checked" if Severity.UNCHECKED in severities else whole[depth]
    facts = {
        "format": content.kind.value, "files": check.files, "octets": check.size, "compared": check.compared,
        **({"version": content.version} if content.version else {}),
    }  # fmt: skip
    return ValidationReport(subject, Kind.PACKAGE, verdict, check.findings, depth, facts)
