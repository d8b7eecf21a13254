"""Judging a bag: declaration, tag files, manifests, presence, fixity, profile and records, in one walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from archive.bags.contents import BagReading, BagView, has_bag_parts, read_bag, refuse_several_bags
from archive.bags.opening import NO_OPTIONS, open_reader
from archive.bags.reader import LIMITS, Batch, Beat, FolderWalker, Limits, in_seal, no_beat
from archive.errors import NotABagError
from archive.formats import tagfile
from archive.formats.bagpath import to_text
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import bag as codes
from archive.model.codes import seal as seal_codes
from archive.model.finding import Fact, Finding, Outcome, outcome_of
from archive.model.validation import Depth, Kind, ValidationReport
from archive.stages.validation.bags.fixity import Fixity
from archive.stages.validation.bags.in_manifest_order import Leftover, read_in_manifest_order
from archive.stages.validation.bags.portability import warn_unportable
from archive.stages.validation.bags.workers import walk_with_workers
from archive.stages.validation.feed import FindingFeed, OnFinding, finding_key
from archive.targets.reading import reading_options

if TYPE_CHECKING:
    from archive.settings import Settings

SealJudge = Callable[[BagReading], Iterable[Finding]]
"""Judges the evidence seals of a bag that was read and is still open."""


def validate_bag(
    subject: str,
    *,
    depth: Depth = Depth.FULL,
    profile: str | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
    limits: Limits = LIMITS,
    read_tags: bool = False,
    label: str | None = None,
    on_finding: OnFinding | None = None,
    judge_seals: SealJudge | None = None,
    premis: bool = True,
) -> ValidationReport:
    """Judge the bag at `subject`, a folder, an archive or an s3:// address.

    `workers` are the processes or threads that read a folder; None chooses from its size, the storage and the
    processors. With `read_tags` the tag files are digested at depth complete too. `label` is what progress calls the
    work, the subject by default. `on_finding` is called with each finding once, as it is found. `judge_seals` judges
    the evidence seals; without it a note says that they were not checked. Without `premis` the bag's PREMIS record is
    not judged: for a caller that has it judged as a part of another bag. Raises `NotABagError`, and `ArchiveError`
    where it cannot even be opened.
    """
    if profile is not None:
        from archive.stages.validation.bags.profiles import judge_profile, load_profile

        rules = load_profile(profile)
    options = NO_OPTIONS if settings is None else reading_options(settings, subject)
    feed = FindingFeed(on_finding, progress)
    reader = open_reader(subject, options=options, progress=feed, limits=limits)
    try:
        reading = read_bag(subject, reader, limits)
        refuse_several_bags(reading)
        if not has_bag_parts(reading):
            raise NotABagError("this is not a bag: it has neither bagit.txt nor a manifest", subject=subject)
        feed.watch(reader.findings)
        feed.watch(reading.findings)
        if depth is Depth.QUICK:
            _look_quickly(reading)
        else:
            chosen = Chosen(depth is Depth.FULL, depth is Depth.FULL or read_tags)
            check_files(reading, chosen, workers, feed, label or subject)
        if profile is not None:
            reading.findings += judge_profile(rules, reading, depth)
        if depth is not Depth.QUICK:
            reading.findings += _check_metadata(reading, premis=premis)
        reading.findings += _note_seals(reading) if judge_seals is None else judge_seals(reading)
        reading.findings += reader.findings
    finally:
        reader.close()
        progress.end()
    if cross_check:
        from archive.stages.validation.bags.cross_check import ask_bagit

        reading.findings += ask_bagit(subject, reader.serialization, reading.findings)
    report = _report(reading, depth)
    feed.tell(report.findings)
    return report


def _note_seals(reading: BagReading) -> list[Finding]:
    """SEAL-100 where there is a seal: who sealed the bag, and since when it has existed, is not judged here."""
    if any(map(in_seal, reading.reader.tag_files())):
        from archive.model.seal import SEAL_FOLDER

        return [seal_codes.NOT_CHECKED_HERE.at(SEAL_FOLDER)]
    return []


def _report(reading: BagReading, depth: Depth) -> ValidationReport:
    order = {"error": 0, "unchecked": 1, "warning": 2, "note": 3}
    findings = sorted(
        without_repeats(reading.findings),
        key=lambda f: (order[f.severity.value], f.code, f.subject, f.line or 0, f.message),
    )
    outcome = outcome_of(findings)
    words = {Depth.FULL: "valid", Depth.COMPLETE: "complete", Depth.QUICK: "Payload-Oxum agrees, not validated"}
    verdict = {Outcome.DAMAGED: "invalid", Outcome.NOT_CHECKED: "not checked"}.get(outcome, words[depth])
    facts: dict[str, Fact] = {
        "serialization": reading.reader.serialization,
        "version": reading.declaration.version,
        "encoding": reading.declaration.encoding,
        "algorithms": tuple(one.algorithm for one in reading.of_kind(tag=False)),
        "tag_algorithms": tuple(one.algorithm for one in reading.of_kind(tag=True)),
        "files": reading.files,
        "octets": reading.octets,
    }
    return ValidationReport(reading.subject, Kind.BAG, verdict, tuple(findings), depth, facts)


def without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each once."""
    seen: dict[object, Finding] = {}
    for one in findings:
        seen.setdefault(finding_key(one), one)
    return list(seen.values())


