"""Validation: what is this, and is it whole? Nothing here ever writes, fetches or follows what it judges."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

from archive.config import Settings
from archive.errors import NotFoundError, UsageError
from archive.model.codes import bag_files as codes
from archive.model.package import NO_PROGRESS, Progress
from archive.model.report import Depth, Kind, ValidationReport

__all__ = ["validate"]


def validate(
    subject: str,
    *,
    depth: Depth = Depth.FULL,
    profile: str | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
) -> ValidationReport:
    """Judge `subject`: a bag (folder, zip, tar plain or compressed), an XML record, a PDF, or an OCFL object or root.

    `depth`, `profile`, `cross_check` and `workers` are for bags. Raises `NotFoundError` when there is nothing,
    `UsageError` when it is of no kind that can be judged. What the system does not let us open is "not checked".
    """
    if not subject or "\x00" in subject:
        raise UsageError("nothing is named to validate", remedy="Name a bag, an XML record or a PDF")
    if cross_check and depth is not Depth.FULL:
        raise UsageError("a second opinion is asked at full depth only", remedy="Leave out --depth or --cross-check")
    try:
        sort = _sort_of(subject)
    except OSError as error:
        return _report_unopened(subject, depth, error)
    if sort == "nothing":
        return _report_nothing(subject, depth)
    if sort == "bag":
        from archive.stages.validation.bags import validate_bag

        return validate_bag(
            subject, depth=depth, profile=profile, cross_check=cross_check, workers=workers, settings=settings,
            progress=progress,
        )  # fmt: skip
    if profile is not None or cross_check:
        raise UsageError("a profile or a cross-check is for bags", subject=subject)
    if sort == "ocfl":
        from archive.stages.validation.ocfl import validate_ocfl

        return validate_ocfl(subject, progress=progress)
    if sort == "pdf":
        from archive.stages.validation.pdfs import validate_pdf

        return validate_pdf(subject, settings=settings or Settings())
    from archive.stages.validation.records import validate_record

    return validate_record(subject, settings=settings)


def _report_nothing(subject: str, depth: Depth) -> ValidationReport:
    """A folder that has nothing of a bag; one without content is no OCFL object either, and both are said."""
    from archive.stages.validation.bags import report_no_bag

    report = report_no_bag(subject, depth)
    if not all(name.startswith(".") for name in os.listdir(subject)):
        return report
    from archive.stages.validation.ocfl import validate_ocfl

    return replace(report, findings=(*report.findings, *validate_ocfl(subject).findings))


def _report_unopened(subject: str, depth: Depth, error: OSError) -> ValidationReport:
    """What is there but cannot be opened: its name is all that tells what it may be."""
    why = error.strerror or str(error)
    if os.path.isfile(subject):
        finding = codes.UNREADABLE_FILE.at(os.path.basename(subject), why=why)
        kind = {".pdf": Kind.PDF, ".xml": Kind.XML}.get(os.path.splitext(subject)[1].lower(), Kind.BAG)
    else:
        finding, kind = codes.UNREADABLE_FOLDER.at(".", why=why), Kind.BAG
    return ValidationReport(subject, kind, "not checked", (finding,), depth if kind is Kind.BAG else None)


def _sort_of(subject: str) -> str:
    """One of bag, ocfl, pdf, xml, by what is there; nothing for a folder that has nothing of a bag.

    Raises `NotFoundError`, `UsageError`, and OSError for what is there and cannot be opened.
    """
    from archive.storage.bag_opening import sniff_archive

    try:
        status = os.stat(subject)
        if stat.S_ISDIR(status.st_mode):
            return _sort_of_folder(subject)
        if not stat.S_ISREG(status.st_mode):
            raise UsageError("this is neither a folder nor a file", subject=subject)
        if sniff_archive(subject) is not None:
            return "bag"
        with open(subject, "rb") as file:
            head = file.read(1024)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            "there is no such file or folder", subject=subject, remedy="Check the path, then run again"
        ) from error
    suffix = os.path.splitext(subject)[1].lower()
    if b"%PDF-" in head or suffix == ".pdf":
        return "pdf"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") or head.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")) or suffix in (".xml", ".mets"):
        return "xml"
    raise UsageError(
        "this is no bag, XML record, PDF or OCFL object", subject=subject, remedy="Name the bag's own folder or archive"
    )


def _sort_of_folder(folder: str) -> str:
    """By its names alone: a bag or an OCFL object or root by its declaration, else by anything that makes one."""
    from archive.stages.validation.ocfl import is_ocfl

    with os.scandir(folder) as entries:
        names = {entry.name for entry in entries}
    if "bagit.txt" in names:
        return "bag"
    if is_ocfl(folder):
        return "ocfl"
    made = "data" in names or any(name.startswith(("manifest-", "tagmanifest-")) for name in names)
    return "bag" if made else "nothing"
