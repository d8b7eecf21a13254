"""Checking a package against itself: every file is read and compared with the size and checksum that it records."""

from __future__ import annotations

from archive.bags.packages import PackageReading
from archive.bags.reader import Reading, Request
from archive.formats.bagpath import to_bytes, to_text
from archive.model.build import Progress
from archive.model.codes import packages as codes
from archive.model.finding import Finding, Severity
from archive.model.light import light_dataclass
from archive.model.package import PackageContent, PackageKind
from archive.storage.hashing import digest_length

_DEFAULT = "sha256"


@light_dataclass(frozen=True)
class PackageCheck:
    """What came of it: the findings on fixity and structure, the files read, their bytes, and how many had a digest."""

    findings: tuple[Finding, ...]
    files: int
    size: int
    compared: int

    @property
    def grave(self) -> tuple[Finding, ...]:
        """The findings that forbid to use the package."""
        return tuple(one for one in self.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED))


def check_package(
    reading: PackageReading, content: PackageContent, progress: Progress, *, read_files: bool = True
) -> PackageCheck:
    """Compare every file with what the package says of it; without `read_files` only the sizes. Raises OSError."""
    findings = [*reading.problems(), *content.findings]
    requests, compared, size = [], 0, 0
    expected = {}
    for file in content.files:
        found = reading.files[file.path]
        size += found
        if file.size is not None and file.size != found:
            findings.append(codes.WRONG_SIZE.at(file.path, expected=file.size, found=found))
            continue
        strongest = max(file.digests, key=digest_length, default=None)
        compared += strongest is not None
        expected[file.path] = strongest, file.digests.get(strongest or "")
        requests.append(Request(to_bytes(file.path), found, (strongest or _DEFAULT,)))
    if read_files:
        progress.begin("checking", size)
        for request, read in reading.digest(requests, progress.advance):
            path = to_text(request.path)
            findings += _judge(path, request.size, read, *expected[path])
        progress.end()
    is_bag = content.kind in (PackageKind.BAG, PackageKind.ARCHIVEMATICA) or content.bag is not None
    if compared < len(expected) and not is_bag:  # a bag's own manifests, which nothing lists, have no digest
        findings.append(codes.NO_DIGEST.at("", count=len(expected) - compared, total=len(expected)))
    return PackageCheck(tuple(findings), len(content.files), size, compared)


def _judge(path: str, size: int | None, read: Reading, algorithm: str | None, expected: str | None) -> list[Finding]:
    if read.error is not None:
        return [codes.UNREADABLE.at(path, why=read.error)]
    if read.missing:
        return [codes.MISSING.at(path)]
    if read.broken is not None:
        return [codes.BROKEN_ARCHIVE.at(path, why=read.broken)]
    if read.packed is None:
        return [codes.WRONG_SIZE.at(path, expected=str(size), found=str(read.size))]
    if algorithm is not None and read.packed.hex() != expected:
        return [codes.WRONG_DIGEST.at(path, algorithm=algorithm, expected=str(expected), found=read.packed.hex())]
    return []
