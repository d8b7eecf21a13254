"""Validation: what is this, and is it whole? Nothing here ever writes, fetches or follows what it judges."""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from archive.bags.contents import makes_bag
from archive.bags.opening import names_version, sniff_archive
from archive.errors import ArchiveError, NotABagError, NotFoundError, UsageError, from_os_error
from archive.model.addresses import is_remote
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.model.validation import Depth, Kind, ValidationReport
from archive.regular_files import open_regular
from archive.stages.validation.feed import FindingFeed, OnFinding

if TYPE_CHECKING:
    from archive.settings import Settings
    from archive.stages.validation.bags.bag import SealJudge

__all__ = ["validate", "validate_each", "validate_sealed"]

_NAMED = 10
"""So many bags in a folder are named."""

_DEEPEST = 4
"""So many levels below a folder are bags looked for: by year, fonds and series, as archives keep them."""
_MOST_FOLDERS = 10_000
"""So many folders are looked into for bags."""


def validate(
    subject: str,
    *,
    depth: Depth = Depth.FULL,
    profile: str | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
    on_finding: OnFinding | None = None,
) -> ValidationReport:
    """Judge `subject`: a bag (folder, zip, tar plain or compressed), an XML record, a PDF, an OCFL object or root,
    or a package of another system.

    A bag may also be at an s3://BUCKET/PREFIX address, in a deposit at a place of the settings (PLACE:IDENTIFIER or
    its URL), or be OBJECT#vN, a version of an OCFL object. `depth`,
    `profile`, `cross_check` and `workers` are for bags. Raises `NotFoundError` when there is nothing, `NotABagError`
    for a folder or archive that is not a bag, `UsageError` when it is of no kind that can be judged. `on_finding` is
    called with each finding once: of a bag as it is found, of anything else when it is judged. What the system does not
    allow to be opened is "not checked".
    """
    if not subject or "\x00" in subject:
        raise UsageError("nothing is named to validate", remedy="Name a bag, an XML record or a PDF")
    if settings is not None:
        from archive.places import address_in_place

        subject = address_in_place(settings, subject)
    if cross_check and depth is not Depth.FULL:
        raise UsageError("a second opinion is asked at full depth only", remedy="Leave out --depth or --cross-check")
    try:
        sort = _sort_of(subject)
    except OSError as error:
        report = _report_unopened(subject, depth, error)
        FindingFeed(on_finding, NO_PROGRESS).tell(report.findings)
        return report
    try:
        report = _judge(
            subject, sort, depth=depth, profile=profile, cross_check=cross_check, workers=workers, settings=settings,
            progress=progress, on_finding=on_finding,
        )  # fmt: skip
    except OSError as error:
        raise from_os_error(error, subject) from error
    if sort != "bag":
        FindingFeed(on_finding, NO_PROGRESS).tell(report.findings)
    return report


def validate_each(
    subjects: Sequence[str],
    *,
    depth: Depth = Depth.FULL,
    profile: str | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
    on_finding: Callable[[str, Finding], object] | None = None,
) -> Iterator[tuple[str, ValidationReport | ArchiveError]]:
    """Each subject with its report, or with why there is none: one that cannot be judged does not stop the rest.

    As `validate`, in the order given, and `on_finding` is called with the subject too; the PDFs are judged together,
    when the first of them comes.
    """
    plain = profile is None and not cross_check
    pdfs = [subject for subject in dict.fromkeys(subjects) if plain and _is_pdf(subject)]
    judged: dict[str, ValidationReport | ArchiveError] = {}
    for subject in subjects:
        tell = None if on_finding is None else partial(on_finding, subject)
        if subject in pdfs and not judged:
            from archive.stages.validation.pdfs import validate_pdfs

            try:
                judged = dict(zip(pdfs, validate_pdfs(pdfs, settings=settings), strict=True))
            except ArchiveError as error:
                judged = dict.fromkeys(pdfs, error)
        if subject in judged:
            answer = judged[subject]
            if isinstance(answer, ValidationReport):
                FindingFeed(tell, NO_PROGRESS).tell(answer.findings)
            yield subject, answer
            continue
        try:
            report = validate(
                subject, depth=depth, profile=profile, cross_check=cross_check, workers=workers, settings=settings,
                progress=progress, on_finding=tell,
            )  # fmt: skip
        except ArchiveError as error:
            yield subject, error
        else:
            yield subject, report


def validate_sealed(
    subject: str,
    judge_seals: SealJudge,
    *,
    settings: Settings | None = None,
    workers: int | None = None,
    progress: Progress = NO_PROGRESS,
) -> ValidationReport:
    """Judge a bag at depth full, and its evidence seals by `judge_seals` while it is open.

    Raises `NotFoundError`, `NotABagError`, `UsageError` for what is not a bag. What the system does not allow to be
    opened is "not checked".
    """
    if not subject or "\x00" in subject:
        raise UsageError("nothing is named to verify", remedy="Name a bag")
    try:
        sort = _sort_of(subject)
    except OSError as error:
        return _report_unopened(subject, Depth.FULL, error)
    try:
        if sort == "nothing":
            raise _refuse_folder(subject)
        if sort not in ("bag", "ocfl"):
            raise UsageError(
                "only bags are sealed and verified",
                subject=subject,
                remedy=f"Run: archive validate {shlex.quote(subject)}",
            )
        from archive.stages.validation.bags.bag import validate_bag

        return validate_bag(subject, settings=settings, workers=workers, progress=progress, judge_seals=judge_seals)
    except OSError as error:
        raise from_os_error(error, subject) from error


