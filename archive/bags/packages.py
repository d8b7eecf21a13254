"""Opening a package of another system: a folder, zip or tar, by the readers that open bags and with their rules.

What would make an archive unsafe as a bag makes it unsafe as a package. Only one thing is allowed that a bag may not
do: a zip of an RO-Crate may have no top folder, as RO-Crate 1.2 recommends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from archive.bags.opening import open_file, open_reader
from archive.bags.reader import (
    LIMITS,
    ArchiveLimitError,
    BagReader,
    BrokenArchiveError,
    Reading,
    Request,
    TooLargeError,
    read_within,
)
from archive.errors import FormatError, from_os_error
from archive.formats.bagpath import to_bytes, to_text
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import bag_files
from archive.model.codes import packages as codes
from archive.model.finding import Finding, Severity

CRATE_METADATA = "ro-crate-metadata.json"
_OF_BAGS = {bag_files.OTHER_ROOT_NAME.code}
_LARGEST = 64 << 20


class PackageReading:
    """A package that is open for reading. `files` are the sizes of its files by their paths."""

    def __init__(self, subject: str, reader: BagReader) -> None:
        self.subject = subject
        self.reader = reader
        self.name = reader.name

    @cached_property
    def files(self) -> dict[str, int]:
        """The size in bytes of every regular file by its path in the package. Raises OSError."""
        found = {}
        for batch in self.reader.walk((), (), open_files=False):
            for path, size in zip(batch.paths(), batch.sizes, strict=True):
                found[to_text(path)] = size
        return found

    @cached_property
    def tops(self) -> frozenset[str]:
        """The first components of the paths of all files."""
        return frozenset(path.partition("/")[0] for path in self.files)

    def problems(self) -> tuple[Finding, ...]:
        """What forbids to trust the package as a whole: links, unsafe members, an archive that cannot be read."""
        self.files  # noqa: B018 - what is wrong with folders shows while they are walked
        return tuple(
            codes.BROKEN_ARCHIVE.at(one.subject, why=one.message) if one.severity is Severity.ERROR else one
            for one in self.reader.findings
            if one.severity in (Severity.ERROR, Severity.UNCHECKED) and one.code not in _OF_BAGS
        )

    def read(self, path: str, limit: int = _LARGEST) -> bytes:
        """One file. Raises `FormatError` for one that is not there, too large, or in a broken archive, and OSError."""
        try:
            return read_within(self.stream(path), limit)
        except FileNotFoundError as error:
            raise FormatError("it is not there", subject=path) from error
        except TooLargeError as error:
            raise FormatError(f"it is larger than {limit:,} bytes", subject=path) from error
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise FormatError(f"it cannot be unpacked: {error}", subject=path) from error

    def stream(self, path: str) -> Iterator[bytes]:
        """One file in chunks. Raises as `BagReader.stream`."""
        return self.reader.stream(to_bytes(path))

    def in_order(self) -> Iterator[str]:
        """The paths of the files in the order in which reading them all is cheapest. Raises OSError."""
        for batch in self.reader.walk((), (), open_files=False):
            yield from map(to_text, batch.paths())

    def digest(self, requests: Sequence[Request], beat: Callable[[int], None]) -> Iterator[tuple[Request, Reading]]:
        """What came of digesting files. Raises as `BagReader.digest`."""
        return self.reader.digest(requests, beat)

    def below(self, folder: str) -> Sequence[str]:
        """The paths of the files in this folder, which ends with a slash, and in those below it."""
        return [path for path in self.files if path.startswith(folder)]


class PartReading(PackageReading):
    """One folder of an open package, as a package of its own. `folder` ends with a slash."""

    def __init__(self, whole: PackageReading, folder: str) -> None:
        super().__init__(os.path.join(whole.subject, folder.rstrip("/")), whole.reader)
        self.name = folder.rstrip("/").rpartition("/")[2]
        self._whole = whole
        self._folder = folder

    @cached_property
    def files(self) -> dict[str, int]:
        found = ((path, size) for path, size in self._whole.files.items() if path.startswith(self._folder))
        return {path.removeprefix(self._folder): size for path, size in found}

    def stream(self, path: str) -> Iterator[bytes]:
        return self._whole.stream(self._folder + path)

    def in_order(self) -> Iterator[str]:
        for path in self._whole.in_order():
            if path.startswith(self._folder):
                yield path.removeprefix(self._folder)

    def digest(self, requests: Sequence[Request], beat: Callable[[int], None]) -> Iterator[tuple[Request, Reading]]:
        front = to_bytes(self._folder)
        moved = [one._replace(path=front + one.path) for one in requests]
        for request, read in self._whole.digest(moved, beat):
            yield request._replace(path=request.path.removeprefix(front)), read


@contextmanager
def open_package(address: str, *, progress: Progress = NO_PROGRESS) -> Iterator[PackageReading]:
    """The package at this path, until the context ends. It is not judged.

    Raises `NotFoundError`, `NotABagError` for a file that is not an archive, `UsageError`, `StorageError`.
    """
    reader = open_reader(address, progress=progress)
    try:
        flat = _flat_crate(address, reader, progress)
        if flat is not None:
            reader.close()
            reader = flat
        yield PackageReading(address, reader)
    finally:
        reader.close()


def _flat_crate(address: str, reader: BagReader, progress: Progress) -> BagReader | None:
    """The zip read again as one without a top folder, where it holds an RO-Crate so."""
    if reader.serialization != "application/zip" or not any(
        one.kind is bag_files.SEVERAL_ROOTS for one in reader.findings
    ):
        return None
    from archive.bags.zip_reader import ZipReader

    try:
        file = open_file(address)
    except OSError as error:
        raise from_os_error(error, os.fspath(address)) from error
    assert file is not None
    flat = ZipReader(address, file=file.stream, progress=progress, limits=LIMITS, flat=True)
    if CRATE_METADATA.encode() in flat.places:
        return flat
    flat.close()
    return None
