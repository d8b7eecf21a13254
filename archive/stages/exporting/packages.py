"""Packages under construction: one that is written, and one that is only counted, for a dry run."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator

from archive.bags.contents import BagReading
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import FormatError, SourceError, UsageError
from archive.formats.bagpath import to_text
from archive.model.build import Progress
from archive.stages.exporting.source import SourceFile
from archive.storage.hashing import Digests, digest_length
from archive.storage.working_folder import WorkingFolder


class CountedPackage:
    """A package of which only the files and their sizes are counted; nothing is written and no file is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sizes: dict[str, int] = {}
        self._folders: set[str] = set()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(self.sizes.values())

    def write(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Add a file with this content."""
        chunks = (content,) if isinstance(content, bytes) else content
        self._take(path, sum(map(len, chunks)))

    def make_folder(self, path: str) -> None:
        """Add a folder, which may stay empty."""
        self._refuse_outside(path)
        self._folders.add(path)

    def copy(self, places: Iterable[tuple[SourceFile, str]]) -> None:
        """Add files of the bag, each at a path of its own."""
        for file, path in places:
            self._take(path, file.size)

    def _take(self, path: str, size: int) -> None:
        self._refuse_outside(path)
        names = path.split("/")
        above = {"/".join(names[:count]) for count in range(1, len(names))}
        if path in self.sizes or path in self._folders or any(one in self.sizes for one in above):
            raise UsageError("the bag already has a file where the format needs its own", subject=path)
        self._folders |= above
        self.sizes[path] = size

    def _refuse_outside(self, path: str) -> None:
        if set(path.split("/")) & {"", ".", ".."} or "\0" in path:
            raise UsageError("the exporter wrote to a path outside of the package", subject=path)


class WrittenPackage(CountedPackage):
    """A package that is written to a folder. `time_of` tells when an original was last modified, in nanoseconds."""

    def __init__(
        self,
        name: str,
        folder: WorkingFolder,
        reading: BagReading,
        time_of: Callable[[str], int | None],
        progress: Progress,
    ) -> None:
        super().__init__(name)
        self._folder = folder
        self._reading = reading
        self._time_of = time_of
        self._progress = progress

    def write(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Add a file with this content. Raises OSError."""
        self._take(path, 0)
        chunks = (content,) if isinstance(content, bytes) else content
        self.sizes[path] = self._folder.write(path, chunks, anew=False)

    def make_folder(self, path: str) -> None:
        """Add a folder, which may stay empty. Raises OSError."""
        super().make_folder(path)
        self._folder.make(path)

    def copy(self, places: Iterable[tuple[SourceFile, str]]) -> None:
        """Add files of the bag in the order in which it holds them. Raises OSError, `SourceError`, `FormatError`."""
        wanted = {}
        for file, path in places:
            self._take(path, file.size)
            wanted[file.path] = (file, path)
        self._progress.begin("exporting", sum(file.size for file, _ in wanted.values()))
        try:
            for raw in self._in_order(wanted):
                file, place = wanted[to_text(raw)]
                chunks = self._checked(file, self._reading.reader.stream(raw))
                self._folder.write(place, chunks, anew=False, modified=self._time_of(file.path))
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise FormatError(f"the archive cannot be read on: {error}", subject=self._reading.subject) from error
        finally:
            self._progress.end()

    def _in_order(self, wanted: Collection[str]) -> Iterator[bytes]:
        for batch in self._reading.reader.walk((), (), open_files=False):
            yield from (path for path in batch.paths() if to_text(path) in wanted)

    def _checked(self, file: SourceFile, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, which must be what the strongest of the file's digests says; of an unlisted file, its size."""
        strongest = max(file.digests, key=digest_length, default=None)
        digests = Digests(() if strongest is None else (strongest,))
        size = 0
        for chunk in chunks:
            digests.update(chunk)
            size += len(chunk)
            self._progress.advance(len(chunk))
            yield chunk
        if size != file.size or (strongest is not None and digests.hexdigests() != (file.digests[strongest].lower(),)):
            raise SourceError(
                "it changed after the bag was validated",
                subject=os.path.join(self._reading.subject, file.path),
                remedy="Run archive validate on the bag",
            )