def _is_pdf(subject: str) -> bool:
    try:
        return bool(subject) and "\x00" not in subject and _sort_of(subject) == "pdf"
    except (ArchiveError, OSError):
        return False


def _judge(
    subject: str,
    sort: str,
    *,
    depth: Depth,
    profile: str | None,
    cross_check: bool,
    workers: int | None,
    settings: Settings | None,
    progress: Progress,
    on_finding: OnFinding | None,
) -> ValidationReport:
    """The report on a subject whose sort is known."""
    if sort == "nothing":
        raise _refuse_folder(subject)
    if sort == "bag":
        from archive.stages.validation.bags.bag import validate_bag

        try:
            return validate_bag(
                subject, depth=depth, profile=profile, cross_check=cross_check, workers=workers, settings=settings,
                progress=progress, on_finding=on_finding,
            )  # fmt: skip
        except NotABagError:
            from archive.stages.validation.packages import is_packed_package

            if not is_packed_package(subject):
                raise
        sort = "package"
    if profile is not None or cross_check:
        raise UsageError("a profile or a cross-check is for bags", subject=subject)
    if sort == "package":
        from archive.stages.validation.packages import validate_package

        return validate_package(subject, depth=depth, progress=progress)
    if sort == "ocfl":
        from archive.stages.validation.ocfl.ocfl import validate_ocfl

        return validate_ocfl(subject, progress=progress)
    if sort == "pdf":
        from archive.stages.validation.pdfs import validate_pdf

        return validate_pdf(subject, settings=settings)
    from archive.stages.validation.records.record import validate_record

    return validate_record(subject, settings=settings)


def _refuse_folder(subject: str) -> NotABagError:
    """Why a folder without anything of a bag is not judged, and what could be judged instead.

    It is not walked to its end: bags are looked for a few levels below, and the bag that it may be part of above it.
    """
    inside = _bags_inside(subject)
    if inside:
        number = "1 bag" if len(inside) == 1 else f"{len(inside):,} bags"
        named = shlex.join(inside[:_NAMED])
        more = "" if len(inside) <= _NAMED else f" ... and {len(inside) - _NAMED:,} more"
        return NotABagError(
            f"this folder is not a bag; it holds {number}",
            subject=subject,
            remedy=f"Run: archive validate {named}{more}",
        )
    bag = _bag_around(subject)
    if bag is not None:
        remedy = f"Run: archive validate {shlex.quote(bag)}"
        return NotABagError("this folder is not a bag, but a part of one", subject=subject, remedy=remedy)
    return NotABagError(
        "this folder is neither a bag nor an OCFL object: it has no bagit.txt, no manifest and no OCFL declaration",
        subject=subject, remedy="Name the bag's own folder or archive",
    )  # fmt: skip


def _bag_around(path: str) -> str | None:
    """The nearest folder above `path` that has a bagit.txt, as seen from the working folder."""
    above = os.path.abspath(path)
    while (parent := os.path.dirname(above)) != above:
        above = parent
        if os.path.isfile(os.path.join(above, "bagit.txt")):
            return os.path.relpath(above)
    return None


def _bags_inside(folder: str) -> list[str]:
    """The folders below this one that have a bagit.txt, at most so many levels and folders further on."""
    found: list[str] = []
    level, left = [folder], _MOST_FOLDERS
    for _ in range(_DEEPEST):
        below: list[str] = []
        for path in level:
            if len(below) < left:
                below += itertools.islice(_folders_in(path), left - len(below))
        left -= len(below)
        bags = {path for path in below if os.path.isfile(os.path.join(path, "bagit.txt"))}
        found += bags
        level = [path for path in below if path not in bags]
    return sorted(found)


def _folders_in(path: str) -> Iterator[str]:
    """The folders in this one; none of what cannot be listed."""
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield entry.path


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
    """One of bag, package, ocfl, pdf, xml, by what is there; nothing for a folder without anything that only a bag has.

    Raises `NotFoundError`, `UsageError`, and OSError for what is there and cannot be opened.
    """
    if is_remote(subject) or names_version(subject):
        return "bag"
    try:
        status = os.stat(subject)
        if stat.S_ISDIR(status.st_mode):
            return _sort_of_folder(subject)
        if not stat.S_ISREG(status.st_mode):
            raise UsageError("this is neither a folder nor a file", subject=subject)
        if sniff_archive(subject) is not None:
            return "bag"
        with open_regular(subject) as file:
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
    bag = _bag_around(subject)
    if bag is not None:
        remedy = f"Run: archive validate {shlex.quote(bag)}"
        raise NotABagError("this file is not a bag, but a part of one", subject=subject, remedy=remedy)
    raise UsageError(
        "this is not a bag, XML record, PDF or OCFL object",
        subject=subject,
        remedy="Name the bag's own folder or archive",
    )


def _sort_of_folder(folder: str) -> str:
    """By its names alone: a bag or an OCFL object or root by its declaration, else by anything that makes one."""
    with os.scandir(folder) as entries:
        names = {entry.name for entry in entries}
    if "bagit.txt" in names:
        return "bag"
    from archive.stages.validation.ocfl.ocfl import is_ocfl

    if is_ocfl(folder):
        return "ocfl"
    if any(makes_bag(name) for name in names):
        return "bag"
    from archive.stages.packages.recognizing import looks_like_package

    return "package" if looks_like_package(folder) else "nothing"
