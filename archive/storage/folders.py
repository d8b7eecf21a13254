"""One open folder: names are resolved inside it, never by a path that someone may swap underneath.

Nothing here follows a link unless asked, and nothing waits for a pipe or a device. Where the system has no `dir_fd`
(Windows) the same is done by joined paths, and what was opened is compared with what was seen. The variable
ARCHIVE_PORTABLE=1 asks for that fallback anywhere, so that it can be tested where it is not needed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import BinaryIO, Protocol

NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_ALWAYS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
READ = os.O_RDONLY | NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | _ALWAYS
CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | NOFOLLOW | _ALWAYS
_LIST = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


class NotRegularError(OSError):
    """What was to be read as a file is none."""


def portable() -> bool:
    """True where the portable fallbacks are to be used: asked for, or the system has nothing better."""
    lacking = os.open not in os.supports_dir_fd or os.scandir not in os.supports_fd or not NOFOLLOW
    return lacking or os.environ.get("ARCHIVE_PORTABLE") == "1"


class Entries(Protocol):
    """What is in a folder, one by one. Going on may raise OSError."""

    def __iter__(self) -> Iterator[os.DirEntry[str]]: ...
    def __next__(self) -> os.DirEntry[str]: ...
    def __enter__(self) -> Iterator[os.DirEntry[str]]: ...
    def __exit__(self, *_: object) -> None: ...


class Folder:
    """A folder held open; close it when done. All methods raise OSError.

    It knows its own name and the folder it was reached from, so that a deep one costs no more memory than a flat one.
    """

    __slots__ = ("_front", "_name", "fd")

    def __init__(self, front: Folder | None, name: str, fd: int | None) -> None:
        self._front = front
        self._name = name
        self.fd = fd

    @classmethod
    def at(cls, path: str) -> Folder:
        """The folder at `path`, links in it followed."""
        if portable():
            os.stat(os.path.join(path, os.curdir))
            return cls(None, path, None)
        return cls(None, path, os.open(path, _LIST))

    @property
    def path(self) -> str:
        """The path in the file system by which it was reached."""
        names, folder = [self._name], self._front
        while folder is not None:
            names.append(folder._name)
            folder = folder._front
        return os.path.join(*reversed(names))

    def enter(self, name: str, *, follow: bool = False) -> Folder:
        """The folder `name` in this one; a link is followed only when asked."""
        if self.fd is not None:
            return Folder(self, name, os.open(name, _LIST if follow else _LIST | NOFOLLOW, dir_fd=self.fd))
        path = os.path.join(self.path, name)
        if not stat.S_ISDIR(os.stat(path, follow_symlinks=follow).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", path)
        return Folder(self, name, None)

    def reach(self, names: Iterable[str]) -> Folder:
        """The folder of these names below this one, entered one by one, no link followed; this one where there is none.

        The caller closes what is not this one.
        """
        at = self
        for name in names:
            try:
                deeper = at.enter(name)
            finally:
                if at is not self:
                    at.close()
            at = deeper
        return at

    def above(self) -> Folder:
        """The folder that holds this one now, in the place of the one that this was reached from."""
        front = self._front
        assert front is not None
        fd = None if self.fd is None else os.open(os.pardir, _LIST, dir_fd=self.fd)
        return Folder(front._front, front._name, fd)

    def identity(self) -> tuple[int, int]:
        """Device and inode: two folders with the same are one."""
        state = os.stat(self.path if self.fd is None else self.fd)
        return state.st_dev, state.st_ino

    def open(self, name: str, *, follow: bool = False) -> int:
        """A descriptor to read the file `name`; a link is followed only when asked.

        Whether it is a regular file is for the caller to see, but in the fallback, which raises `NotRegularError`.
        """
        if self.fd is not None:
            return os.open(name, READ & ~NOFOLLOW if follow else READ, dir_fd=self.fd)
        path = os.path.join(self.path, name)
        seen = os.stat(path, follow_symlinks=follow)
        if not stat.S_ISREG(seen.st_mode):
            raise NotRegularError(errno.EINVAL, "not a regular file", path)
        descriptor = os.open(path, READ & ~NOFOLLOW if follow else READ)
        if not os.path.samestat(seen, os.fstat(descriptor)):
            os.close(descriptor)
            raise NotRegularError(errno.EINVAL, "it was exchanged while it was opened", path)
        return descriptor

    def opener(self) -> Callable[[str], int]:
        """`open` without a look at `follow`: for many files of one folder."""
        return self.open if self.fd is None else partial(os.open, flags=READ, dir_fd=self.fd)

    def open_new(self, name: str, mode: int = 0o666) -> int:
        """A descriptor for the new file `name`; it is an error where there is one already. The umask applies."""
        if self.fd is None:
            return os.open(os.path.join(self.path, name), CREATE, mode)
        return os.open(name, CREATE, mode, dir_fd=self.fd)

    def make(self, name: str, mode: int = 0o777) -> Folder:
        """A new folder `name`, opened; it is an error where there is one already. The umask applies."""
        if self.fd is None:
            os.mkdir(os.path.join(self.path, name), mode)
        else:
            os.mkdir(name, mode, dir_fd=self.fd)
        return self.enter(name)

    def mode(self) -> int:
        """The folder's permission bits."""
        return stat.S_IMODE(os.stat(self.path if self.fd is None else self.fd).st_mode)

    def scan(self) -> Entries:
        """The entries, in the system's order, to be closed when done; may fail midway."""
        return os.scandir(self.path if self.fd is None else self.fd)

    def stat(self, name: str, *, follow: bool = False) -> os.stat_result:
        """What `name` is."""
        if self.fd is None:
            return os.stat(os.path.join(self.path, name), follow_symlinks=follow)
        return os.stat(name, dir_fd=self.fd, follow_symlinks=follow)

    def read_link(self, name: str) -> str:
        """Where the link `name` points."""
        if self.fd is None:
            return os.readlink(os.path.join(self.path, name))
        return os.readlink(name, dir_fd=self.fd)

    def remove(self, name: str, *, is_folder: bool) -> None:
        """Remove the file or the empty folder `name`."""
        remove = os.rmdir if is_folder else os.unlink
        if self.fd is None:
            remove(os.path.join(self.path, name))
        else:
            remove(name, dir_fd=self.fd)

    def create(self, name: str, mode: int = 0o666) -> BinaryIO:
        """A new file `name`, open for buffered writing; it is an error where there is one already."""
        return os.fdopen(self.open_new(name, mode), "wb", 1 << 20)

    def sync(self) -> None:
        """Make the folder's own entries durable, where the system can."""
        if self.fd is not None:
            os.fsync(self.fd)

    def close(self) -> None:
        """Let go of it. May be called again."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_into(descriptor: int, buffer: memoryview) -> int:
    """Fill `buffer` from the file as far as one read goes: bytes read, 0 at the end. Raises OSError."""
    if hasattr(os, "readv"):
        return os.readv(descriptor, [buffer])
    content = os.read(descriptor, len(buffer))
    buffer[: len(content)] = content
    return len(content)


def write_all(descriptor: int, content: memoryview) -> None:
    """Write every byte: a short write goes on where it stopped. Raises OSError."""
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, content[written:])
