"""Updating a bag: the old version is judged, the next one is made beside it and judged, then the two change places."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from archive.bags.contents import open_bag
from archive.errors import (
    ArchiveError,
    LockedError,
    NotABagError,
    NotFoundError,
    StorageError,
    UsageError,
    from_os_error,
)
from archive.model.build import NO_PROGRESS, FileRecord, Progress, RenditionResult
from archive.model.capped_findings import CappedFindings
from archive.model.finding import Severity
from archive.model.update import Changes, UpdateReport
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.stages.auditing.workbench import unfinished_paths
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.metadata import DESCRIPTIVE
from archive.stages.creation.requirements import find_missing, merge_fields
from archive.stages.creation.tag_files import write_tag_files
from archive.stages.updating.exchange import (
    TREE,
    Resting,
    finish_interrupted,
    put_new_version,
    require_exchange,
    resting_place,
    working_name,
)
from archive.stages.updating.ledger import find_holding, record_version
from archive.stages.updating.old_version import (
    DESCRIPTIONS,
    PREMIS,
    STATEMENTS,
    VERSION_LABEL,
    OldVersion,
    judge_old_version,
)
from archive.stages.updating.planning import REPORTS, UpdatePlan, plan_update
from archive.stages.updating.requirements import Requested, require
from archive.stages.updating.rewriting import Rewriting
from archive.stages.updating.tree import TreeWriter
from archive.storage.clock import Clock
from archive.storage.copying import Copier
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor
from archive.storage.locks import try_lock
from archive.storage.partial import Partial
from archive.storage.placing import Placer
from archive.storage.sealed import refuse_sealed


def update(
    bag: str,
    changes: Changes,
    *,
    discard_old: bool = False,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    progress: Progress = NO_PROGRESS,
) -> UpdateReport:
    """Make the next version of the bag in the folder `bag` and put it in its place.

    The old version is judged first; one that is not valid is refused, with its findings in the report. It is kept in
    the folder of `update.keep_old` unless `discard_old`. Where the bag is a holding of the project's ledger, the ledger
    takes the new version. A dry run writes nothing.

    Raises `UsageError`, `NotFoundError`, `NotABagError`, `LockedError`, `StorageError` and other `ArchiveError`; then
    the old version is in its place as it was, unless the message says that the new one is.
    """
    path = _folder_of(bag)
    name = os.path.basename(path)
    with _held(path):
        finished = None
        if not dry_run:
            finished = _finish(path, name, settings, clock)
        if changes.empty:
            if finished is not None:
                return UpdateReport(path, name, 0, updated=False, dry_run=False, finished=finished)
            raise UsageError(
                "nothing is to be changed", subject=bag,
                remedy="Say what, such as --add FILE; see archive update --help",
            )  # fmt: skip
        with ExitStack() as stack:
            partial = None
            if not dry_run:
                partial = stack.enter_context(Partial(os.path.dirname(path), working_name(name)))
                require_exchange(partial, path)
            reading = stack.enter_context(open_bag(path))
            try:
                since = 0 if partial is None else os.stat(partial.path).st_ctime_ns
                old = judge_old_version(
                    path, name, reading, accept=changes.accept_changes, settings=settings, progress=progress
                )
                work = _Work(old, changes, discard_old, settings, clock, progress, since)
                report = work.plan() if partial is None else work.make(partial)
            except OSError as error:
                raise from_os_error(error, path) from error
        return replace(report, finished=finished)


def _folder_of(bag: str) -> str:
    """The bag's absolute path. Raises `NotFoundError`, and `UsageError` for a bag that is not a folder of its own."""
    if bag.startswith("s3://"):
        raise UsageError("a bag in a bucket cannot be updated", subject=bag, remedy="Retrieve it, then update the copy")
    path = os.path.abspath(bag)
    if not os.path.lexists(path):
        raise NotFoundError("there is no bag here", subject=bag)
    if os.path.isfile(path):
        quoted = shlex.quote(bag)
        raise UsageError(
            "a bag in one file is never changed", subject=bag,
            remedy=f"Unpack it with archive unpack {quoted}, update the folder, and pack it again",
        )  # fmt: skip
    if not os.path.isdir(path):
        raise NotABagError("this is not a bag", subject=bag)
    path = os.path.realpath(path) if os.path.islink(path) else path
    refuse_sealed(os.path.dirname(path), shown=bag, remedy="for the bag")
    return path


@contextmanager
def _held(path: str) -> Iterator[None]:
    """No other update and no repair of this bag meanwhile. Raises `LockedError`, `StorageError`."""
    if unfinished_paths(path) is not None:
        raise LockedError(
            "a repair of this bag was cut off", subject=path,
            remedy=f"Finish it first: archive repair {shlex.quote(path)} --from COPY",
        )  # fmt: skip
    try:
        folder = Folder.at(path)
    except OSError as error:
        raise from_os_error(error, path) from error
    with folder:
        if folder.fd is not None and not try_lock(folder.fd):
            raise LockedError("another update of this bag is at work", subject=path, remedy="Wait for it to end")
        yield


