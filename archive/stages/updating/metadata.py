"""The records of the next version of a described bag: formats, renditions, Dublin Core and PREMIS."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.formats.manifest import manifest_name
from archive.formats.premis_editing import edit_record
from archive.formats.premis_scanning import KnownEntities
from archive.model.build import FileRecord, Progress, RenditionResult
from archive.model.description import Description
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.metadata import Survey, bag_info_of, find_title, write_descriptive
from archive.stages.creation.premis_record import ORIGINALS, PRESERVED
from archive.stages.creation.requirements import Fields
from archive.stages.creation.timeline import Step, Timeline
from archive.stages.scanning.identification import Identifications, identify, identify_also
from archive.stages.scanning.viruses import check_viruses
from archive.stages.updating.description import NewFacts, new_words, statements_of
from archive.stages.updating.old_version import DESCRIPTIONS, PREMIS, OldVersion
from archive.stages.updating.preservation import KnownIdentifiers, VersionFacts, edits_of
from archive.stages.updating.rewriting import Rewriting
from archive.stages.updating.tree import PartOfBuild, TreeWriter
from archive.storage.clock import Clock


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of it: renditions, fields for bag-info.txt, and findings that forbid nothing."""

    renditions: tuple[RenditionResult, ...]
    fields: Fields
    findings: tuple[Finding, ...]


def rewrite_metadata(  # noqa: PLR0917 - the order in which the update hands its stages on
    rewriting: Rewriting, build: BagBuilder, writer: TreeWriter, settings: Settings, clock: Clock, progress: Progress
) -> Rewritten:
    """Write the records into `build`, whose originals are all there.

    Raises `StorageError`, `SourceError`, `FormatError`, `InfectedError`, and what reading a description raises.
    """
    return _Rewriter(rewriting, build, writer, settings, clock, progress).run()


