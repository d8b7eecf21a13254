"""The proof on the finished bag, before creation says done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from archive.config import Settings
from archive.errors import SourceError, StorageError, from_os_error
from archive.formats.bagpath import encode_path
from archive.formats.manifest import manifest_name
from archive.model.codes import source as codes
from archive.model.finding import Fact, Finding
from archive.model.package import Progress
from archive.model.plan import Plan
from archive.model.report import Depth, Kind, ValidationReport
from archive.stages.building import AT_ONCE, manifest_lines
from archive.storage.copying import GRAIN, Copier
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor, digest_length
from archive.storage.walking import Walk

MANY = 20_000
"""Up to this many files a bag goes through the validator whole, which holds some hundred bytes a file in memory."""

_NEVER = 1 << 63


def prove_before_exchange(source: str, bag: str, visited: str, since: int, planned: Plan) -> int:
    """The proof for a bag whose payload is the source itself, before the two change places; the number of tag files.

    Each payload file was digested where it stands, so reading it again would prove nothing more. What is proven here:
    the folders hold exactly the files that every manifest lists, and every tag file has its digest. A folder whose
    status did not change since `since` (nanoseconds, by the clock of this file system) had no file come or go;
    `visited` is the file that lists the folders. Raises `SourceError` when the source changed, and `StorageError`.
    """
    try:
        with Folder.at(bag) as top:
            if not _unchanged(source, visited, since - GRAIN):
                _compare_with_tree(top, source, planned.algorithms)
            return _check_tags(top, bag, planned)
    except OSError as error:
        raise from_os_error(error, bag) from error


def _unchanged(source: str, visited: str, before: int) -> bool:
    """True when no visited folder's status changed at or after `before`."""
    with Folder.at(source) as top, open(visited, "rb") as listing:
        rest = b""
        while chunk := listing.read(1 << 16):
            *paths, rest = (rest + chunk).split(b"\0")
            for path in paths:
                try:
                    state = os.stat(os.fsdecode(path) or os.curdir, dir_fd=top.fd, follow_symlinks=False)
                except OSError:
                    return False
                if state.st_ctime_ns >= before:
                    return False
    return True


def _compare_with_tree(top: Folder, source: str, algorithms: tuple[str, ...]) -> None:
    """Every manifest's paths against the payload's, all in the order of the walk. Raises `SourceError`."""
    with ExitStack() as stack:
        data = stack.enter_context(Folder.at(source))
        manifests = _open_manifests(stack, top, algorithms)
        starts = [2 * digest_length(one) for one in algorithms]
        for visit in Walk(source, _pass_over).over(data):
            front = f"data/{visit.path}/" if visit.path else "data/"
            for names in _portions(visit.files):
                wanted = [b"  %b\n" % encode_path(front + name) for name in names]
                for start, manifest in zip(starts, manifests, strict=True):
                    if [line[start:] for line in islice(manifest, len(wanted))] != wanted:
                        raise _changed(f"{source}/{visit.path}".rstrip("/"))
        if any(manifest.read(1) for manifest in manifests):
            raise _changed(source)


def _open_manifests(stack: ExitStack, top: Folder, algorithms: tuple[str, ...]) -> list[BinaryIO]:
    return [stack.enter_context(os.fdopen(top.open(manifest_name(one)), "rb", 1 << 20)) for one in algorithms]


def _portions(names: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(names), AT_ONCE):
        yield names[first : first + AT_ONCE]


def _pass_over(finding: Finding) -> None:
    """What the walk notices was judged when it was planned; here only the files count."""
    if finding.kind is codes.UNREADABLE:
        raise SourceError(f"it cannot be read: {finding.facts['reason']}", subject=finding.subject)


def _changed(subject: str) -> SourceError:
    return SourceError(
        "files came or went while the bag was made",
        subject=subject,
        remedy="Let nobody write to it and run again",
    )


def _check_tags(top: Folder, bag: str, planned: Plan) -> int:
    """Every line of the first tag manifest against its file; their number. Raises `StorageError`."""
    algorithm, count = planned.tag_algorithms[0], 0
    for digest, name in _tag_lines(top, manifest_name(algorithm, tag=True)):
        descriptor = top.open(name)
        try:
            found = digest_descriptor(descriptor, (algorithm,))[1][0]
        finally:
            os.close(descriptor)
        if found != digest:
            raise StorageError("the tag file is not what was written", subject=f"{bag}/{name}")
        count += 1
    return count


def _tag_lines(top: Folder, name: str) -> Iterator[tuple[str, str]]:
    with os.fdopen(top.open(name), "r", encoding="utf-8") as file:
        for line in file:
            digest, _, path = line[:-1].partition("  ")
            yield digest, path


def prove(
    path: str, planned: Plan, settings: Settings, progress: Progress, *, digested_in_place: bool = False
) -> ValidationReport:
    """The judgement on the finished bag at `path`, a folder or an archive, reported as the bag it will be.

    A bag of many files whose payload is all that it holds is judged in two parts, so that memory does not grow with
    their number: `_read_again` proves presence and fixity in the order of the manifests, and the validator judges the
    tag files. With `digested_in_place` the first was done already (see `prove_before_exchange`), and the verdict says
    no more than "complete". Everything else goes through the validator whole. Raises `ArchiveError`.
    """
    profile = planned.profile or None
    many = planned.plain and not planned.serialize and planned.files > MANY
    if many and digested_in_place:
        facts: dict[str, Fact] = {"files": planned.files, "algorithms": planned.algorithms}
        return ValidationReport(planned.target, Kind.BAG, "complete", (), Depth.COMPLETE, facts)
    from archive.stages.validation.bags import validate_bag

    if not many:
        report = validate_bag(path, profile=profile, settings=settings, progress=progress, label="validation")
        return replace(report, subject=planned.target)
    counted = _read_again(path, planned, progress)
    report = validate_bag(path, depth=Depth.QUICK, profile=profile, settings=settings, counted=counted)
    verdict = "valid" if report.ok else report.verdict
    return replace(report, subject=planned.target, verdict=verdict, depth=Depth.FULL)


def _read_again(root: str, planned: Plan, progress: Progress) -> tuple[int, int]:
    """Read every payload file of the finished tree and compare with every manifest, byte for byte of its lines.

    Gives how many octets and files there were. Raises `StorageError` when the disk does not give back what was written.
    """
    copier = Copier(planned.algorithms, progress=progress)
    octets = files = 0
    progress.begin("validation", planned.size)
    try:
        with ExitStack() as stack:
            top = stack.enter_context(Folder.at(root))
            data = stack.enter_context(top.enter("data"))
            manifests = _open_manifests(stack, top, planned.algorithms)
            for visit in Walk(root, _pass_over).over(data):
                front = f"data/{visit.path}/" if visit.path else "data/"
                for names in _portions(visit.files):
                    taken = copier.digest(visit.folder, names, front, _NEVER)
                    octets += sum(taken.sizes)
                    files += len(names)
                    for lines, manifest in zip(manifest_lines(front, taken), manifests, strict=True):
                        if manifest.read(len(lines)) != lines:
                            raise StorageError(
                                "the disk does not give back what was written",
                                subject=front,
                                remedy="Look at the disk, then run again",
                            )
            if any(manifest.read(1) for manifest in manifests):
                raise StorageError("the disk does not hold all that was written", subject=planned.target)
            _check_tags(top, root, planned)
    except SourceError as error:
        raise StorageError(error.problem, subject=error.subject) from error
    except OSError as error:
        raise from_os_error(error, planned.target) from error
    progress.end()
    return octets, files
