"""Is a package that is there already the one that would be made? Then a command that is given again has nothing to do.

What the exporter writes, and the tag files, which list the digests of everything else, are compared byte by byte; of
payload files the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from archive.bags.contents import BagReading
from archive.bags.packages import PackageReading, open_package
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import FormatError, NotABagError, NotFoundError, StorageError
from archive.formats.bagpath import to_bytes
from archive.model.export import Lost
from archive.stages.exporting.packages import CountedPackage
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source_files import SourceFile
from archive.storage.hashing import Digests, digest_length

_CHECK = "sha256"
_NO_PACKAGE = (BrokenArchiveError, ArchiveLimitError, FormatError, NotABagError, NotFoundError, StorageError, OSError)


class ComparedPackage(CountedPackage):
    """A package of which each file is compared with that in an existing one. `same` is False once one differs."""

    def __init__(self, name: str, there: PackageReading, bag: BagReading) -> None:
        super().__init__(name)
        self._there = there
        self._bag = bag
        self.same = True

    def write(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Compare a file with this content."""
        wanted, size = Digests((_CHECK,)), 0
        for chunk in (content,) if isinstance(content, bytes) else content:
            wanted.update(chunk)
            size += len(chunk)
        self._take(path, size)
        self._compare(path, size, _CHECK, wanted.hexdigests()[0])

    def copy(self, places: Iterable[tuple[SourceFile, str]]) -> None:
        """Compare files of the bag, those of the payload by their sizes."""
        for file, path in places:
            self._take(path, file.size)
            algorithm, digest = (None, "") if file.in_payload else self._digest_of(file)
            self._compare(path, file.size, algorithm, digest)

    def _digest_of(self, file: SourceFile) -> tuple[str, str]:
        """Algorithm and digest of a tag file: the strongest that is listed; tag manifests are listed nowhere."""
        strongest = max(file.digests, key=digest_length, default=None)
        if strongest is not None:
            return strongest, file.digests[strongest].lower()
        digests = Digests((_CHECK,))
        for chunk in self._bag.reader.stream_tag(to_bytes(file.path)):
            digests.update(chunk)
        return _CHECK, digests.hexdigests()[0]

    def _compare(self, path: str, size: int, algorithm: str | None, digest: str) -> None:
        if not self.same or self._there.files.get(path) != size:
            self.same = False
            return
        if algorithm is not None:
            found = Digests((algorithm,))
            for chunk in self._there.stream(path):
                found.update(chunk)
            self.same = found.hexdigests() == (digest,)


@contextmanager
def existing_package(target: str, name: str) -> Iterator[PackageReading | None]:
    """What is at `target`, open, where it may be a package with this name; else None."""
    try:
        opened = open_package(target)
        reading = opened.__enter__()
    except _NO_PACKAGE:
        yield None
        return
    try:
        yield reading if reading.name == name else None
    finally:
        opened.__exit__(None, None, None)


def compare_existing(
    target: str, name: str, bag: BagReading, fill: Callable[[Package], tuple[Lost, ...]]
) -> tuple[CountedPackage, tuple[Lost, ...]] | None:
    """The package at `target`, with what it lacks, where `fill` would make the same; else None."""
    with existing_package(target, name) as there:
        if there is None:
            return None
        try:
            compared = ComparedPackage(name, there, bag)
            lost = fill(compared)
            whole = compared.same and len(there.files) == compared.files and not there.problems()
        except _NO_PACKAGE:
            return None
        return (compared, lost) if whole else None
