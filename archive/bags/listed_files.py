"""Every file of a bag that was found valid, with the digests that its manifests list: packed, and found by its path."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest

from archive.bags.contents import BagReading, ManifestFile
from archive.bags.packed_files import PackedFiles
from archive.bags.reader import FolderWalker, in_payload
from archive.errors import SourceError
from archive.model.finding import Finding
from archive.storage.hashing import digest_length

Digest = Mapping[str, str]
"""The digests of a file, in hex by BagIt name."""


class ListedFiles:
    """Path and size of each file, by number, in an order in which reading them all is cheap.

    The digests of the first `in_step` files are not held: they are the lines of the payload manifests, which are read
    again side by side with the list. `order` are the numbers by the bytes of the paths.
    """

    def __init__(self, reading: BagReading, files: PackedFiles, in_step: int) -> None:
        self.files = files
        self._reading = reading
        self._in_step = in_step
        self.order = array("L", sorted(range(in_step, len(files)), key=files.path))
        if in_step:
            place = bisect_left(self.order, files.path(0), key=files.path)
            self.order[place:place] = array("L", range(in_step))
        self._next = 0

    def find(self, path: bytes) -> int | None:
        """The number of the file at a bag path; None where there is none. It is quickest in the order of numbers."""
        files, number = self.files, self._next
        if number >= len(files) or files.path(number) != path:
            place = bisect_left(self.order, path, key=files.path)
            number = self.order[place] if place < len(self.order) else -1
            if number < 0 or files.path(number) != path:
                return None
        self._next = number + 1
        return number

    def digests(self, numbers: Iterable[int]) -> Iterator[tuple[int, Digest]]:
        """The files with these numbers, those that are in step all and in their order, each with its digests.

        Raises OSError, and `SourceError` where a manifest is not as it was.
        """
        files, manifests = self.files, self._reading.of_kind(tag=False)
        places = {one.algorithm: place for place, one in enumerate(manifests)}
        lines = _lines_in_step(self._reading, manifests)
        for number in numbers:
            if number >= self._in_step:
                yield number, files.digests(number)
                continue
            line = next(lines, None)
            if line is None or line[0] != files.path(number):
                raise SourceError(
                    "its manifests changed after the bag was validated", subject=self._reading.subject,
                    remedy="Run archive validate on the bag",
                )  # fmt: skip
            yield number, _LineDigests(places, line[1])


class _LineDigests(Mapping[str, str]):
    """The digests of a line of each manifest. `places` tells the manifest of each algorithm."""

    __slots__ = ("_digests", "_places")

    def __init__(self, places: Mapping[str, int], digests: tuple[bytes, ...]) -> None:
        self._places = places
        self._digests = digests

    def __getitem__(self, name: str) -> str:
        return self._digests[self._places[name]].hex()

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def list_files(reading: BagReading) -> ListedFiles:
    """Every file of the bag, each path once, with its size and the digests of every manifest. Raises OSError.

    Where the payload manifests of a bag in a folder list the same paths in the order of their bytes, a file costs some
    70 bytes, else some 180; where they differ in their order, the manifests are held while the list is made.
    """
    if isinstance(reading.reader, FolderWalker) and (listed := _list_in_step(reading)) is not None:
        return listed
    files = PackedFiles()
    for one in walked(reading):
        files.add(*one)
    return ListedFiles(reading, files, 0)


def walked(reading: BagReading) -> Iterator[tuple[bytes, int, list[tuple[str, bytes]]]]:
    """Every file in the order in which reading them all is cheapest: path, size in bytes, digests by BagIt name.

    The digests are those that the manifests list, of each path once. Raises OSError.
    """
    tables = [
        (reading.inventory(tag=tag), [one.algorithm for one in reading.of_kind(tag=tag)]) for tag in (False, True)
    ]
    for batch in reading.reader.walk((), (), open_files=False):
        for path, size in zip(batch.paths(), batch.sizes, strict=True):
            yield (
                path,
                size,
                [
                    (name, digest)
                    for table, algorithms in tables
                    for name, digest in zip(algorithms, table.take(path) or (), strict=False)
                    if digest
                ],
            )


def _list_in_step(reading: BagReading) -> ListedFiles | None:
    """The files of a bag whose payload manifests go in step; None for any other. Digests are held where the manifests
    are not in the order of the paths."""
    manifests = reading.of_kind(tag=False)
    is_ordered, before = True, b""
    for path, _ in _lines_in_step(reading, manifests):
        if not path:
            return None
        is_ordered, before = is_ordered and path > before, path
    files, algorithms = PackedFiles(), [one.algorithm for one in manifests]
    for path, digests in _lines_in_step(reading, manifests):
        files.add(path, 0, () if is_ordered else zip(algorithms, digests, strict=True))
    count, found = len(files), 0
    in_step = count if is_ordered else 0
    listed = ListedFiles(reading, files, in_step)
    if not is_ordered and any(one == two for one, two in pairwise(map(files.path, listed.order))):
        return None
    tags, names = reading.inventory(tag=True), [one.algorithm for one in reading.of_kind(tag=True)]
    others: list[tuple[bytes, int, list[tuple[str, bytes]]]] = []
    for batch in reading.reader.walk((), (), open_files=False):
        for path, size in zip(batch.paths(), batch.sizes, strict=True):
            if (number := listed.find(path)) is not None:
                files.sizes[number] = size
                found += 1
            elif in_payload(path):
                return None
            else:
                named = zip(names, tags.take(path) or (), strict=False)
                others.append((path, size, [(name, digest) for name, digest in named if digest]))
    for one in others:
        files.add(*one)
    return ListedFiles(reading, files, in_step) if found == count else None


def _lines_in_step(reading: BagReading, manifests: Sequence[ManifestFile]) -> Iterator[tuple[bytes, tuple[bytes, ...]]]:
    """Path and digests of each line, as long as the manifests agree on the path; an empty path where they do not."""
    streams = [_lines(reading, one) for one in manifests]
    for lines in zip_longest(*streams, fillvalue=(b"", b"")):
        path = lines[0][0]
        digests = tuple([digest for other, digest in lines if other == path and digest])
        yield (path if len(digests) == len(streams) else b""), digests


def _lines(reading: BagReading, manifest: ManifestFile) -> Iterator[tuple[bytes, bytes]]:
    """Path and digest of each line; an empty digest where the line, or the manifest from there on, cannot be read."""
    problems: list[Finding] = []
    length = digest_length(manifest.algorithm)
    for block in reading.blocks(manifest, problems):
        if block.odd is None:
            starts = range(0, len(block.digests), length)
            yield from zip(block.paths, (block.digests[at : at + length] for at in starts), strict=True)
        else:
            yield from ((path, digest or b"") for _, digest, path in block.odd)
        if block.faulty:
            yield b"", b""
    if problems:
        yield b"", b""
