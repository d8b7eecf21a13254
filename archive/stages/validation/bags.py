"""Judging a bag: declaration, tag files, manifests, presence, fixity, profile and records, in one walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from archive.config import Settings
from archive.formats import bagit_txt, fetch, manifest, tagfile
from archive.formats.bagpath import to_text
from archive.model.codes import bag as codes
from archive.model.finding import Fact, Finding, Outcome, outcome_of
from archive.model.package import NO_PROGRESS, Progress
from archive.model.report import Depth, Kind, ValidationReport
from archive.stages.validation.bag_reading import BagReading, ManifestFile
from archive.stages.validation.bag_view import BagView
from archive.stages.validation.fixity import Fixity
from archive.stages.validation.workers import walk_with_workers
from archive.storage.bag_medium import LIMITS, Batch, Limits
from archive.storage.bag_opening import open_medium
from archive.storage.hashing import is_known, normalise_name

_WEAK = {"md5", "sha1", "sha224"}
_PACKAGE_INFO = {"0.93", "0.94", "0.95"}
"""Versions that called bag-info.txt package-info.txt."""


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
    counted: tuple[int, int] | None = None,
    label: str | None = None,
) -> ValidationReport:
    """Judge the bag at `subject`, a folder or an archive. Raises `ArchiveError` where it cannot even be opened.

    `label` is what progress calls the work, the subject by default.

    `counted` are octets and files of a payload that the caller has just read in full: at depth quick they are compared
    with Payload-Oxum and nothing is counted again.
    """
    from archive.stages.validation.profiles import judge_profile, load_profile

    rules = None if profile is None else load_profile(profile)
    medium, _ = open_medium(subject, progress=progress, limits=limits)
    reading = BagReading(subject, medium, limits)
    try:
        _read_tag_files(reading)
        if depth is Depth.QUICK:
            _look_quickly(reading, counted)
        else:
            _check(reading, depth, workers, progress, label or subject)
        if rules is not None:
            reading.findings += judge_profile(rules, reading, depth)
        if depth is not Depth.QUICK:
            reading.findings += _check_metadata(reading, settings)
        reading.findings += medium.findings
    finally:
        medium.close()
        progress.end()
    if cross_check:
        from archive.stages.validation.cross_check import ask_bagit

        reading.findings += ask_bagit(subject, medium.serialization, reading.findings)
    return _report(reading, depth)


@contextmanager
def view_bag(subject: str) -> Iterator[BagView]:
    """The bag at `subject` to look into, without a judgement. Raises `ArchiveError` where it cannot be opened."""
    medium, _ = open_medium(subject)
    reading = BagReading(subject, medium, LIMITS)
    try:
        _read_tag_files(reading)
        yield BagView(reading)
    finally:
        medium.close()


def report_no_bag(subject: str, depth: Depth) -> ValidationReport:
    """The report on a folder that has nothing of a bag: it is not walked, however large it is."""
    findings = (
        codes.MISSING_DECLARATION.at(bagit_txt.SUBJECT),
        codes.NO_PAYLOAD_FOLDER.at("data"),
        codes.NO_MANIFEST.at("."),
    )
    return ValidationReport(subject, Kind.BAG, "invalid", findings, depth)


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
        "serialization": reading.medium.serialization,
        "version": reading.declaration.version,
        "encoding": reading.declaration.encoding,
        "algorithms": tuple(one.algorithm for one in reading.of_kind(tag=False)),
        "tag_algorithms": tuple(one.algorithm for one in reading.of_kind(tag=True)),
        "files": reading.files,
        "octets": reading.octets,
    }
    return ValidationReport(reading.subject, Kind.BAG, verdict, tuple(findings), depth, facts)


def without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each once: the same file may be read for more than one reason."""
    seen: dict[object, Finding] = {}
    for one in findings:
        seen.setdefault((one.code, one.subject, one.line, tuple(sorted(one.facts.items()))), one)
    return list(seen.values())


def _read_tag_files(reading: BagReading) -> None:
    medium, findings = reading.medium, reading.findings
    tops = [to_text(path) for path in medium.tag_files() if b"/" not in path]
    if bagit_txt.SUBJECT in tops:
        data = reading.read(bagit_txt.SUBJECT, 1 << 16)
        if data is not None:
            reading.declaration, problems = bagit_txt.parse_declaration(data)
            findings += problems
    elif b"" not in medium.blind:
        findings.append(codes.MISSING_DECLARATION.at(bagit_txt.SUBJECT))
    if not medium.has_payload_folder and b"" not in medium.blind:
        findings.append(codes.NO_PAYLOAD_FOLDER.at("data"))
    _find_manifests(reading, tops)
    before_1_0 = reading.declaration.before_1_0
    if reading.declaration.version in _PACKAGE_INFO and reading.info_name not in tops:
        reading.info_name = "package-info.txt"
    if (data := _decoded(reading, reading.info_name, tops)) is not None:
        reading.info, problems = tagfile.parse_tags(data, reading.info_name, before_1_0=before_1_0)
        findings += problems
        findings += tagfile.judge_reserved(reading.info, reading.info_name)
    if (data := _decoded(reading, fetch.SUBJECT, tops)) is not None:
        reading.fetches, problems = fetch.parse_fetch(data, before_1_0=before_1_0)
        findings += problems


def _decoded(reading: BagReading, name: str, tops: Sequence[str]) -> bytes | None:
    data = reading.read(name) if name in tops else None
    if data is None:
        return None
    decoded, problems = tagfile.decode_tag_file(data, reading.declaration.codec, name)
    reading.findings += problems
    return decoded


