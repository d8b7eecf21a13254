"""Digesting single files of a bag on request: from a folder, from an archive, from a stream. Never written to."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator

from archive.bags.reader import Beat, Reading, Request, is_away_error, split_path
from archive.storage.folders import Folder, NotRegularError
from archive.storage.hashing import Digests, constructor_of, digest_packed

_ONE_READ = 1 << 16
_NO_FILE = "a link or something else that is not a file has taken its place"
MAX_FOLDERS = 200
_CHUNK = 1 << 17


class FolderFiles:
    """The files of a bag's folder, opened by their paths: name by name from the top, links never followed.

    The folders that were asked for last stay open for the next files. No step calls itself: a path may be as deep as
    it likes.
    """

    def __init__(self, top: Folder) -> None:
        self._top = top
        self._held: dict[bytes, Folder] = {}
        self._last: bytes | None = None
        self._opener = top.opener()

    def open(self, path: bytes) -> int:
        """A descriptor of the regular file at `path`. Raises `NotRegularError`, OSError."""
        folder, name = split_path(path)
        descriptor = self._folder(folder).open(os.fsdecode(name))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise NotRegularError(errno.EINVAL, "not a regular file", os.fsdecode(path))
        return descriptor

    def stat(self, path: bytes) -> os.stat_result:
        """What is at `path`, a link as itself. Raises OSError."""
        folder, name = split_path(path)
        return self._folder(folder).stat(os.fsdecode(name))

    def stream(self, path: bytes) -> Iterator[bytes]:
        """The file in chunks. Raises OSError."""
        descriptor = self.open(path)
        try:
            while chunk := os.read(descriptor, _CHUNK):
                yield chunk
        finally:
            os.close(descriptor)

    def digest(self, request: Request, beat: Beat) -> Reading:
        """What came of the request: one open, one look at its state and one read for a small file."""
        path, expected, algorithms = request
        folder, _, name = path.rpartition(b"/")
        try:
            if folder != self._last:
                self._opener, self._last = self._folder(folder).opener(), folder
            descriptor = self._opener(os.fsdecode(name))
        except (FileNotFoundError, NotADirectoryError):
            return Reading(missing=True)
        except OSError as error:
            if isinstance(error, NotRegularError) or error.errno in (errno.ELOOP, errno.ENXIO):
                return Reading(broken=_NO_FILE)
            return failure_of(error)
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                return Reading(broken=_NO_FILE)
            size = state.st_size
            if expected is not None and expected != size:
                return Reading(size=size)
            if size < _ONE_READ:
                content = os.read(descriptor, size + 1)
                if len(content) == size:
                    beat(size)
                    return Reading(size, b"".join([constructor_of(one)(content).digest() for one in algorithms]))
                os.lseek(descriptor, 0, os.SEEK_SET)
            found, packed = digest_packed(descriptor, algorithms, size, _BeatProgress(beat))
            return Reading(found, packed if found == size else None)
        except OSError as error:
            return failure_of(error)
        finally:
            os.close(descriptor)

    def _folder(self, path: bytes) -> Folder:
        if not path:
            return self._top
        known = self._held.get(path)
        if known is None:
            if len(self._held) >= MAX_FOLDERS:
                self.close()
            known = self._held[path] = self._reach(path)
        return known

    def _reach(self, path: bytes) -> Folder:
        """Open the folder from the nearest one that is open already."""
        names: list[bytes] = []
        above = path
        while above and above not in self._held:
            above, name = split_path(above)
            names.append(name)
        start = directory = self._held.get(above, self._top)
        for name in reversed(names):
            try:
                deeper = directory.enter(os.fsdecode(name))
            finally:
                if directory is not start:
                    directory.close()
            directory = deeper
        return directory

    def close(self) -> None:
        """Close the folders that stayed open; the top remains open."""
        for folder in self._held.values():
            folder.close()
        self._held.clear()
        self._last = None


class _BeatProgress:
    """A `Progress` that only beats."""

    def __init__(self, beat: Beat) -> None:
        self.advance = beat

    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def end(self) -> None:
        return None


def digest_chunks(chunks: Iterable[bytes], request: Request, beat: Beat) -> Reading:
    """Digest a stream; it is left as soon as it is longer than expected, however long it claims to go on."""
    digests = Digests(request.algorithms)
    for chunk in chunks:
        digests.update(chunk)
        beat(len(chunk))
        if request.size is not None and digests.size > request.size:
            return Reading(size=digests.size)
    return Reading(digests.size, digests.packed() if request.size in (None, digests.size) else None)


def failure_of(error: OSError) -> Reading:
    """A read error, which proves nothing about the bytes."""
    return Reading(error=error.strerror or type(error).__name__, away=is_away_error(error))
