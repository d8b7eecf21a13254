"""Giving a copy of a bag to a person: judged like a deposit, with a cover sheet, recorded in the ledger."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import partial as bind
from typing import Any

from archive.bags.contents import open_bag
from archive.bags.opening import absolute_address
from archive.errors import UsageError, from_os_error
from archive.formats.manifest import manifest_line, manifest_name
from archive.ledger.holdings import holdings_at
from archive.ledger.recording import record_event
from archive.model.audience import Audience, Recipient
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import deposit as deposit_codes
from archive.model.finding import Finding
from archive.model.validation import Kind
from archive.model.working_copy import Person, WorkingCopyReport
from archive.settings import Settings
from archive.stages.auditing.bag_record import digest_of_tag_manifests
from archive.stages.depositing.admission import forbids, judge_rights
from archive.stages.depositing.original_times import times_of
from archive.stages.exporting.cover_sheet import NAME as COVER
from archive.stages.exporting.cover_sheet import DrawnSheet, Sheet, draw_cover_sheet, strongest_of
from archive.stages.exporting.cover_words import LANGUAGES
from archive.stages.exporting.packages import CountedPackage, WrittenPackage
from archive.stages.exporting.permitted import Selection, select_permitted, write_selection
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import Source
from archive.stages.verification import project_ledger
from archive.storage.clock import Clock
from archive.storage.packing import pack
from archive.storage.partial import Partial
from archive.storage.working_folder import WorkingFolder
from archive.targets.reading import reading_options

_UNFIT = re.compile(r"[^\w.-]+")
_EPOCH_OF_ZIP = 315532800


def parse_person(text: str, reason: str = "") -> Person:
    """ "Name, purpose" as a person; the name ends at the first comma. Raises `UsageError`."""
    name, _comma, purpose = (part.strip() for part in text.partition(","))
    if not name or not purpose:
        raise UsageError(
            "a copy is given to a person for a purpose", subject=text,
            remedy='Write both, with a comma between: --for "R. Haddad, reading room"',
        )  # fmt: skip
    return Person(name, purpose, reason.strip())


def give_copy(
    bag: str,
    to: str,
    person: Person,
    *,
    without_restricted: bool = False,
    name: str | None = None,
    zipped: bool = False,
    language: str = "en",
    dry_run: bool = False,
    clean_partial: bool = False,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> WorkingCopyReport:
    """Make a working copy of `bag` for `person` in the folder `to`: the bag and a cover sheet, in a folder or one zip.

    The bag is validated and its rights are judged first, by the rule of deposits: what is restricted goes along only
    with `person.reason`, or is left out with `without_restricted`. The ledger records the copy before it is in its
    place. `dry_run` writes nothing. Raises `UsageError`, also where restricted material would be given and no ledger
    records why, `NotFoundError`, `NotABagError`, `ExistsError`, `RenditionError`, `LedgerError` and other
    `StorageError`; then nothing is at the destination.
    """
    if without_restricted and person.reason:
        raise UsageError(
            "a reason is for what is restricted, and that is to be left out", remedy="Give only one of both"
        )
    if language not in LANGUAGES:
        raise UsageError(f"a cover sheet is in one of {', '.join(LANGUAGES)}", subject=language)
    with open_bag(absolute_address(bag), options=reading_options(settings, bag)) as reading:
        top = reading.reader.name
        stem = name if name is not None else f"{top}-for-{_UNFIT.sub('-', person.name).strip('-.') or 'copy'}"
        target = choose_place(to, f"{stem}.zip" if zipped else stem)
        left = leftovers_of(target, clean=clean_partial and not dry_run)
        report = bind(WorkingCopyReport, bag, person, target, dry_run=dry_run, cover=COVER)
        judged = prove(bag, settings, progress)
        if judged.kind is not Kind.BAG:
            raise UsageError(f"this is not a bag but {judged.kind.value}", subject=bag)
        if grave := obstacles(judged):
            return report(placed=False, files=0, size=0, left_out=(), verdict=judged.verdict, findings=grave)
        source = Source(reading)
        try:
            selection, findings = _select(source, person, clock, without_restricted=without_restricted)
            findings = [*left, *findings]
            if forbids(findings):
                return report(
                    placed=False, files=0, size=0, left_out=(), verdict=judged.verdict, findings=tuple(findings)
                )
            restricted = any(one.kind is deposit_codes.GIVEN_WITH_REASON for one in findings)
            if restricted:
                _require_ledger(settings, bag)
            give = _Giving(source, selection, person, top, language, settings, clock, progress)
            drawn, recorded = None, False
            if dry_run:
                counted = CountedPackage(stem)
                give.write(counted)
            else:
                counted, drawn, recorded = give.make(target, bag, stem, zipped=zipped)
        except OSError as error:
            raise from_os_error(error, target) from error
    return report(
        placed=not dry_run, files=counted.files, size=counted.size, verdict=judged.verdict,
        left_out=tuple(one.path for one in selection.left_out), recorded=recorded, findings=tuple(findings),
        cover_claims=() if drawn is None else tuple(drawn.result.claims),
        cover_validated=None if drawn is None else drawn.result.validated,
    )  # fmt: skip


def _select(
    source: Source, person: Person, clock: Clock, *, without_restricted: bool
) -> tuple[Selection, list[Finding]]:
    """The files of the copy, and what is to be said of their rights."""
    everything = Selection(source.files, ())
    recipient = Recipient(Audience.NAMED, person.name, person.reason)
    findings = judge_rights(source.reading, clock, recipient)
    if not without_restricted:
        return everything, findings
    selection = select_permitted(source, clock.now().date())
    if selection is None or not selection.left_out:
        return everything, findings
    return selection, judge_rights(source.reading, clock, recipient, private_fields=False, restricted_files=False)


def _require_ledger(settings: Settings, bag: str) -> None:
    with project_ledger(settings) as ledger:
        if ledger is None:
            raise UsageError(
                "restricted material is given away only where a ledger records the reason", subject=bag,
                remedy="Start a project: archive init",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Giving:
    """One copy on its way. `top` is the folder of the bag in it."""

    _source: Source
    _selection: Selection
    _person: Person
    _top: str
    _language: str
    _settings: Settings
    _clock: Clock
    _progress: Progress

    def write(self, package: Package) -> None:
        """Write the bag of the copy below its folder."""
        if self._selection.left_out:
            write_selection(self._source, self._selection, package, self._top)
        else:
            package.copy((one, f"{self._top}/{one.path}") for one in self._source.files)

    def make(self, target: str, bag: str, stem: str, *, zipped: bool) -> tuple[CountedPackage, DrawnSheet, bool]:
        """Make the copy, validate its bag, record it and put it in its place. Raises OSError and `ArchiveError`."""
        reading = self._source.reading
        with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as partial:
            writing = WorkingFolder(partial.path)
            try:
                package = WrittenPackage(stem, writing, self._source, times_of(reading), self._progress)
                self.write(package)
                drawn = draw_cover_sheet(self._sheet(), self._settings, self._clock)
                writing.write(COVER, [drawn.content], anew=False)
                writing.check()
            finally:
                writing.close()
            finished = tree = partial.file("tree")
            problems = obstacles(prove(os.path.join(tree, self._top), self._settings, self._progress))
            if problems:
                raise UsageError(f"the copied bag is not valid: {problems[0].message}", subject=problems[0].subject)
            if zipped:
                finished = partial.file("package.zip")
                moment = max(int(self._clock.now().timestamp()), _EPOCH_OF_ZIP)
                pack(tree, stem, finished, "zip", modified=moment, private=True, progress=self._progress)
            recorded = self._record(bag, target, package)
            place(partial, finished, target)
        return package, drawn, recorded

    def _sheet(self) -> Sheet:
        algorithm = strongest_of(one.algorithm for one in self._source.reading.of_kind(tag=False))
        if self._selection.left_out:
            payload = [one for one in self._selection.files if one.in_payload]
            lines = [manifest_line(one.digests[algorithm].lower(), one.path) for one in payload]
            manifest = b"".join(lines)
        else:
            manifest = b"".join(self._source.reading.reader.stream_tag(manifest_name(algorithm).encode("ascii")))
        day = self._clock.now().date().isoformat()
        giver = ", ".join(filter(None, (self._settings.create.operator, self._settings.create.organization)))
        return Sheet(
            self._source, self._selection, self._person, self._top, algorithm, manifest, day, giver, self._language
        )

    def _record(self, bag: str, target: str, package: CountedPackage) -> bool:
        """Record an event `dissemination` of the bag's holding in the ledger, if there is one. Raises `LedgerError`."""
        person = self._person
        detail: dict[str, Any] = {
            "for": person.name, "purpose": person.purpose, "copy": os.path.basename(target),
            "bag": self._source.identifier, "files": package.files, "bytes": package.size,
            "left_out": len(self._selection.left_out),
            "tag_digest": digest_of_tag_manifests(self._source.reading)[0][1],
        }  # fmt: skip
        if person.reason:
            detail["because"] = person.reason
        with project_ledger(self._settings, migrating=True) as ledger:
            if ledger is None:
                return False
            held = holdings_at(ledger, absolute_address(bag))
            now = int(self._clock.now().timestamp())
            record_event(ledger, "dissemination", held[0].id if held else None, detail, now=now)
        return True
