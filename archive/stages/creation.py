"""Creation: from source files to a bag that was validated before it took its place.

Everything happens in a working folder beside the destination. Until the last rename the destination is untouched; after
any failure it still is, and the working folder is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from archive.config import Settings
from archive.errors import StorageError, UsageError, from_os_error
from archive.model.description import Description
from archive.model.finding import Finding
from archive.model.package import NO_PROGRESS, Progress, RenditionResult
from archive.model.plan import CreationReport, Plan
from archive.model.report import ValidationReport
from archive.stages.bagging import seal
from archive.stages.building import TreeBuild
from archive.stages.destination import find_place
from archive.stages.exchanging import BAG, Exchange, find_interrupted, holds_source, put_back
from archive.stages.payload import take_payload
from archive.stages.planning import Notices, plan
from archive.stages.proving import prove, prove_before_exchange
from archive.stages.requirements import find_missing, gather_requirements
from archive.storage.atomic import place, sync_folder, sync_tree
from archive.storage.clock import Clock
from archive.storage.packing import pack
from archive.storage.partial import Partial
from archive.storage.removing import remove_tree

_Skip = Callable[[str], bool] | None


def create(
    sources: Sequence[str],
    to: str,
    *,
    name: str | None = None,
    description: str | None = None,
    plain: bool = False,
    in_place: bool = False,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    clean_partial: bool = False,
    progress: Progress = NO_PROGRESS,
) -> CreationReport:
    """Make one bag of `sources` in the folder `to`, or, with `in_place`, of the one folder where it stands.

    `description` is a description file to use instead of one found beside the source; `plain` makes a bag without
    metadata and renditions. `clean_partial` removes what an earlier run left behind. The report says `created` only
    when the bag stands in its place and was validated; findings that forbid to begin are in it.

    Raises `UsageError`, `SourceError` (also when a source changes while it is read), `InfectedError`, `ExistsError`,
    `NoSpaceError` and other `ArchiveError`; then there is nothing at the destination and the source is as it was.
    """
    sources = [os.fspath(source) for source in sources]
    plain = plain or in_place
    if plain and description is not None:
        raise UsageError("a plain bag has no description", remedy="Leave out --plain or --description")
    if in_place:
        _mend_interrupted(sources, clean=clean_partial and not dry_run)
    skip_top: _Skip = None
    if not plain:
        from archive.stages.describing import is_description

        skip_top = is_description
    where = find_place(sources, to, name=name, in_place=in_place, settings=settings)
    if clean_partial and not dry_run:
        _clean(where.leftovers())
    planned = plan(
        where,
        plain=plain,
        settings=settings,
        skip_top=skip_top,
        measure=dry_run or progress is not NO_PROGRESS,
        dry_run=dry_run,
    )
    told = None if plain else _load_description(sources, description)
    if dry_run or not planned.possible:
        said = told.findings if told is not None else ()
        return _report(planned, created=False, dry_run=dry_run, findings=said)
    folder, target_name = os.path.split(os.path.abspath(planned.target))
    try:
        with Partial(folder, planned.name) as partial:
            if in_place:
                return _make_in_place(planned, partial, settings, clock, progress)
            target = os.path.join(folder, target_name)
            return _make_copy(
                planned,
                partial,
                target,
                told=told,
                settings=settings,
                clock=clock,
                progress=progress,
                skip_top=skip_top,
            )
    except OSError as error:
        raise from_os_error(error, planned.target) from error


def _make_copy(
    planned: Plan,
    partial: Partial,
    target: str,
    *,
    told: Description | None,
    settings: Settings,
    clock: Clock,
    progress: Progress,
    skip_top: _Skip,
) -> CreationReport:
    tree = partial.file("tree")
    spool = None if planned.plain else partial.file("spool")
    required = gather_requirements(settings)
    notices = Notices()
    renditions: tuple[RenditionResult, ...] = ()
    with _build(planned, tree, spool) as build:
        take_payload(planned, build, settings, progress, skip_top=skip_top, notice=notices.take)
        bag_info = planned.bag_info
        if not planned.plain:
            renditions, fields, found = _enrich(build, told, settings=settings, clock=clock, progress=progress)
            bag_info = _merge(bag_info, fields)
            for finding in found:
                notices.take(finding)
            missing = find_missing(required, bag_info)
            if missing:
                return _report(planned, created=False, findings=(*notices.all(), *missing), renditions=renditions)
        seal(build, bag_info, clock, required.tag_files)
        files, size = build.files, build.size
    finished = tree
    if planned.serialize:
        finished = partial.file(os.path.basename(target))
        progress.begin("packing", size)
        modified = int(clock.now().timestamp())
        pack(tree, planned.name, finished, planned.serialize, modified=modified, progress=progress)
        progress.end()
        remove_tree(tree)
    sync_tree(partial.path)
    judged = prove(finished, planned, settings, progress)
    if judged.ok:
        place(finished, target)
        for path in (target, *partial.made):
            sync_folder(os.path.dirname(path))
    return _report(
        planned,
        created=judged.ok,
        files=files,
        size=size,
        findings=notices.all(),
        renditions=renditions,
        validation=judged,
    )


def _make_in_place(
    planned: Plan, partial: Partial, settings: Settings, clock: Clock, progress: Progress
) -> CreationReport:
    moving = Exchange(planned.sources[0].path, partial)
    notices = Notices()
    since = os.stat(partial.path).st_ctime_ns
    listing = partial.file("folders")
    with _build(planned, partial.file(BAG), None) as build, open(listing, "xb") as visited:
        take_payload(planned, build, settings, progress, notice=notices.take, visited=visited)
        seal(build, planned.bag_info, clock, gather_requirements(settings).tag_files)
        files, size = build.files, build.size
    prove_before_exchange(moving.source, moving.bag, listing, since, planned)
    moving.prepare()
    sync_tree(partial.path)
    moving.run()
    try:
        judged = prove(moving.source, planned, settings, progress, digested_in_place=True)
    except BaseException:
        moving.undo()
        raise
    if not judged.ok:
        moving.undo()
    return _report(planned, created=judged.ok, files=files, size=size, findings=notices.all(), validation=judged)


def _build(planned: Plan, root: str, spool: str | None) -> TreeBuild:
    return TreeBuild(
        root, planned.name, algorithms=planned.algorithms, tag_algorithms=planned.tag_algorithms, spool=spool
    )


def _load_description(sources: Sequence[str], explicit: str | None) -> Description | None:
    from archive.stages.describing import load_description

    return load_description(sources, explicit)


def _enrich(
    build: TreeBuild, told: Description | None, *, settings: Settings, clock: Clock, progress: Progress
) -> tuple[tuple[RenditionResult, ...], tuple[tuple[str, str], ...], list[Finding]]:
    """Virus check, formats, renditions and metadata: the renditions, fields for bag-info, and findings."""
    from archive.stages.describing import describe
    from archive.stages.identification import identify
    from archive.stages.rendering import render_all
    from archive.stages.virus import check_viruses

    virus = check_viruses(build, settings)
    with identify(build, settings, progress) as identifications:
        renditions = render_all(build, identifications, told, settings, clock, progress)
        facts = describe(
            build,
            description=told,
            identifications=identifications,
            renditions=renditions,
            virus=virus,
            settings=settings,
            clock=clock,
        )
    findings = [finding for rendition in renditions for finding in rendition.findings]
    return renditions, facts.bag_info, [*findings, *facts.findings]


def _merge(given: tuple[tuple[str, str], ...], told: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The fields that were given, then those of the description that nobody gave."""
    labels = {label.lower() for label, _ in given}
    return (*given, *(pair for pair in told if pair[0].lower() not in labels))


