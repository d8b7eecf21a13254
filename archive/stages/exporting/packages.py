"""Packages under construction: one that is written, and one that is only counted, for a dry run."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator

from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import FormatError, SourceError, UsageError
from archive.formats.bagpath import to_bytes, to_text
from archive.formats.packed_texts import PackedTexts
from archive.model.build import Progress
from archive.stages.exporting.source import Source
from archive.stages.exporting.source_files import SourceFile
from archive.storage.hashing import Digests, digest_length
from archive.storage.working_folder import WorkingFolder, is_restricted


class CountedPackage:
    """A package of which only the files and their sizes are counted; nothing is written and no file is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files = 0
        self.size = 0
        """The bytes of all files."""
        self.holds_private = False
        """Whether private fields of a bag are among the files."""
        self._taken = PackedTexts()
        self._folders: set[str] = set()

    def write(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Add a file with this content."""
        chunks = (content,) if isinstance(content, bytes) else content
        self._take(path, sum(map(len, chunks)))

    def make_folder(self, path: str) -> None:
        """Add a folder, which may stay empty."""
        self._enter(path)

    def copy(self, places: Iterable[tuple[SourceFile, str]]) -> None:
        """Add files of the bag, each at a path of its own."""
        for file, path in places:
            self._take(path, file.size)

    def holds(self, path: str) -> bool:
        """True for the path of a file that was added."""
        return self._taken.find(to_bytes(path)) >= 0

    def release(self) -> None:
        """Forget the paths: nothing more is added."""
        self._taken = PackedTexts()
        self._folders = set()

    def _take(self, path: str, size: int) -> int:
        """Count a file, and give the number of its path."""
        above, slash, name = path.rpartition("/")
        self._refuse_outside(name)
        if slash:
            self._enter(above)
        number = self._taken.number(to_bytes(path))
        if number < self.files or path in self._folders:
            raise _taken(path)
        self.files += 1
        self.size += size
        self.holds_private = self.holds_private or is_restricted(path)
        return number

    def _enter(self, folder: str) -> None:
        """Make room for a folder and those above it."""
        if folder not in self._folders:
            self._refuse_outside(folder)
            names = folder.split("/")
            ways = ["/".join(names[:count]) for count in range(1, len(names) + 1)]
            if any(map(self.holds, ways)):
                raise _taken(folder)
            self._folders.update(ways)

    def _refuse_outside(self, path: str) -> None:
        if set(path.split("/")) & {"", ".", ".."} or "\0" in path:
            raise UsageError("the exporter wrote to a path outside of the package", subject=path)


def _taken(path: str) -> UsageError:
    return UsageError("the bag already has a file where the format needs its own", subject=path)


class WrittenPackage(CountedPackage):
    """A package that is written to a folder. `time_of` tells when an original was last modified, in nanoseconds."""

    def __init__(
        self,
        name: str,
        folder: WorkingFolder,
        source: Source,
        time_of: Callable[[str], int | None],
        progress: Progress,
    ) -> None:
        super().__init__(name)
        self._folder = folder
        self._source = source
        self._time_of = time_of
        self._progress = progress

    def write(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Add a file with this content. Raises OSError."""
        self._take(path, 0)
        chunks = (content,) if isinstance(content, bytes) else content
        self.size += self._folder.write(path, chunks, anew=False)

    def make_folder(self, path: str) -> None:
        """Add a folder, which may stay empty. Raises OSError."""
        super().make_folder(path)
        self._folder.make(path)

    def copy(self, places: Iterable[tuple[SourceFile, str]]) -> None:
        """Add files of the bag in the order in which it holds them. Raises OSError, `SourceError`, `FormatError`."""
        files, reading = self._source.files, self._source.reading
        wanted = array("L", bytes(array("L").itemsize * len(files)))
        """The number of the path that each file of the bag gets, and one more."""
        again: list[tuple[SourceFile, str]] = []
        size = self.size
        for file, path in places:
            number = self._take(path, file.size)
            if wanted[file.number]:
                again.append((file, path))
            else:
                wanted[file.number] = number + 1
        self._progress.begin("exporting", self.size - size)
        try:
            for file in files.by_number():
                if number := wanted[file.number]:
                    self._copy(file, to_text(self._taken[number - 1]))
            for file, path in again:
                self._copy(file, path)
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise FormatError(f"the archive cannot be read any further: {error}", subject=reading.subject) from error
        finally:
            self._progress.end()

    def _copy(self, file: SourceFile, path: str) -> None:
        chunks = self._checked(file, self._source.reading.reader.stream(to_bytes(file.path)))
        self._folder.write(path, chunks, anew=False, modified=self._time_of(file.path))

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
                subject=os.path.join(self._source.reading.subject, file.path),
                remedy="Run archive validate on the bag",
            )
