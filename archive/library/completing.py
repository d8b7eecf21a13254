"""`fetch`, `export`, `import_package`, `unpack`, `join`: bags without payload, packed, in parts, as other packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.errors import ArchiveError, CancelledError
from archive.formats.naming import path_text
from archive.library.arguments import StrPath, optional_text, path_list, plain_text, rely_on
from archive.library.progress import Cancellation, check, watch
from archive.library.reports import ExportReport, FetchReport, ImportReport, PlacedReport, WorkingCopyReport, report_as
from archive.model.build import Progress
from archive.settings import Settings


def fetch(
    bag: StrPath,
    *,
    dry_run: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> FetchReport:
    """Fetch what `bag`, a folder, lacks and its fetch.txt names: what `archive fetch` does.

    A file takes its place only with the digests of the payload manifests. What could not be fetched is in the report's
    findings, and the next call goes on from there. Raises `NotFoundError`, `NotABagError`, `UsageError`, `LockedError`,
    `NoSpaceError`, other `StorageError`, and `CancelledError`.
    """
    from archive.stages.fetching.completing import complete

    made = complete(
        path_text(bag), settings=rely_on(settings, "fetch"), dry_run=dry_run, progress=watch(progress, cancellation)
    )
    return report_as(FetchReport, made)


def export(
    bag: StrPath,
    as_format: str,
    to: StrPath,
    *,
    name: str | None = None,
    zipped: bool = False,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> ExportReport:
    """Make a package of `bag` in the folder `to`, in the format `as_format`: what `archive export --as` does.

    The report's `lost` says what the format has no place for; `placed` is False, with findings, when the bag is not
    valid or its rights do not allow it. Raises `UsageError`, `NotFoundError`, `NotABagError`, `ExistsError`,
    `SourceError`, `FormatError`, other `StorageError`, and `CancelledError`.
    """
    from archive.stages.exporting import exporting
    from archive.storage.clock import system_clock

    made = exporting.export(
        path_text(bag),
        plain_text("as_format", as_format),
        path_text(to),
        name=optional_text("name", name),
        zipped=zipped,
        dry_run=dry_run,
        clean_partial=clean_partial,
        settings=rely_on(settings),
        clock=system_clock(),
        progress=watch(progress, cancellation),
    )
    return report_as(ExportReport, made)


def export_each(
    bags: Sequence[StrPath],
    as_format: str,
    to: StrPath,
    *,
    name: str | None = None,
    zipped: bool = False,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Iterator[tuple[str, ExportReport | ArchiveError]]:
    """Each bag with the report on its export, or with why there is none: one does not stop the rest.

    As `export`, in the order given. In a format whose packages hold several bags, such as "dspace-saf", they become one
    package, called `name` or "items". Raises `UsageError`, `ExistsError` and other `StorageError` for what concerns all
    of them, and `CancelledError`.
    """
    from archive.stages.exporting import many
    from archive.storage.clock import system_clock

    order = many.ExportOrder(
        plain_text("as_format", as_format), path_text(to), rely_on(settings), system_clock(),
        optional_text("name", name), zipped, dry_run, clean_partial,
    )  # fmt: skip
    for bag, answer in many.export_each(path_list(bags), order, watch(progress, cancellation)):
        if isinstance(answer, CancelledError):
            raise answer
        yield bag, answer if isinstance(answer, ArchiveError) else report_as(ExportReport, answer)
        check(cancellation)


def import_each(
    package: StrPath,
    to: StrPath,
    *,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Iterator[ImportReport | ArchiveError]:
    """As `import_package`, but a DSpace archive of several items becomes a bag each, by the names of their folders.

    Gives a report for each, or why there is none: one item does not stop the rest.
    """
    from archive.stages.importing import importing
    from archive.storage.clock import system_clock

    made = importing.import_parts(
        path_text(package),
        path_text(to),
        dry_run=dry_run,
        clean_partial=clean_partial,
        settings=rely_on(settings),
        clock=system_clock(),
        progress=watch(progress, cancellation),
    )
    for answer in made:
        if isinstance(answer, CancelledError):
            raise answer
        yield answer if isinstance(answer, ArchiveError) else report_as(ImportReport, answer)
        check(cancellation)


def import_package(
    package: StrPath,
    to: StrPath,
    *,
    name: str | None = None,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> ImportReport:
    """Make a bag, in the folder `to`, from a package of another system: what `archive import` does.

    The report's `rebuilt` says whether it is the bag from which the package was exported; `placed` is False, with
    findings, when the package is not as it says itself. Raises `UsageError`, `NotFoundError`, `NotABagError`,
    `ExistsError`, `SourceError`, `FormatError`, other `StorageError`, and `CancelledError`. `import_each` is for a
    DSpace archive of several items.
    """
    from archive.stages.importing import importing
    from archive.storage.clock import system_clock

    made = importing.import_package(
        path_text(package),
        path_text(to),
        name=optional_text("name", name),
        dry_run=dry_run,
        clean_partial=clean_partial,
        settings=rely_on(settings),
        clock=system_clock(),
        progress=watch(progress, cancellation),
    )
    return report_as(ImportReport, made)


def export_copy(
    bag: StrPath,
    person: str,
    purpose: str,
    to: StrPath,
    *,
    reason: str | None = None,
    without_restricted: bool = False,
    language: str = "en",
    name: str | None = None,
    zipped: bool = False,
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> WorkingCopyReport:
    """Give a copy of `bag` with a cover sheet to `person` for a `purpose`: what `archive export --for` does.

    `reason` says why the person may see what is restricted. `placed` is False, with findings, when the bag is not valid
    or its rights do not allow it. Raises `UsageError`, `NotFoundError`, `NotABagError`, `ExistsError`,
    `RenditionError`, `LedgerError`, other `StorageError`, and `CancelledError`.
    """
    from archive.model.working_copy import Person
    from archive.stages.exporting import working_copy
    from archive.storage.clock import system_clock

    who = Person(plain_text("person", person), plain_text("purpose", purpose), optional_text("reason", reason) or "")
    made = working_copy.give_copy(
        path_text(bag),
        path_text(to),
        who,
        without_restricted=without_restricted,
        name=optional_text("name", name),
        zipped=zipped,
        language=plain_text("language", language),
        dry_run=dry_run,
        clean_partial=clean_partial,
        settings=rely_on(settings, "ledger"),
        clock=system_clock(),
        progress=watch(progress, cancellation),
    )
    return report_as(WorkingCopyReport, made)


def export_holey(
    bag: StrPath,
    prefix: str,
    to: StrPath,
    *,
    name: str | None = None,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> PlacedReport:
    """Make a copy of `bag`, in the folder `to`, whose fetch.txt names the payload: what `archive export --holey` does.

    `prefix` is the address of the folder that holds the whole bag. The report's `placed` is False, with findings, when
    the bag is not valid. Raises `UsageError`, `NotFoundError`, `NotABagError`, `ExistsError`, other `StorageError`, and
    `CancelledError`.
    """
    from archive.stages.exporting import holey

    made = holey.export_holey(
        path_text(bag),
        plain_text("prefix", prefix),
        path_text(to),
        name=optional_text("name", name),
        clean_partial=clean_partial,
        settings=rely_on(settings),
        progress=watch(progress, cancellation),
    )
    return report_as(PlacedReport, made)


def unpack(
    archive: StrPath,
    to: StrPath,
    *,
    name: str | None = None,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> PlacedReport:
    """Unpack the bag in a zip or tar file to the folder `to`: what `archive unpack` does.

    The report's `placed` is False, with findings, when the archive or what came out of it is not valid. Raises
    `UsageError`, `NotFoundError`, `NotABagError`, `ExistsError`, `FormatError`, other `StorageError`, and
    `CancelledError`.
    """
    from archive.stages.exporting import unpacking

    made = unpacking.unpack(
        path_text(archive),
        path_text(to),
        name=optional_text("name", name),
        clean_partial=clean_partial,
        settings=rely_on(settings),
        progress=watch(progress, cancellation),
    )
    return report_as(PlacedReport, made)


def join(
    parts: StrPath | Sequence[StrPath],
    to: StrPath,
    *,
    name: str | None = None,
    clean_partial: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> PlacedReport:
    """Rebuild one bag from the bags of a group, in the folder `to`: what `archive join` does.

    The report's `placed` is False, with findings, when a part is not valid, one is missing, or two contradict each
    other. Raises `UsageError`, `NotFoundError`, `NotABagError`, `ExistsError`, other `StorageError`, and
    `CancelledError`.
    """
    from archive.stages.exporting import joining
    from archive.storage.clock import system_clock

    made = joining.join(
        path_list(parts),
        path_text(to),
        name=optional_text("name", name),
        clean_partial=clean_partial,
        settings=rely_on(settings),
        clock=system_clock(),
        progress=watch(progress, cancellation),
    )
    return report_as(PlacedReport, made)