def _look_quickly(reading: BagReading) -> None:
    """Payload-Oxum against what is there: sizes only, nothing is read."""
    to_fetch = {entry.path for entry in reading.fetches}
    for batch in reading.reader.walk((), (), only_payload=True):
        reading.files += len(batch.names)
        reading.octets += sum(batch.sizes)
        if to_fetch:
            to_fetch.difference_update(batch.paths())
    if to_fetch:
        for path in sorted(to_fetch):
            reading.findings.note(codes.FETCH_PENDING, to_text(path))
        return
    if not _compare_oxum(reading) and not any(f.kind is codes.MALFORMED_OXUM for f in reading.findings):
        reading.findings.append(codes.NO_OXUM.at(reading.info_name))


def _compare_oxum(reading: BagReading, again: Sequence[int] = ()) -> bool:
    """Compare every well-formed Payload-Oxum with the counts; False when there is none.

    `again` are the sizes of files that may be counted once more, for their names are listed in a second spelling.
    """
    stated = [tagfile.parse_oxum(value) for value in tagfile.values_of(reading.info, "Payload-Oxum")]
    known = [pair for pair in stated if pair is not None]
    counts = {(reading.octets, reading.files), (reading.octets + sum(again), reading.files + len(again))}
    for octets, files in known:
        if (octets, files) not in counts and not reading.reader.blind:
            expected, found = f"{octets}.{files}", f"{reading.octets}.{reading.files}"
            reading.findings.note(codes.OXUM_MISMATCH, reading.info_name, expected=expected, found=found)
    return bool(known)


def _sizes_of(reading: BagReading, paths: Sequence[bytes]) -> list[int]:
    """The sizes in bytes of these payload files, in their order."""
    if not paths:
        return []
    wanted = set(paths)
    sizes: dict[bytes, int] = {}
    for batch in reading.reader.walk((), (), only_payload=True, open_files=False):
        sizes.update((path, size) for path, size in zip(batch.paths(), batch.sizes, strict=True) if path in wanted)
    return [sizes.get(path, 0) for path in paths]


class Chosen(NamedTuple):
    """What is read and digested: the payload, and the tag files."""

    payload: bool
    tags: bool


NOTHING_READ = Chosen(payload=False, tags=False)


def check_files(
    reading: BagReading,
    chosen: Chosen,
    workers: int | None,
    progress: Progress,
    label: str,
    *,
    open_files: bool = True,
    beat: Beat = no_beat,
) -> None:
    """Presence, and where files are read fixity, of everything that is listed or there.

    An audit asks without `open_files`: then nothing but names is looked at, and Payload-Oxum is not compared.
    """
    stated = [tagfile.parse_oxum(value) for value in tagfile.values_of(reading.info, "Payload-Oxum")]
    progress.begin(label, stated[0][0] if chosen.payload and stated and stated[0] else None)
    left = read_in_manifest_order(
        reading, workers=workers, progress=progress, read=chosen.payload, open_files=open_files, beat=beat
    )
    payload, tags = reading.inventory(tag=False) if left is None else left.lines, reading.inventory(tag=True)
    reading.findings += payload.findings
    reading.findings += tags.findings
    reading.findings += payload.twins() if left is None else left.twins
    if open_files:
        reading.findings += warn_unportable(payload) if left is None else left.unportable
    fixity = Fixity(
        payload,
        tags,
        reading.of_kind(tag=False),
        reading.of_kind(tag=True),
        before_1_0=reading.declaration.before_1_0,
        blind=reading.reader.blind,
        relist=partial(reading.inventory, tag=False),
        findings=reading.findings,
    )
    if left is not None:
        fixity.seen |= left.known
    fixity.judge_listing(reading.reader.tag_files())
    fixity.note_fetches(reading.fetches)
    for batch in _walk(reading, left, chosen, workers, progress, open_files=open_files):
        beat(0)
        fixity.take(batch)
    fixity.finish()
    reading.files, reading.octets = fixity.files, fixity.octets
    if left is not None:
        reading.files, reading.octets = reading.files + left.files, reading.octets + left.octets
    if open_files and not fixity.uncounted:
        _compare_oxum(reading, _sizes_of(reading, fixity.again))


def _walk(
    reading: BagReading, left: Leftover | None, chosen: Chosen, workers: int | None, progress: Progress, *,
    open_files: bool,
) -> Iterator[Batch]:  # fmt: skip
    payload = tuple(one.algorithm for one in reading.of_kind(tag=False)) if chosen.payload else ()
    tags = tuple(one.algorithm for one in reading.of_kind(tag=True)) if chosen.tags else ()
    reader = reading.reader
    if left is not None and isinstance(reader, FolderWalker):
        return left.batches(reader, payload, tags, open_files=open_files)
    if workers is not None and workers > 1 and payload and isinstance(reader, FolderWalker):
        return walk_with_workers(reading.subject, reader, payload, tags, workers=workers, progress=progress)
    return reader.walk(payload, tags, open_files=open_files, sizes=open_files)


def _check_metadata(reading: BagReading, *, premis: bool) -> list[Finding]:
    """muniment's own metadata, where the bag carries it: schemas, and that PREMIS, manifests and files agree."""
    if not any(
        path.startswith((b"metadata/preservation/", b"metadata/descriptive/")) for path in reading.reader.tag_files()
    ):
        return []
    view = BagView(reading)
    if not any(view.has(path) for path in OWN_RECORDS):
        return []
    from archive.stages.validation.records import record as records

    return records.check_bag_metadata(view, premis=premis)


OWN_RECORDS = (
    "metadata/preservation/premis.xml",
    "metadata/descriptive/dc.xml",
    "metadata/descriptive/dcterms.xml",
    "metadata/descriptive/statements.json",
)
