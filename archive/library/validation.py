"""`validate`, `validate_each` and `show`: what is this, is it whole, and what does it hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from archive.errors import ArchiveError
from archive.formats.naming import path_text
from archive.library.arguments import StrPath, optional_path, path_list, rely_on, whole_number
from archive.library.contents import Contents
from archive.library.progress import Cancellation, check, watch
from archive.library.reports import RecordView, ValidationReport, report_as
from archive.model import record
from archive.model.build import Progress
from archive.model.finding import Finding
from archive.model.validation import Depth
from archive.settings import Settings


def validate(
    subject: StrPath,
    *,
    depth: Depth = Depth.FULL,
    profile: StrPath | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    on_finding: Callable[[Finding], object] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> ValidationReport:
    """Judge a bag (folder, zip, tar, s3:// address), an XML record, a PDF or an OCFL object or root.

    Nothing is ever written. `profile` is the name of a shipped BagIt profile or a JSON file, `cross_check` asks the
    bagit library too, `workers` read a bag's folder (None chooses their number). `on_finding` is called with each
    finding once, of a bag as soon as it is found; all of them are in the report's `findings`. Raises `NotFoundError`,
    `NotABagError`, `UsageError`, `CancelledError`, and other `ArchiveError` when the question could not be put.
    """
    from archive.stages import validation

    check(cancellation)
    made = validation.validate(
        path_text(subject),
        depth=_depth_of(depth),
        profile=optional_path(profile),
        cross_check=cross_check,
        workers=whole_number("workers", workers),
        settings=rely_on(settings),
        progress=watch(progress, cancellation),
        on_finding=on_finding,
    )
    check(cancellation)
    return report_as(ValidationReport, made)


def validate_each(
    subjects: Sequence[StrPath],
    *,
    depth: Depth = Depth.FULL,
    profile: StrPath | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    engine: str = "local",
    scheduler: str | None = None,
    on_finding: Callable[[str, Finding], object] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Iterator[tuple[str, ValidationReport | ArchiveError]]:
    """Each subject with its report, or with why there is none: one that cannot be judged does not stop the rest.

    As `validate`, in the order given; `on_finding` is called with the subject and the finding. With the `engine` "dask"
    the workers of a Dask cluster judge the subjects: of the one at `scheduler`, by default of [audit] in the settings,
    else `workers` processes started for this call. Raises `CancelledError`.
    """
    from archive.errors import CancelledError
    from archive.stages.spreading import choose_spread
    from archive.stages.validation.spreading import validate_spread

    chosen = rely_on(settings)
    answers = validate_spread(
        path_list(subjects),
        choose_spread(chosen, engine, scheduler, whole_number("workers", workers)),
        depth=_depth_of(depth),
        profile=optional_path(profile),
        cross_check=cross_check,
        workers=whole_number("workers", workers),
        settings=chosen,
        progress=watch(progress, cancellation),
        on_finding=on_finding,
    )
    check(cancellation)
    for subject, answer in answers:
        if isinstance(answer, CancelledError):
            raise answer
        yield subject, answer if isinstance(answer, ArchiveError) else report_as(ValidationReport, answer)
        check(cancellation)


def show(subject: StrPath, *, settings: Settings | None = None) -> Contents | RecordView:
    """What a bag holds and says of itself, or what an XML record says; nothing is judged.

    Raises `NotFoundError`, `UsageError` for what is neither, `FormatError` and `StorageError` when it cannot be read.
    """
    from archive.places import address_in_place
    from archive.stages.showing.subjects import read_subject
    from archive.targets.reading import reading_options

    chosen = rely_on(settings)
    path = address_in_place(chosen, path_text(subject))
    shown = read_subject(path, options=reading_options(chosen, path), settings=chosen)
    return report_as(RecordView, shown) if isinstance(shown, record.RecordView) else report_as(Contents, shown)


def _depth_of(depth: object) -> Depth:
    if not isinstance(depth, Depth):
        raise TypeError(f"depth is a Depth, not {type(depth).__name__}")
    return depth