def _find_manifests(reading: BagReading, tops: Sequence[str]) -> None:
    taken: set[tuple[bool, str]] = set()
    for top in tops:
        name = manifest.parse_manifest_name(top)
        if name is None:
            continue
        algorithm = normalise_name(name.algorithm)
        if not is_known(name.algorithm):
            reading.findings.append(codes.UNKNOWN_ALGORITHM.at(top, algorithm=name.algorithm))
            continue
        if algorithm != name.algorithm:
            reading.findings.append(codes.ALGORITHM_SPELLING.at(top, found=name.algorithm, expected=algorithm))
        if (name.tag, algorithm) in taken:
            reading.findings.append(codes.REPEATED_MANIFEST.at(top, algorithm=algorithm))
            continue
        taken.add((name.tag, algorithm))
        reading.manifests.append(ManifestFile(top, name.tag, algorithm))
    payload = {one.algorithm for one in reading.of_kind(tag=False)}
    tags = {one.algorithm for one in reading.of_kind(tag=True)}
    if not payload and b"" not in reading.medium.blind:
        reading.findings.append(codes.NO_MANIFEST.at("."))
    elif payload and payload <= _WEAK:
        reading.findings.append(codes.WEAK_ALGORITHMS.at(".", algorithms=tuple(sorted(payload))))
    if payload and not tags:
        reading.findings.append(codes.NO_TAG_MANIFEST.at("."))
    elif payload != tags and payload and tags:
        reading.findings.append(codes.OTHER_ALGORITHMS.at(".", tag=tuple(sorted(tags)), payload=tuple(sorted(payload))))


def _look_quickly(reading: BagReading, counted: tuple[int, int] | None) -> None:
    """Payload-Oxum against what is there: sizes only, nothing is read."""
    if counted is not None:
        reading.octets, reading.files = counted
    else:
        for batch in reading.medium.walk((), (), only_payload=True):
            reading.files += len(batch.names)
            reading.octets += sum(batch.sizes)
    if not _compare_oxum(reading) and not any(f.kind is codes.MALFORMED_OXUM for f in reading.findings):
        reading.findings.append(codes.NO_OXUM.at(reading.info_name))


def _compare_oxum(reading: BagReading) -> bool:
    """Compare every well-formed Payload-Oxum with the counts; False when there is none."""
    stated = [tagfile.parse_oxum(value) for value in tagfile.values_of(reading.info, "Payload-Oxum")]
    known = [pair for pair in stated if pair is not None]
    for octets, files in known:
        if (octets, files) != (reading.octets, reading.files) and not reading.medium.blind:
            expected, found = f"{octets}.{files}", f"{reading.octets}.{reading.files}"
            reading.findings.append(codes.OXUM_MISMATCH.at(reading.info_name, expected=expected, found=found))
    return bool(known)


def _check(reading: BagReading, depth: Depth, workers: int | None, progress: Progress, label: str) -> None:
    """Presence, and at full depth fixity, of everything that is listed or there."""
    payload, tags = reading.inventory(tag=False), reading.inventory(tag=True)
    reading.findings += payload.findings + tags.findings
    reading.findings += payload.twins()
    fixity = Fixity(
        payload,
        tags,
        reading.of_kind(tag=False),
        reading.of_kind(tag=True),
        before_1_0=reading.declaration.before_1_0,
        blind=reading.medium.blind,
    )
    fixity.judge_listing(reading.medium.tag_files())
    fixity.note_fetches(reading.fetches)
    stated = [tagfile.parse_oxum(value) for value in tagfile.values_of(reading.info, "Payload-Oxum")]
    progress.begin(label, stated[0][0] if depth is Depth.FULL and stated and stated[0] else None)
    for batch in _walk(reading, depth, workers, progress):
        fixity.take(batch)
    fixity.finish()
    reading.files, reading.octets = fixity.files, fixity.octets
    reading.findings += fixity.findings
    if not fixity.uncounted:
        _compare_oxum(reading)


def _walk(reading: BagReading, depth: Depth, workers: int | None, progress: Progress) -> Iterator[Batch]:
    payload = tuple(one.algorithm for one in reading.of_kind(tag=False)) if depth is Depth.FULL else ()
    tags = tuple(one.algorithm for one in reading.of_kind(tag=True)) if depth is Depth.FULL else ()
    if workers is not None and workers > 1 and payload and reading.medium.serialization == "folder":
        return walk_with_workers(reading.subject, reading.medium, payload, tags, workers=workers, progress=progress)
    return reading.medium.walk(payload, tags)


def _check_metadata(reading: BagReading, settings: Settings | None) -> list[Finding]:
    """Our own metadata, where the bag carries it: schemas, and that PREMIS, manifests and files agree."""
    del settings
    if not any(
        path.startswith((b"metadata/preservation/", b"metadata/descriptive/")) for path in reading.medium.tag_files()
    ):
        return []
    view = BagView(reading)
    if not any(view.has(path) for path in OWN_RECORDS):
        return []
    from archive.stages.validation import records

    check: Callable[[BagView], list[Finding]] = records.check_bag_metadata
    return check(view)


OWN_RECORDS = (
    "metadata/preservation/premis.xml",
    "metadata/descriptive/dc.xml",
    "metadata/descriptive/dcterms.xml",
    "metadata/descriptive/statements.json",
)