def _mend_interrupted(sources: Sequence[str], *, clean: bool) -> None:
    for source in sources:
        partial = find_interrupted(source)
        if partial is None:
            continue
        if not clean:
            raise StorageError(
                "an earlier --in-place was cut off in its last step; the folder is whole and this path leads to it",
                subject=source,
                remedy="Put it back and go on with --clean-partial",
            )
        put_back(source, partial)


def _clean(leftovers: Sequence[str]) -> None:
    for path in leftovers:
        if holds_source(path):
            raise StorageError(
                "this working folder holds a source folder and is not removed", subject=path, remedy="Look at it first"
            )
        remove_tree(path)


def _report(
    planned: Plan,
    *,
    created: bool,
    dry_run: bool = False,
    files: int | None = None,
    size: int | None = None,
    findings: tuple[Finding, ...] = (),
    renditions: tuple[RenditionResult, ...] = (),
    validation: ValidationReport | None = None,
) -> CreationReport:
    return CreationReport(
        bag=planned.target,
        name=planned.name,
        created=created,
        dry_run=dry_run,
        files=planned.files if files is None else files,
        size=planned.size if size is None else size,
        algorithms=planned.algorithms,
        findings=(*planned.findings, *findings),
        renditions=renditions,
        validation=validation,
        sources=tuple(root.path for root in planned.sources),
    )