def _finish(path: str, name: str, settings: Settings, clock: Clock) -> str | None:
    """Finish what an update that was cut off had left: what was done, in words; None where there was nothing."""
    happened, kept = finish_interrupted(path, name)
    if not happened:
        return None
    found = find_holding(settings, path)
    if found is not None:
        ledger, holding = found
        try:
            record_version(ledger, holding, clock, {} if kept is None else {"kept": kept})
        finally:
            ledger.close()
    return "the old version was dropped" if kept is None else f"the old version is kept in {kept}"


@dataclass(slots=True)
class _Work:
    """One update under way. `since` is a time of the bag's file system in nanoseconds, before the bag was judged."""

    old: OldVersion
    changes: Changes
    discard_old: bool
    settings: Settings
    clock: Clock
    progress: Progress
    since: int

    def plan(self) -> UpdateReport:
        """What would be done."""
        if not self.old.usable:
            return replace(self._report(UpdatePlan(), None), dry_run=True)
        return replace(self._report(self._prepare()[0], None), dry_run=True)

    def _prepare(self) -> tuple[UpdatePlan, Requested, Rewriting | None]:
        old = self.old
        words = None
        if old.described:
            from archive.stages.updating.description import read_old_words

            words = read_old_words(old)
        elif self.changes.description is not None or self.changes.render_again:
            raise UsageError(
                "this is a plain bag, which has no description and no renditions", subject=old.name,
                remedy="Make a bag with metadata from its files: archive create FILES --to DIR",
            )  # fmt: skip
        no_edits = self.changes.accept_changes and not old.edits.words()
        if no_edits and replace(self.changes, accept_changes=False).empty:
            raise UsageError("the bag is as its manifests say: no change was made by hand", subject=old.name)
        plan = plan_update(old, self.changes, {} if words is None else words.renditions(), self.settings)
        requested = require(old, self.changes, self.settings, words)
        return plan, requested, None if words is None else Rewriting(old, plan, self.changes, requested, words)

    def make(self, partial: Partial) -> UpdateReport:
        old, changes = self.old, self.changes
        if not old.usable:
            return self._report(UpdatePlan(), None)
        plan, requested, rewriting = self._prepare()
        state = os.stat(old.path)
        found = CappedFindings()
        for finding in (*plan.findings, *requested.required.findings):
            found.take(finding)
        if any(finding.severity is Severity.ERROR for finding in requested.required.findings):
            return self._report(plan, None, findings=found)
        folder = os.path.join(self.settings.folder, self.settings.update.keep_old)
        resting = Resting(None) if self.discard_old else resting_place(os.path.abspath(folder), old.name, old.version)
        resting.prepare(old.path)
        renditions: tuple[RenditionResult, ...] = ()
        with self._build(partial, requested, state.st_mode & 0o777) as build, self._writer(build, partial) as writer:
            writer.write_payload(plan, self.progress)
            fields = requested.fields
            if rewriting is not None:
                from archive.stages.updating.metadata import rewrite_metadata

                made = rewrite_metadata(rewriting, build, writer, self.settings, self.clock, self.progress)
                renditions, fields = made.renditions, merge_fields(fields, made.fields)
                for finding in made.findings:
                    found.take(finding)
            fields = (*fields, (VERSION_LABEL, str(old.version + 1)))
            writer.keep_tags(self._kept_tags(build, plan))
            missing = find_missing(requested.required, fields)
            for finding in missing:
                found.take(finding)
            if missing:
                return self._report(plan, None, findings=found)
            write_tag_files(build, fields, self.clock, requested.required.tag_files)
            files, size, unchanged = build.files, build.size, writer.unchanged
            fresh = writer.records
        judged = self._judge(partial.file(TREE), changes, fresh)
        report = self._report(plan, judged, findings=found)
        report = replace(report, files=files, size=size, unchanged=unchanged, renditions=renditions)
        if not judged.ok:
            return self._refusal(report)
        put_new_version(old.path, partial, (state.st_dev, state.st_ino), resting)
        number = self._tell_ledger(resting, report)
        return replace(report, updated=True, kept=resting.path, holding=number)

    def _build(self, partial: Partial, requested: Requested, mode: int) -> BagBuilder:
        return BagBuilder(
            partial.file(TREE),
            self.old.name,
            algorithms=requested.algorithms,
            tag_algorithms=requested.tag_algorithms,
            mode=mode | 0o700,
        )

    def _writer(self, build: BagBuilder, partial: Partial) -> TreeWriter:
        scratch = partial.file("incoming")
        os.mkdir(scratch, 0o700)
        copier = Copier(build.algorithms, self.settings.create.copy, self.progress)
        return TreeWriter(self.old, build, Placer(self._way(), self.since), copier, scratch)

    def _way(self) -> str:
        """How unchanged files are taken over: linked where the old version is dropped, so that nothing shares them."""
        chosen = self.settings.update.unchanged
        return "link" if chosen == "auto" and self.discard_old else chosen

    def _kept_tags(self, build: BagBuilder, plan: UpdatePlan) -> Mapping[str, str]:
        """Tag files of the old version that are taken over, by their name in it: to their name in the new one."""
        written = {path for path, _digests in build.tags}
        moves = {before: after for after, before in plan.moved.items()}
        kept: dict[str, str] = {}
        for raw in self.old.reading.reader.tag_files():
            path = raw.decode("utf-8", "surrogateescape")
            if "/" not in path and (path in _OWN or path.startswith(("manifest-", "tagmanifest-"))):
                continue
            if path.startswith("seal/") or (self.old.described and _is_rewritten(path)) or path in written:
                continue
            if path.startswith(REPORTS):
                of = self.old.front + path.removeprefix(REPORTS).removesuffix(".verapdf.json")
                if of in moves:
                    kept[path] = path.replace(of.removeprefix(self.old.front), moves[of].removeprefix(self.old.front))
                    continue
                if of in plan.gone or self.changes.render_again:
                    continue
            kept[path] = path
        return {old: new for old, new in kept.items() if new not in written}

    def _judge(self, tree: str, changes: Changes, fresh: list[FileRecord]) -> ValidationReport:
        """The judgement on the new version: all of it but the bytes of files that were proven before; the others are
        read back."""
        from archive.stages.validation.bags.bag import validate_bag

        report = validate_bag(
            tree,
            depth=Depth.COMPLETE,
            read_tags=True,
            profile=changes.profile,
            settings=self.settings,
            progress=self.progress,
            label="validation of the new version",
        )
        with Folder.at(tree) as top:
            for record in fresh:
                *folders, name = record.path.split("/")
                at = top.reach(folders)
                try:
                    descriptor = at.open(name)
                    try:
                        found = digest_descriptor(descriptor, report_algorithms(report))[1]
                    finally:
                        os.close(descriptor)
                finally:
                    at.close()
                if found != record.digests:
                    raise StorageError("it was read back with other bytes than were written", subject=record.path)
        from archive.model.codes.bag_files import HARD_LINKS

        findings = tuple(one for one in report.findings if one.kind is not HARD_LINKS)
        return replace(report, subject=self.old.path, findings=findings)

    def _refusal(self, report: UpdateReport) -> UpdateReport:
        """The report of a new version that is not valid. Where the old one's record was at fault, that is said."""
        from archive.stages.validation.bags.bag import validate_bag

        before = validate_bag(self.old.path, settings=self.settings)
        return report if before.ok else replace(report, before=before, validation=None)

    def _tell_ledger(self, resting: Resting, report: UpdateReport) -> int | None:
        found = find_holding(self.settings, self.old.path)
        if found is None:
            return None
        ledger, holding = found
        detail: dict[str, object] = {"version": report.version}
        if resting.path is not None:
            detail["kept"] = resting.path
        try:
            return record_version(ledger, holding, self.clock, detail).id
        except ArchiveError as error:
            raise StorageError(
                f"the new version is in its place, but the ledger could not be told: {error.problem}",
                subject=self.old.path,
                remedy=f"Retire the old holding and add the bag again: archive holdings retire {holding.id}",
            ) from error
        finally:
            ledger.close()

    def _report(
        self, plan: UpdatePlan, judged: ValidationReport | None, *, findings: CappedFindings | None = None
    ) -> UpdateReport:
        old = self.old
        return UpdateReport(
            bag=old.path,
            name=old.name,
            version=old.version + 1,
            updated=False,
            dry_run=False,
            algorithms=old.algorithms,
            added=tuple(plan.added),
            removed=tuple(plan.removed),
            replaced=tuple(plan.replaced),
            renamed=tuple(plan.renamed),
            accepted=old.edits.words(),
            sealed=old.sealed,
            findings=(*plan.findings,) if findings is None else findings.all(),
            before=old.report,
            validation=judged,
        )


_OWN = frozenset({"bagit.txt", "bag-info.txt", "package-info.txt", "fetch.txt"})


def _is_rewritten(path: str) -> bool:
    return path in (PREMIS, STATEMENTS, *DESCRIPTIONS, *_RECORDS) or path.startswith(f"{DESCRIPTIVE}/files/")


_RECORDS = tuple(f"{DESCRIPTIVE}/{name}" for name in ("dc.xml", "dcterms.xml", "ead.xml"))


def report_algorithms(report: ValidationReport) -> tuple[str, ...]:
    """The algorithms of the bag's payload manifests, in their order."""
    named = report.facts["algorithms"]
    assert isinstance(named, tuple)
    return named
