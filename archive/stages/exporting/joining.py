"""Joining the parts of a group: each is proven, their number is whole, and what they hold together becomes one bag."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from archive.bags.contents import BagReading, open_bag
from archive.bags.opening import sniff_archive
from archive.errors import StorageError, UsageError, from_os_error
from archive.formats.bagpath import to_text
from archive.formats.manifest import parse_manifest_name
from archive.formats.tagfile import values_of
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import fetching as codes
from archive.model.finding import Finding, Severity
from archive.model.placed import Action, PlacedReport
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.tag_files import COMPUTED, OWN, write_tag_files
from archive.stages.exporting.placing import choose_place, leftovers_of, obstacles, place, prove
from archive.storage.clock import Clock
from archive.storage.partial import Partial
from archive.storage.sealed import is_bag
from archive.targets.reading import reading_options

GROUP, COUNT = "Bag-Group-Identifier", "Bag-Count"
_OWN_FIELDS = {label.lower() for label in (*COMPUTED, *OWN, GROUP, COUNT, "Internal-Sender-Description")}
_COUNT = re.compile(r"([0-9]{1,9})[ \t]+of[ \t]+([0-9]{1,9})", re.IGNORECASE)
_STANDARD = {"bagit.txt", "fetch.txt"}


@dataclass(slots=True)
class _Part:
    """One bag of the group; `number` of `total` as its Bag-Count says."""

    path: str
    reading: BagReading
    group: str = ""
    number: int = 0
    total: int = 0
    problems: list[Finding] = field(default_factory=list)


def join(
    parts: Sequence[str],
    to: str,
    *,
    name: str | None = None,
    clean_partial: bool = False,
    settings: Settings,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> PlacedReport:
    """Rebuild one bag in the folder `to` from the bags of a group; a folder of bags names all that are in it.

    Each part is validated. Together they must be all of the group, and where two hold a file of the same path its bytes
    must be the same. The tag files of each part that are not BagIt's own, and its bag-info.txt, are kept in
    metadata/parts/. `clean_partial` removes what a run that was cut off left. Raises `UsageError`, `NotFoundError`,
    `NotABagError`, `ExistsError` and other `StorageError`; then nothing is at the destination.
    """
    paths = [one for path in parts for one in _bags_at(path)]
    if not paths:
        raise UsageError("no part is given", remedy="Name the bags of the group, or the folder that holds them")
    chosen = _default_name(paths) if name is None else name
    target = choose_place(to, chosen)
    left = leftovers_of(target, clean=clean_partial)
    judged = [prove(path, settings, progress) for path in paths]
    findings = [one for report in judged for one in obstacles(report)]
    if findings:
        verdict = next(report.verdict for report in judged if obstacles(report))
        return PlacedReport(Action.JOINED, target, tuple(paths), False, 0, 0, verdict, tuple(findings))
    with ExitStack() as stack:
        opened = [
            _read_part(path, stack.enter_context(open_bag(path, options=reading_options(settings, path))))
            for path in paths
        ]
        findings = _judge_group(opened)
        algorithms = _common_algorithms(opened)
        if not algorithms:
            findings.append(codes.NO_COMMON_ALGORITHM.at(chosen))
        if findings:
            return PlacedReport(Action.JOINED, target, tuple(paths), False, 0, 0, "not joined", tuple(findings))
        opened.sort(key=lambda part: part.number)
        try:
            with Partial(os.path.dirname(os.path.abspath(target)), os.path.basename(target)) as partial:
                made = _build(opened, algorithms, partial, target, settings=settings, clock=clock, progress=progress)
                return replace(made, findings=(*left, *made.findings))
        except OSError as error:
            raise from_os_error(error, target) from error


def _build(
    parts: list[_Part],
    algorithms: tuple[str, ...],
    partial: Partial,
    target: str,
    *,
    settings: Settings,
    clock: Clock,
    progress: Progress,
) -> PlacedReport:
    tree = partial.file("tree")
    sources = tuple(part.path for part in parts)
    with BagBuilder(tree, os.path.basename(target), algorithms=algorithms, tag_algorithms=algorithms) as build:
        build.folder("data").close()
        findings = _take_payload(parts, build, progress)
        files, size = build.files, build.size
        if any(one.severity is Severity.ERROR for one in findings):
            return PlacedReport(Action.JOINED, target, sources, False, files, size, "not joined", tuple(findings))
        _take_tag_files(parts, build)
        write_tag_files(build, _common_fields(parts), clock)
    proven = prove(tree, settings, progress)
    if obstacles(proven):
        return PlacedReport(Action.JOINED, target, sources, False, files, size, proven.verdict, proven.findings)
    place(partial, tree, target)
    return PlacedReport(
        Action.JOINED, target, sources, True, files, size, proven.verdict, (*findings, *proven.findings)
    )  # fmt: skip


def _bags_at(path: str) -> list[str]:
    """The bag at `path`, or those directly in the folder that is there, sorted."""
    if not os.path.isdir(path) or is_bag(path):
        return [path]
    inside = sorted(os.path.join(path, one) for one in os.listdir(path) if not one.startswith("."))
    return [one for one in inside if is_bag(one) or (os.path.isfile(one) and sniff_archive(one))] or [path]


def _default_name(paths: Sequence[str]) -> str:
    """The name that the parts begin with, without their numbers."""
    fronts = {re.sub(r"[^\w)]*[0-9]+(\.\w+)*$", "", os.path.basename(os.path.abspath(path))) for path in paths}
    front = fronts.pop() if len(fronts) == 1 else ""
    if not front:
        raise UsageError("the parts have no name in common", remedy="Name the whole with --name")
    return front


def _read_part(path: str, reading: BagReading) -> _Part:
    part = _Part(path, reading)
    groups = values_of(reading.info, GROUP)
    counts = [_COUNT.fullmatch(value.strip()) for value in values_of(reading.info, COUNT)]
    if len(groups) != 1 or not groups[0]:
        part.problems.append(codes.NOT_A_PART.at(path, why=f"it has {len(groups)} fields {GROUP}"))
    elif len(counts) != 1 or counts[0] is None or not 0 < int(counts[0][1]) <= int(counts[0][2]):
        part.problems.append(codes.NOT_A_PART.at(path, why=f"its {COUNT} is not of the form N of M"))
    else:
        part.group, part.number, part.total = groups[0], int(counts[0][1]), int(counts[0][2])
    return part


def _judge_group(parts: list[_Part]) -> list[Finding]:
    """Why these bags are not one whole group."""
    found = [problem for part in parts for problem in part.problems]
    if found:
        return found
    first = parts[0]
    seen: dict[int, str] = {}
    for part in parts:
        if part.group != first.group:
            found.append(codes.NOT_A_PART.at(part.path, why=f"its {GROUP} differs from that of {first.path}"))
        elif part.total != first.total:
            found.append(codes.NOT_A_PART.at(part.path, why=f"its {COUNT} differs from that of {first.path}"))
        elif part.number in seen:
            found.append(codes.PART_TWICE.at(part.path, number=part.number, other=seen[part.number]))
        else:
            seen[part.number] = part.path
    missing = first.total - len(seen)
    if not found and missing:
        named = (str(number) for number in range(1, first.total + 1) if number not in seen)
        shown = ", ".join(number for number, _ in zip(named, range(10), strict=False))
        more = f" and {missing - 10:,} more" if missing > 10 else ""
        found.append(codes.PARTS_MISSING.at(first.group, total=first.total, missing=shown + more))
    return found


def _common_algorithms(parts: list[_Part]) -> tuple[str, ...]:
    """The algorithms of the payload manifests that every part has, in the order of the first."""
    known = [[one.algorithm for one in part.reading.of_kind(tag=False)] for part in parts]
    return tuple(name for name in known[0] if all(name in others for others in known))


def _take_payload(parts: list[_Part], build: BagBuilder, progress: Progress) -> list[Finding]:
    """Copy every payload file, digested on the way; where parts overlap, the files are compared by their digests.

    Raises `StorageError` when a file changed after its part was validated.
    """
    findings: list[Finding] = []
    taken: dict[bytes, tuple[int, tuple[str, ...]]] = {}
    alike = 0
    progress.begin("joining", None)
    for index, part in enumerate(parts):
        names = [one.algorithm for one in part.reading.of_kind(tag=False)]
        columns = [names.index(name) for name in build.algorithms]
        table = part.reading.inventory(tag=False)
        for batch in part.reading.reader.walk((), (), only_payload=True, open_files=False):
            for path in batch.paths():
                entry = table.take(path)
                if entry is None:
                    raise _changed(part, to_text(path))
                listed = tuple((entry[column] or b"").hex() for column in columns)
                known = taken.get(path)
                if known is None:
                    taken[path] = index, listed
                    _copy(part, path, listed, build, progress)
                elif known[1] == listed:
                    alike += 1
                else:
                    shown = to_text(path)
                    findings.append(codes.PARTS_DIFFER.at(part.path, path=shown, other=parts[known[0]].path))
        lost = next(table.paths(), None)
        if lost is not None:
            raise _changed(part, to_text(lost))
    progress.end()
    if alike:
        findings.append(codes.PARTS_ALIKE.at(build.name, count=alike))
    return findings


def _copy(part: _Part, path: bytes, listed: tuple[str, ...], build: BagBuilder, progress: Progress) -> None:
    named = to_text(path)
    record = build.add_payload(named, part.reading.reader.stream(path))
    progress.advance(record.size)
    if record.digests != listed:
        raise _changed(part, named)
    if os.path.isdir(part.path):
        status = os.stat(os.path.join(part.path, named), follow_symlinks=False)
        os.utime(build.locate(named), ns=(status.st_atime_ns, status.st_mtime_ns))


def _changed(part: _Part, path: str) -> StorageError:
    """The error for a file of a part that is not as its validation found it: changed, gone, or not readable now."""
    return StorageError(
        "it changed after it was validated", subject=f"{part.path}: {path}", remedy="Run archive validate on it"
    )


def _take_tag_files(parts: list[_Part], build: BagBuilder) -> None:
    """Keep what each part says of itself, but for what BagIt itself needs: that is written again for the whole.

    Raises `StorageError` when a folder that was validated cannot be listed now.
    """
    width = len(str(len(parts)))
    for part in parts:
        for path in part.reading.reader.tag_files():
            named = to_text(path)
            if named in _STANDARD or named.startswith("seal/") or parse_manifest_name(named) is not None:
                continue
            build.add_tag(f"metadata/parts/{part.number:0{width}}/{named}", part.reading.reader.stream_tag(path))
        for folder in part.reading.reader.blind:
            raise _changed(part, to_text(folder) or ".")


def _common_fields(parts: list[_Part]) -> list[tuple[str, str]]:
    """The fields that every part has with the same value, and where the whole comes from."""
    others = [{(tag.label.lower(), tag.value) for tag in part.reading.info} for part in parts[1:]]
    fields = [
        (tag.label, tag.value)
        for tag in parts[0].reading.info
        if tag.label.lower() not in _OWN_FIELDS and all((tag.label.lower(), tag.value) in other for other in others)
    ]
    text = f"Joined from the {len(parts)} bags of the group {parts[0].group}"
    return [*fields, ("Internal-Sender-Description", text)]
