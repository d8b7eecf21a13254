"""The files of a bag on their way into a package, packed, for there may be millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import overload

from archive.bags.contents import BagReading
from archive.bags.listed_files import list_files
from archive.formats.bagpath import to_bytes, to_text
from archive.model.light import light_dataclass
from archive.storage.working_folder import is_restricted

_KEPT = 4096
"""The files of a bag with no more are kept, at about 300 bytes each; making them again costs time in each pass."""


@light_dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the bag: bag path, size in bytes, and its digests in hex by BagIt name, none for an unlisted file.

    `number` is its place in the order in which reading all files is cheapest.
    """

    path: str
    size: int
    digests: Mapping[str, str]
    number: int

    @property
    def in_payload(self) -> bool:
        return self.path.startswith("data/")

    @property
    def restricted(self) -> bool:
        """True for private metadata, which only a whole bag holds."""
        return is_restricted(self.path)

    @property
    def is_of_seal(self) -> bool:
        """True for a file of an evidence seal, which signs the tag manifests of exactly this bag."""
        return self.path.startswith("seal/")


class SourceFiles(Sequence[SourceFile]):
    """Every file of a bag by the bytes of its path, each made when it is asked for; to iterate costs the least.

    Raises OSError, and `SourceError` where the bag changes meanwhile.
    """

    def __init__(self, reading: BagReading) -> None:
        self._listed = list_files(reading)
        self._kept: tuple[SourceFile, ...] | None = None
        if len(self) <= _KEPT:
            self._kept = tuple(self)

    def __len__(self) -> int:
        return len(self._listed.order)

    @overload
    def __getitem__(self, index: int) -> SourceFile: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[SourceFile, ...]: ...
    def __getitem__(self, index: int | slice) -> SourceFile | tuple[SourceFile, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return next(islice(self, range(len(self))[index], None))

    def __iter__(self) -> Iterator[SourceFile]:
        return self._made(self._listed.order) if self._kept is None else iter(self._kept)

    def by_number(self) -> Iterator[SourceFile]:
        """The files in the order in which reading them all is cheapest."""
        if self._kept is not None:
            return iter(sorted(self._kept, key=lambda one: one.number))
        return self._made(range(len(self)))

    def _made(self, numbers: Iterable[int]) -> Iterator[SourceFile]:
        files = self._listed.files
        for number, digests in self._listed.digests(numbers):
            yield SourceFile(to_text(files.path(number)), files.sizes[number], digests, number)

    def find(self, path: str) -> int | None:
        """The number of the file at a bag path; None where there is none. It is quickest in the order of numbers."""
        return self._listed.find(to_bytes(path))
