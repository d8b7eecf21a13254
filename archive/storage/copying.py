"""Copying and digesting in one read: what is written is what was digested, and what was digested is what was read.

A file that is not the same when it is closed as when it was opened is an error, not a bag.
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import field
from stat import S_ISREG

from archive.errors import SourceError, StorageError, UsageError, from_os_error
from archive.model.build import NO_PROGRESS, Progress
from archive.model.light import light_dataclass
from archive.storage.folders import CREATE, READ, Folder, portable, read_into, write_all
from archive.storage.hashing import constructor_of, digest_descriptor

_CHUNK = 1 << 20
GRAIN = 50_000_000
"""How far a file's time may lag behind the moment it was set, in nanoseconds: some kernels count in ticks."""
_FICLONE = 0x40049409
_CANNOT_CLONE = (errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.ETXTBSY)


@light_dataclass(slots=True)
class Taken:
    """What was read of some files: lists of equal length, one entry a file, in the order of `names`.

    `digests` holds one list an algorithm, of lower-case hex; `modified` is in nanoseconds since the epoch, None for
    what has no time of its own; `shared` names files that are hard links.
    """

    names: list[str]
    digests: list[list[str]]
    sizes: list[int] = field(default_factory=list)
    modified: list[int | None] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)

    @classmethod
    def of_one(cls, name: str, size: int, digests: tuple[str, ...]) -> Taken:
        """One file that the program wrote itself."""
        return cls([name], [[digest] for digest in digests], [size], [None])


