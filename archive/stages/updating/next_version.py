"""The next version of a bag: planned, made beside the old one, judged, and put in its place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from archive.errors import (
    ArchiveError,
    StorageError,
    UsageError,
)
from archive.formats.premis_scanning import scan_record
from archive.model.build import Progress, RenditionResult
from archive.model.capped_findings import CappedFindings
from archive.model.finding import Finding, Severity
from archive.model.update import Changes, UpdateReport
from archive.model.validation import ValidationReport
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.metadata import DESCRIPTIVE
from archive.stages.creation.requirements import find_missing, merge_fields
from archive.stages.creation.tag_files import write_tag_files
from archive.stages.updating.exchange import (
    TREE,
    Resting,
    put_new_version,
    resting_place,
)
from archive.stages.updating.judging import judge_next_version
from archive.stages.updating.ledger import find_holding, record_version
from archive.stages.updating.old_version import (
    DESCRIPTIONS,
    PREMIS,
    STATEMENTS,
    VERSION_LABEL,
    HandEdits,
    OldVersion,
)
from archive.stages.updating.planning import REPORTS, UpdatePlan, plan_update
from archive.stages.updating.removed_objects import judge_removed, removed_paths
from archive.stages.updating.requirements import Requested, require
from archive.stages.updating.rewriting import Rewriting
from archive.stages.updating.tree import TreeWriter
from archive.storage.clock import Clock
from archive.storage.copying import Copier
from archive.storage.partial import Partial
from archive.storage.placing import Placer


@dataclass(slots=True)
class NextVersion:
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
        plan = self._prepare()[0]
        return replace(self._report(plan if self.old.usable else UpdatePlan(), None), dry_run=True)

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
        if words is None:
            return plan, requested, None
        entities = scan_record(old.reading.reader.stream_tag(PREMIS.encode()), removed_paths(plan))
        self._refuse_faults(judge_removed(old, plan, entities))
        return plan, requested, Rewriting(old, plan, self.changes, requested, words, entities)

    def _refuse_faults(self, found: list[Finding]) -> None:
        """Take what is wrong in dropped parts of the old record into the judgement on the old version."""
        report = self.old.report
        faulty = any(one.severity in (Severity.ERROR, Severity.UNCHECKED) for one in found)
        report = replace(report, findings=(*report.findings, *found), verdict="invalid" if faulty else report.verdict)
        self.old = replace(self.old, report=report, edits=HandEdits() if faulty else self.old.edits)

    def make(self, partial: Partial) -> UpdateReport:
        old = self.old
        if not old.usable:
            return self._report(UpdatePlan(), None)
        plan, requested, rewriting = self._prepare()
        if not self.old.usable:
            return self._report(UpdatePlan(), None)
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
        del rewriting  # what is known of the old record may be large, and the validation needs room
        judged = judge_next_version(
            partial.file(TREE),
            old.path,
            fresh,
            requested.algorithms,
            profile=self.changes.profile,
            settings=self.settings,
            progress=self.progress,
        )
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

    def _refusal(self, report: UpdateReport) -> UpdateReport:
        """The report of a new version that is not valid. Where the old one's record was at fault, that is said; the
        record of a version that was edited by hand never matches it."""
        from archive.stages.validation.bags.bag import validate_bag

        if self.old.edits.words():
            return report
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
                f"the new version is in its place, but the ledger could not be updated: {error.problem}",
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
