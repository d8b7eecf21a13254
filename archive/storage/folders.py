"""One open folder: names are resolved inside it, never by a path that somebody may swap underneath.

Where the system has no `dir_fd` (Windows) the same is done by joined paths, under the same names. The variable
ARCHIVE_PORTABLE=1 asks for that fallback anywhere, so that it can be tested where it is not needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO

NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
READ = os.O_RDONLY | NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | NOFOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LIST = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def portable() -> bool:
    """True where the portable fallbacks are to be used: asked for, or the system has nothing better."""
    return os.environ.get("ARCHIVE_PORTABLE") == "1" or os.open not in os.supports_dir_fd


class Folder:
    """A folder held open. `path` is its path in the file system; close it when done."""

    __slots__ = ("fd", "path")

    def __init__(self, path: str, fd: int | None) -> None:
        self.path = path
        self.fd = fd

    @classmethod
    def at(cls, path: str) -> Folder:
        """The folder at `path`, links in it followed. Raises OSError."""
        if portable():
            os.stat(os.path.join(path, os.curdir))
            return cls(path, None)
        return cls(path, os.open(path, _LIST))

    def enter(self, name: str, *, follow: bool = False) -> Folder:
        """The folder `name` in this one; a link is followed only when asked. Raises OSError."""
        path = os.path.join(self.path, name)
        if self.fd is None:
            if not follow and os.path.islink(path):
                raise NotADirectoryError(20, "a link stands where a folder stood", path)
            return Folder.at(path)
        return Folder(path, os.open(name, _LIST if follow else _LIST | NOFOLLOW, dir_fd=self.fd))

    def open(self, name: str, flags: int = READ) -> int:
        """A descriptor for the file `name`. Raises OSError."""
        if self.fd is None:
            path = os.path.join(self.path, name)
            if flags & (os.O_CREAT | os.O_RDWR) == 0 and flags & NOFOLLOW and os.path.islink(path):
                raise OSError(40, "a link stands where a file stood", path)
            return os.open(path, flags, 0o666)
        return os.open(name, flags, 0o666, dir_fd=self.fd)

    def make(self, name: str) -> Folder:
        """A new folder `name`, opened. Raises OSError, also where there is one already."""
        if self.fd is None:
            os.mkdir(os.path.join(self.path, name))
        else:
            os.mkdir(name, dir_fd=self.fd)
        return self.enter(name)

    def scan(self) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        """The entries, in the system's order, to be closed when done. Raises OSError, also midway."""
        return os.scandir(self.path if self.fd is None else self.fd)

    def stat(self, name: str, *, follow: bool = False) -> os.stat_result:
        """What `name` is. Raises OSError."""
        if self.fd is None:
            return os.stat(os.path.join(self.path, name), follow_symlinks=follow)
        return os.stat(name, dir_fd=self.fd, follow_symlinks=follow)

    def read_link(self, name: str) -> str:
        """Where the link `name` points. Raises OSError."""
        if self.fd is None:
            return os.readlink(os.path.join(self.path, name))
        return os.readlink(name, dir_fd=self.fd)

    def remove(self, name: str, *, is_folder: bool) -> None:
        """Remove the file or the empty folder `name`. Raises OSError."""
        remove = os.rmdir if is_folder else os.unlink
        if self.fd is None:
            remove(os.path.join(self.path, name))
        else:
            remove(name, dir_fd=self.fd)

    def create(self, name: str) -> BinaryIO:
        """A new file `name`, open for buffered writing. Raises OSError, also where there is one already."""
        return os.fdopen(self.open(name, CREATE), "wb", 1 << 20)

    def sync(self) -> None:
        """Make the folder's own entries durable, where the system can. Raises OSError."""
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