@dataclass(slots=True)
class _Rewriter:
    rewriting: Rewriting
    build: BagBuilder
    writer: TreeWriter
    settings: Settings
    clock: Clock
    progress: Progress

    def run(self) -> Rewritten:
        old, plan, changes = self.rewriting.old, self.rewriting.plan, self.rewriting.changes
        words = self.rewriting.words
        told = new_words(old, words, plan, changes.description)
        entities = self.rewriting.entities
        times = Timeline(self.clock)
        times.mark(Step.RECEIVED)
        times.mark(Step.COPIED)
        new = [record for record in self.writer.records if record.path.startswith(ORIGINALS)]
        virus = check_viruses(PartOfBuild(self.build, new), self.settings) if new else None
        times.mark(Step.SCANNED)
        again = [self._record(path) for path in plan.again if path not in plan.taken]
        named = {one.about for one in told.statements if one.about is not None}
        seen = {record.path for record in (*new, *again)}
        described = [self._record(path) for path in sorted(named - seen) if self._is_there(path)]
        kinds = self._representatives(entities, seen)
        looked_at = [*new, *again, *described, *(record for record in kinds if record.path not in named)]
        with self._identify(looked_at) as identified:
            times.mark(Step.IDENTIFIED)
            # A bag that was made without renditions gets none unless they are asked for.
            to_render = [*new, *again] if entities.rendered or changes.render_again else []
            renditions, made = self._render(to_render, identified, told)
            times.mark(Step.RENDERED)
            survey = self._survey(identified, new, {path for path in named if self._is_there(path)})
            findings = [*told.findings, *survey.problems(told)]
            title, extracted = find_title(self.build, told, survey, findings)
            proof, root = _proof_of(old)
            identifiers = KnownIdentifiers(root, entities, plan)
            facts = NewFacts(
                survey,
                self._kept_renditions(),
                renditions,
                self._formats(identified, new, kinds),
                identifiers.make,
                old.version + 1,
            )
            statements = statements_of(told, words, facts, plan, title, identified)
            write_descriptive(
                self.build, told, survey, statements, entity=words.entity, make=identifiers.make,
                settings=self.settings, clock=self.clock,
            )  # fmt: skip
            edits = edits_of(
                VersionFacts(
                    build=_Added(self.build, new, made),
                    entities=entities,
                    identifiers=identifiers,
                    plan=plan,
                    times=times,
                    version=old.version + 1,
                    proof=proof,
                    identifications=identified,
                    renditions=renditions,
                    virus=virus,
                    settings=self.settings,
                    told=self._rights(told),
                    extracted=extracted if extracted in {record.path for record in new} else None,
                    words=self.rewriting.requested.words,
                    changes=old.edits.words(),
                    lacking=self.writer.lacking,
                    fresh=self.writer.fresh,
                )
            )
            self.build.add_tag(PREMIS, edit_record(old.reading.reader.stream_tag(PREMIS.encode()), edits))
        findings += (finding for one in renditions for finding in one.findings)
        return Rewritten(renditions, bag_info_of(words.entity, title, told), tuple(findings))

    def _record(self, path: str) -> FileRecord:
        """A file of the new version that was taken over, as far as identification and drawing need to know it."""
        state = os.stat(self.build.locate(path))
        return FileRecord(path, state.st_size, (), state.st_mtime)

    def _is_there(self, path: str) -> bool:
        plan = self.rewriting.plan
        if path in plan.taken or path in plan.moved:
            return True
        raw = path.encode("utf-8", "surrogateescape")
        return path not in plan.gone and raw in self.rewriting.old.table

    def _representatives(self, entities: KnownEntities, seen: set[str]) -> list[FileRecord]:
        """One file of each format that stays, where a format may have gone with the files that went; else none."""
        plan = self.rewriting.plan
        moves = {before: after for after, before in plan.moved.items()}
        gone = {
            entities.files[path].format
            for path in plan.gone
            if path in entities.files and path.startswith(ORIGINALS) and path not in moves
        }
        if not gone:
            return []
        first: dict[bytes, str] = {}
        for path, file in entities.files.items():
            place = moves.get(path, path)
            if path.startswith(ORIGINALS) and (path not in plan.gone or path in moves) and place not in seen:
                first.setdefault(file.format, place)
        return [] if gone <= first.keys() else [self._record(path) for path in first.values()]

    def _identify(self, records: list[FileRecord]) -> Identifications:
        if not records:
            return Identifications(None)
        return identify(PartOfBuild(self.build, records), self.settings, self.progress)

    def _render(
        self, records: list[FileRecord], identified: Identifications, told: Description
    ) -> tuple[tuple[RenditionResult, ...], list[FileRecord]]:
        """What became of these originals, and the renditions that were made."""
        if not records:
            return (), []
        from archive.stages.creation.renditions import render_all

        part = PartOfBuild(self.build, records)
        mine = {record.path for record in records}
        others = [path for path in self._originals() if path not in mine]
        results = render_all(part, identified, told, self.settings, self.clock, self.progress, others=others)
        if part.made:
            identify_also(identified, part, part.made)
        return results, part.made

    def _originals(self) -> Iterator[str]:
        plan = self.rewriting.plan
        new = {*plan.taken, *plan.moved}
        for path in self.rewriting.old.paths():
            if path not in plan.gone and path not in new and path.startswith(ORIGINALS):
                yield path
        yield from sorted(path for path in new if path.startswith(ORIGINALS))

    def _survey(self, identified: Identifications, new: list[FileRecord], named: set[str]) -> Survey:
        survey = self.writer.survey
        for path in sorted(named):
            found = identified.of(path)
            survey.described[path] = found.mime if found is not None else None
        for record in new:
            found = identified.of(record.path)
            if found is not None and found.mismatch:
                survey.mismatched[record.path] = found.name
        return survey

    def _formats(self, identified: Identifications, new: list[FileRecord], kinds: list[FileRecord]) -> list[str]:
        """The media types of the originals, those of before first."""
        before = self.rewriting.words.formats()
        found = [one.mime for record in new if (one := identified.of(record.path)) is not None and one.mime]
        if kinds:
            left = {one.mime for record in kinds if (one := identified.of(record.path)) is not None}
            before = [mime for mime in before if mime in left]
        elif not any(True for path in self._originals() if path not in self.rewriting.plan.taken):
            before = []
        return list(dict.fromkeys((*before, *found)))

    def _kept_renditions(self) -> dict[str, str]:
        """The renditions that were taken over: new bag paths by old ones."""
        plan = self.rewriting.plan
        moves = {before: after for after, before in plan.moved.items()}
        return {
            path: moves.get(path, path)
            for path in self.rewriting.words.renditions()
            if path.startswith(PRESERVED) and (path not in plan.gone or path in moves)
        }

    def _rights(self, told: Description) -> Description | None:
        """The description whose rights the record gets; None where it keeps those that it has."""
        edited = any(path in DESCRIPTIONS for path in self.rewriting.old.edits.changed)
        own = {
            one.about
            for one in told.statements
            if one.property in ("rights", "license", "accessRights") or one.property.startswith("rights.")
        }
        if self.rewriting.changes.description is None and not edited and not own & self.rewriting.plan.taken.keys():
            return None
        return replace(
            told, statements=tuple(one for one in told.statements if one.about is None or self._is_there(one.about))
        )


class _Added(PartOfBuild):
    """The files that the record must be told of: originals that were copied in, then renditions that were made."""

    def __init__(self, build: BagBuilder, new: list[FileRecord], made: list[FileRecord]) -> None:
        super().__init__(build, new)
        self.made = made


def _proof_of(old: OldVersion) -> tuple[str, uuid.UUID]:
    """Words that identify the old version, and a root for identifiers that only the next one has."""
    algorithm, is_tag = (old.tag_algorithms[0], True) if old.tag_algorithms else (old.algorithms[0], False)
    name = manifest_name(algorithm, tag=is_tag)
    digest = hashlib.sha256()
    for chunk in old.reading.reader.stream_tag(name.encode()):
        digest.update(chunk)
    root = hashlib.sha256(f"muniment version {old.version + 1}\0".encode() + digest.digest()).digest()
    return f"{name} with the SHA-256 {digest.hexdigest()}", uuid.UUID(bytes=root[:16], version=5)