class Copier:
    """Copies files, or only digests them, over one buffer. `mode` is "auto", "reflink" or "copy".

    Not for use by two threads at a time.
    """

    def __init__(self, algorithms: tuple[str, ...], mode: str = "auto", progress: Progress = NO_PROGRESS) -> None:
        self.algorithms = algorithms
        self._make = tuple(constructor_of(name) for name in algorithms)
        self._mode = mode
        self._clones = mode == "reflink" or (mode == "auto" and sys.platform == "linux" and not portable())
        self._progress = None if progress is NO_PROGRESS else progress
        self._buffer = memoryview(bytearray(_CHUNK))
        if mode == "reflink" and sys.platform != "linux":
            raise UsageError("this system cannot copy by reflink", subject="--copy reflink")

    def digest(self, folder: Folder, names: list[str], front: str, since: int) -> Taken:
        """Read and digest the files `names` where they are.

        `since` is a time of this file system in nanoseconds, before the first of them was opened: what did not change
        after it did not change while it was read, and one look at a small file is enough. Raises `SourceError`, naming
        the file by `front` and its name.
        """
        taken = Taken(names, [[] for _ in self._make])
        sizes, buffer, fd, before = taken.sizes, self._buffer, folder.fd, since - GRAIN
        full, views = len(buffer), [buffer]
        into = [(make, digests.append) for make, digests in zip(self._make, taken.digests, strict=True)]
        open_, read, look, close = os.open, getattr(os, "readv", None), os.fstat, os.close
        for name in names:
            if fd is None or read is None:
                self._take(folder, name, front + name, None, taken)
                continue
            try:
                source = open_(name, READ, 0, dir_fd=fd)
                try:
                    count = read(source, views)
                    state = look(source)
                finally:
                    close(source)
            except OSError as error:
                raise _unreadable(error, front + name) from error
            if state.st_size != count or count == full or state.st_ctime_ns >= before or not S_ISREG(state.st_mode):
                self._take(folder, name, front + name, None, taken)
                continue
            content = buffer[:count]
            for make, keep in into:
                keep(make(content).hexdigest())
            sizes.append(count)
            if state.st_nlink > 1:
                taken.shared.append(name)
            if self._progress is not None:
                self._progress.advance(count)
        return taken

    def copy(
        self, folder: Folder, names: list[str], front: str, target: Folder, followed: frozenset[str] = frozenset()
    ) -> Taken:
        """Copy the files `names` of `folder` to the same names in `target`, with their times.

        A copy is never open to more people than its file was. Those in `followed` are links to follow. Raises
        `SourceError` and `StorageError`.
        """
        taken = Taken(names, [[] for _ in self._make])
        into = [(make, digests.append) for make, digests in zip(self._make, taken.digests, strict=True)]
        buffer, fd, target_fd, advance = self._buffer, folder.fd, target.fd, self._progress
        full, views = len(buffer), [buffer]
        open_, read, look, close = os.open, getattr(os, "readv", None), os.fstat, os.close
        for name in names:
            if fd is None or target_fd is None or read is None or name in followed:
                self._take(folder, name, front + name, target, taken, follow=name in followed)
                continue
            try:
                source = open_(name, READ, 0, dir_fd=fd)
                try:
                    before = look(source)
                    regular = before.st_size < full and S_ISREG(before.st_mode)
                    count = read(source, views) if regular else -1
                    after = look(source)
                finally:
                    close(source)
            except OSError as error:
                raise _unreadable(error, front + name) from error
            if before.st_size != count:
                self._take(folder, name, front + name, target, taken)
                continue
            modified = before.st_mtime_ns
            if after.st_size != count or after.st_mtime_ns != modified or after.st_ctime_ns != before.st_ctime_ns:
                raise _changed(front + name)
            content = buffer[:count]
            for make, keep in into:
                keep(make(content).hexdigest())
            try:
                out = open_(name, CREATE, 0o600 | before.st_mode & 0o066, dir_fd=target_fd)
                try:
                    write_all(out, content)
                    os.utime(out, ns=(modified, modified))
                finally:
                    close(out)
            except OSError as error:
                raise from_os_error(error, os.path.join(target.path, name)) from error
            taken.sizes.append(count)
            taken.modified.append(modified)
            if before.st_nlink > 1:
                taken.shared.append(name)
            if advance is not None:
                advance.advance(count)
        return taken

    def _take(
        self, folder: Folder, name: str, shown: str, target: Folder | None, taken: Taken, *, follow: bool = False
    ) -> None:
        source = -1
        try:
            source = folder.open(name, follow=follow)
            before = os.fstat(source)
            size = before.st_size
            if not S_ISREG(before.st_mode):
                raise SourceError("it is no longer a regular file", subject=shown)
            if size < _CHUNK:
                count = read_into(source, self._buffer)
                while count < size and (more := read_into(source, self._buffer[count:])):
                    count += more
                content = self._buffer[:count]
                digests = tuple([make(content).hexdigest() for make in self._make])
                if target is not None:
                    _write_small(target, name, content, before)
            elif target is None:
                count, digests = digest_descriptor(source, self.algorithms, self._progress or NO_PROGRESS)
            else:
                count, digests = self._copy_large(source, target, name, before)
            after = os.fstat(source)
            if (
                count != size
                or after.st_size != size
                or after.st_mtime_ns != before.st_mtime_ns
                or (after.st_ctime_ns != before.st_ctime_ns)
            ):
                raise _changed(shown)
        except OSError as error:
            raise _unreadable(error, shown) from error
        finally:
            if source >= 0:
                os.close(source)
        if self._progress is not None and size < _CHUNK:
            self._progress.advance(size)
        for kept, digest in zip(taken.digests, digests, strict=True):
            kept.append(digest)
        taken.sizes.append(size)
        taken.modified.append(before.st_mtime_ns)
        if before.st_nlink > 1:
            taken.shared.append(name)

    def _copy_large(
        self, source: int, target: Folder, name: str, before: os.stat_result
    ) -> tuple[int, tuple[str, ...]]:
        out = _open_new(target, name, before)
        try:
            if self._clones and self._clone(source, out, name):
                taken = self._digest_clone(out, target, name)
            else:
                taken = self._stream(source, out, target.path, name)
            try:
                _set_time(out, target, name, before.st_mtime_ns)
            except OSError as error:
                raise from_os_error(error, os.path.join(target.path, name)) from error
            return taken
        finally:
            os.close(out)

    def _clone(self, source: int, out: int, name: str) -> bool:
        """Share the blocks with the source, where the file system can; not asked again once it could not."""
        import fcntl

        try:
            fcntl.ioctl(out, _FICLONE, source)
        except OSError as error:
            if error.errno not in _CANNOT_CLONE:
                raise from_os_error(error, name) from error
            if self._mode == "reflink":
                raise StorageError(
                    "the file system cannot copy by reflink", subject=name, remedy="Use --copy auto"
                ) from error
            self._clones = False
            return False
        return True

    def _digest_clone(self, out: int, target: Folder, name: str) -> tuple[int, tuple[str, ...]]:
        """The clone's own bytes, so that what is digested is what is in the bag."""
        try:
            return digest_descriptor(out, self.algorithms, self._progress or NO_PROGRESS)
        except OSError as error:
            raise from_os_error(error, os.path.join(target.path, name)) from error

    def _stream(self, source: int, out: int, place: str, name: str) -> tuple[int, tuple[str, ...]]:
        """Read once, write once: each digest has a thread, and writing and the next read go on meanwhile."""
        from concurrent.futures import ThreadPoolExecutor

        hashes = [make() for make in self._make]
        buffers = [self._buffer, memoryview(bytearray(_CHUNK))]
        size = 0
        with ThreadPoolExecutor(len(hashes), "digest") as pool:
            count = read_into(source, buffers[0])
            turn = 0
            while count:
                content = buffers[turn][:count]
                waiting = [pool.submit(one.update, content) for one in hashes]
                try:
                    write_all(out, content)
                except OSError as error:
                    raise from_os_error(error, os.path.join(place, name)) from error
                size += count
                turn = 1 - turn
                count = read_into(source, buffers[turn])
                for future in waiting:
                    future.result()
                if self._progress is not None:
                    self._progress.advance(len(content))
        return size, tuple(one.hexdigest() for one in hashes)


def _unreadable(error: OSError, shown: str) -> SourceError:
    return SourceError(f"it cannot be read: {error.strerror or error}", subject=shown)


def _changed(shown: str) -> SourceError:
    return SourceError(
        "it changed while it was read", subject=shown, remedy="Make sure nothing writes to it, then run again"
    )


def _open_new(target: Folder, name: str, before: os.stat_result) -> int:
    try:
        return target.open_new(name, 0o600 | before.st_mode & 0o066)
    except OSError as error:
        raise from_os_error(error, os.path.join(target.path, name)) from error


def _write_small(target: Folder, name: str, content: memoryview, before: os.stat_result) -> None:
    out = _open_new(target, name, before)
    try:
        try:
            write_all(out, content)
            _set_time(out, target, name, before.st_mtime_ns)
        finally:
            os.close(out)
    except OSError as error:
        raise from_os_error(error, os.path.join(target.path, name)) from error


def _set_time(out: int, target: Folder, name: str, modified: int) -> None:
    if os.utime in os.supports_fd:
        os.utime(out, ns=(modified, modified))
    else:
        os.utime(os.path.join(target.path, name), ns=(modified, modified))
