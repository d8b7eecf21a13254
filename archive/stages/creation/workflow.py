"""Creation: from source files to a bag that was validated before it took its place.

Everything happens in a working folder beside the destination. Until the last rename the destination is untouched; after
any failure it still is, and the working folder is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from typing import TYPE_CHECKING, BinaryIO

from archive.errors import UsageError, from_os_error
from archive.model.build import NO_PROGRESS, Progress, RenditionResult
from archive.model.capped_findings import CappedFindings
from archive.model.creation import CheckedList, CreationReport, Plan
from archive.model.description import Access, Description
from archive.model.finding import Finding, Severity
from archive.model.light import light_dataclass
from archive.model.validation import ValidationReport
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.delivery import DeliveryCheck, judge_wrapped
from archive.stages.creation.destination import find_destination
from archive.stages.creation.group_part import GroupPart
from archive.stages.creation.in_place import BAG, Exchange
from archive.stages.creation.leftovers import clean_leftovers, put_back_interrupted, with_leftovers
from archive.stages.creation.payload import take_payload
from archive.stages.creation.planning import plan
from archive.stages.creation.proof import judge_finished_bag, prove_before_exchange
from archive.stages.creation.requirements import Fields, find_missing, gather_requirements, merge_fields
from archive.stages.creation.tag_files import write_tag_files
from archive.stages.creation.timeline import Received, Step, Timeline
from archive.storage.atomic import put_in_place, sync_folder, sync_tree
from archive.storage.clock import Clock
from archive.storage.partial import Partial
from archive.storage.removing import remove_tree

if TYPE_CHECKING:
    from archive.formats.remote_files import RemoteFiles
    from archive.stages.scanning.identification import FormatFeed


def create(
    sources: Sequence[str],
    to: str,
    *,
    name: str | None = None,
    description: str | None = None,
    replace_description: bool = False,
    plain: bool = False,
    in_place: bool = False,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    clean_partial: bool = False,
    wrap_bag: bool = False,
    accept_damaged: bool = False,
    fetch_from: str | None = None,
    part: GroupPart | None = None,
    progress: Progress = NO_PROGRESS,
) -> CreationReport:
    """Make one bag of `sources` in the folder `to`, or, with `in_place`, of the one folder where it is.

    `description` is a description file to use instead of one found beside the source, and with `replace_description`
    instead of one in the source; `plain` makes a bag without
    metadata and renditions. `clean_partial` removes what an earlier run left behind. `wrap_bag` allows a source that is
    a bag; `accept_damaged` records differences from the checksums that came with the sources and goes on. `fetch_from`
    is a table of files that stay elsewhere: the bag is plain and names them in its fetch.txt. `part` is what one bag of
    a group takes of the sources. The report says `created` only when the bag is in its place and was validated;
    findings that forbid to begin are in it.

    Raises `UsageError`, `SourceError` (also when a source changes while it is read), `InfectedError`, `ExistsError`,
    `NoSpaceError` and other `ArchiveError`; then there is nothing at the destination and the source is as it was.
    """
    sources = [os.fspath(source) for source in sources]
    plain = plain or in_place or fetch_from is not None
    if in_place and fetch_from is not None:
        raise UsageError("--in-place and --fetch-from cannot be used together", remedy="Leave out one of them")
    if replace_description and description is None:
        raise UsageError("no description is named that replaces the source's", remedy="Add --description FILE")
    if plain and description is not None:
        raise UsageError("a plain bag has no description", remedy="Leave out --plain or --description")
    table = None
    if fetch_from is not None:
        from archive.stages.creation.remote import load_remote_files, with_table_algorithms

        table = load_remote_files(fetch_from)
        settings = with_table_algorithms(settings, table)
    if in_place:
        put_back_interrupted(sources, clean=clean_partial and not dry_run)
    try:
        where = find_destination(
            sources, to, name=name, in_place=in_place, settings=settings, wrap_bag=wrap_bag, remote=table is not None
        )
    except UsageError as error:
        raise with_leftovers(error, sources, clean=clean_partial and not dry_run) if in_place else error from None
    if part is not None:
        where = replace(where, roots=part.choose(where.roots))
    if clean_partial and not dry_run:
        clean_leftovers(where.leftovers())
    measure = dry_run or progress is not NO_PROGRESS
    planned = plan(where, plain=plain, settings=settings, measure=measure, dry_run=dry_run, remote=table is not None)
    described = None if plain else _load_description(sources, description, replacing=replace_description)
    if dry_run:
        from archive.stages.creation.rehearsal import rehearse

        report = rehearse(
            planned, described, settings=settings, clock=clock, progress=progress, accept_damaged=accept_damaged
        )
        if table is None:
            return report
        from archive.stages.creation.remote import with_remote

        return with_remote(report, table, fetch_from or "")
    wrapped = judge_wrapped(planned, accept=accept_damaged)
    planned = replace(planned, findings=(*planned.findings, *wrapped))
    if not planned.possible:
        return _report(planned, created=False, findings=described.findings if described is not None else ())
    folder, target_name = os.path.split(os.path.abspath(planned.target))
    try:
        with Partial(folder, planned.name) as partial:
            work = _Work(planned, partial, settings, clock, progress, accept_damaged, table, part)
            if in_place:
                return work.make_in_place()
            return work.make_copy(os.path.join(folder, target_name), described)
    except OSError as error:
        raise from_os_error(error, planned.target) from error


@light_dataclass(slots=True)
class _Work:
    """One creation under way, in its working folder."""

    planned: Plan
    partial: Partial
    settings: Settings
    clock: Clock
    progress: Progress
    accept_damaged: bool
    table: RemoteFiles | None = None
    part: GroupPart | None = None
    found: CappedFindings = field(default_factory=CappedFindings)

    def make_copy(self, target: str, described: Description | None) -> CreationReport:
        planned, clock = self.planned, self.clock
        tree = self.partial.file("tree")
        private = _is_private(planned, described)
        required = gather_requirements(self.settings)
        renditions: tuple[RenditionResult, ...] = ()
        with self._build(tree, private=private) as build, self._feed(build) as formats:
            times = Timeline(clock)
            times.mark(Step.RECEIVED)
            damaged, checked = self._take(build, recorded=formats.step if formats is not None else None)
            times.mark(Step.COPIED)
            if damaged:
                return self._report(created=False)
            bag_info = planned.bag_info
            if formats is not None:
                delivery = Received(checked, times)
                renditions, fields = self._enrich(build, formats, described, delivery)
                bag_info = merge_fields(bag_info, fields)
                missing = find_missing(required, bag_info)
                for finding in missing:
                    self.found.take(finding)
                if missing:
                    return self._report(created=False, renditions=renditions)
            if self.table is not None:
                from archive.stages.creation.remote import record_remote

                record_remote(build, self.table)
            write_tag_files(build, bag_info, clock, required.tag_files)
            files, size = build.files, build.size
        finished = tree
        if planned.serialize:
            finished = self._pack(tree, target, size, private=private or _has_private(described), closed=private)
        sync_tree(self.partial.path)
        judged = judge_finished_bag(finished, planned, self.settings, self.progress)
        made = judged.ok
        if not made and self.table is not None:
            from archive.stages.creation.remote import is_made

            made = is_made(judged)
        if made:
            put_in_place(finished, target)
            for path in (target, *self.partial.made):
                sync_folder(os.path.dirname(path))
        return self._report(created=made, files=files, size=size, renditions=renditions, validation=judged)

    def make_in_place(self) -> CreationReport:
        planned, partial = self.planned, self.partial
        moving = Exchange(planned.sources[0].path, partial)
        since = os.stat(partial.path).st_ctime_ns
        listing = partial.file("folders")
        with (
            self._build(partial.file(BAG), private=_is_private(planned, None)) as build,
            open(listing, "xb") as visited,
        ):
            damaged, _checked = self._take(build, visited)
            if damaged:
                return self._report(created=False)
            write_tag_files(build, planned.bag_info, self.clock, gather_requirements(self.settings).tag_files)
            files, size = build.files, build.size
        prove_before_exchange(moving.source, moving.bag, listing, since, planned)
        moving.prepare()
        sync_tree(partial.path)
        moving.run()
        try:
            judged = judge_finished_bag(moving.source, planned, self.settings, self.progress, digested_in_place=size)
        except BaseException:
            moving.undo()
            raise
        if not judged.ok:
            moving.undo()
        return self._report(created=judged.ok, files=files, size=size, validation=judged)

    def _build(self, root: str, *, private: bool) -> BagBuilder:
        planned = self.planned
        return BagBuilder(
            root,
            planned.name,
            algorithms=planned.algorithms,
            tag_algorithms=planned.tag_algorithms,
            spool=None if planned.plain else self.partial.file("spool"),
            mode=0o700 if private else 0o777,
        )

    def _feed(self, build: BagBuilder) -> AbstractContextManager[FormatFeed | None]:
        """What looks at the formats of files while others are still being copied; nothing for a plain bag."""
        if self.planned.plain:
            return nullcontext()
        from archive.stages.scanning.identification import FormatFeed

        return FormatFeed(build, build.follow(), self.settings)

    def _take(
        self, build: BagBuilder, visited: BinaryIO | None = None, recorded: Callable[[], None] | None = None
    ) -> tuple[bool, tuple[CheckedList, ...]]:
        """Take the payload: whether it is not what was delivered, and what came of each delivered list."""
        check = DeliveryCheck(self.planned)
        take_payload(
            self.planned,
            build,
            self.settings,
            self.progress,
            notice=self.found.take,
            delivery=check,
            visited=visited,
            recorded=recorded,
        )
        findings, checked = check.finish(accept=self.accept_damaged)
        for finding in findings:
            self.found.take(finding)
        return any(finding.severity is Severity.ERROR for finding in findings), checked

    def _enrich(
        self, build: BagBuilder, formats: FormatFeed, described: Description | None, received: Received
    ) -> tuple[tuple[RenditionResult, ...], Fields]:
        """Virus check, formats, renditions and metadata: the renditions, and fields for bag-info.txt."""
        from archive.stages.creation.metadata import describe
        from archive.stages.creation.renditions import render_all
        from archive.stages.description.matching import match_files
        from archive.stages.scanning.viruses import check_viruses

        settings, clock, times = self.settings, self.clock, received.times
        if described is not None:
            own = (record.path for record in build.records())
            described = match_files(described, own) if self.part is None else self.part.describe(described, own)
        virus = check_viruses(build, settings)
        times.mark(Step.SCANNED)
        with formats.finish(self.progress) as identifications:
            times.mark(Step.IDENTIFIED)
            renditions = render_all(build, identifications, described, settings, clock, self.progress)
            times.mark(Step.RENDERED)
            facts = describe(
                build,
                description=described,
                identifications=identifications,
                renditions=renditions,
                virus=virus,
                settings=settings,
                clock=clock,
                received=received,
            )
        for rendition in renditions:
            for finding in rendition.findings:
                self.found.take(finding)
        for finding in facts.findings:
            self.found.take(finding)
        return renditions, facts.bag_info

    def _pack(self, tree: str, target: str, size: int, *, private: bool, closed: bool) -> str:
        """The finished tree as one file."""
        from archive.storage.packing import pack

        planned = self.planned
        finished = self.partial.file(os.path.basename(target))
        self.progress.begin("packing", size)
        pack(
            tree,
            planned.name,
            finished,
            planned.serialize,
            modified=int(self.clock.now().timestamp()),
            originals=planned.payload,
            private=private,
            closed=closed,
            progress=self.progress,
        )
        self.progress.end()
        remove_tree(tree)
        return finished

    def _report(
        self,
        *,
        created: bool,
        files: int | None = None,
        size: int | None = None,
        renditions: tuple[RenditionResult, ...] = (),
        validation: ValidationReport | None = None,
    ) -> CreationReport:
        return _report(
            self.planned,
            created=created,
            files=files,
            size=size,
            findings=self.found.all(),
            renditions=renditions,
            validation=validation,
        )


def _is_private(planned: Plan, described: Description | None) -> bool:
    """True when the bag is for its owner alone: a source is closed to other people, or the description says so."""
    if described is not None:
        places = dict.fromkeys(s.about for s in described.statements if s.property == "accessRights")
        if any(described.access(about) not in (None, Access.OPEN) for about in places):
            return True
    return any(not os.stat(root.path).st_mode & 0o005 for root in planned.sources)


def _has_private(described: Description | None) -> bool:
    return described is not None and described.has_private


def _load_description(sources: Sequence[str], explicit: str | None, *, replacing: bool) -> Description | None:
    from archive.stages.description.loading import load_description

    return load_description(sources, explicit, replacing=replacing)


def _report(
    planned: Plan,
    *,
    created: bool,
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
        dry_run=False,
        files=planned.files if files is None else files,
        size=planned.size if size is None else size,
        algorithms=planned.algorithms,
        findings=(*planned.findings, *findings),
        renditions=renditions,
        validation=validation,
        sources=tuple(root.path for root in planned.sources),
    )
