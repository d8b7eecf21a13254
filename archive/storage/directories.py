"""Folders opened for reading without following links or waiting for anything.

Systems without `dir_fd` and O_NOFOLLOW are served by `PortableDirectory`, which compares what it opened with what it
saw; `PORTABLE` chooses it, and the tests run both.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

PORTABLE = not (os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW"))

FILE_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_FOLDER_FLAGS = FILE_FLAGS | getattr(os, "O_DIRECTORY", 0)


class NotRegularError(OSError):
    """What was to be read as a file is none."""


class Directory(Protocol):
    """One folder, held open. All methods raise OSError."""

    def scan(self) -> Any:
        """The `os.scandir` iterator over its entries."""
        ...

    def folder(self, name: str) -> Directory:
        """A folder in it, or the one that it is in by the name `os.pardir`."""
        ...

    def opener(self) -> Callable[[str], int]:
        """A function that opens a file in it and gives the descriptor."""
        ...

    def identity(self) -> tuple[int, int]:
        """Device and inode: two folders with the same are one."""
        ...

    def mode_of(self, name: str) -> int: ...
    def close(self) -> None: ...


class DescriptorDirectory:
    """A folder by its descriptor."""

    __slots__ = ("descriptor",)

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def scan(self) -> Any:
        return os.scandir(self.descriptor)

    def folder(self, name: str) -> DescriptorDirectory:
        return DescriptorDirectory(os.open(name, _FOLDER_FLAGS, dir_fd=self.descriptor))

    def opener(self) -> Callable[[str], int]:
        return partial(os.open, flags=FILE_FLAGS, dir_fd=self.descriptor)

    def identity(self) -> tuple[int, int]:
        state = os.fstat(self.descriptor)
        return state.st_dev, state.st_ino

    def mode_of(self, name: str) -> int:
        return os.lstat(name, dir_fd=self.descriptor).st_mode

    def close(self) -> None:
        os.close(self.descriptor)


class PortableDirectory:
    """A folder by its path, for systems without directory descriptors."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def scan(self) -> Any:
        return os.scandir(self.path)

    def folder(self, name: str) -> PortableDirectory:
        if name == os.pardir:
            return PortableDirectory(os.path.dirname(self.path))
        path = os.path.join(self.path, name)
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", name)
        return PortableDirectory(path)

    def opener(self) -> Callable[[str], int]:
        return self._open

    def _open(self, name: str) -> int:
        path = os.path.join(self.path, name)
        seen = os.lstat(path)
        if not stat.S_ISREG(seen.st_mode):
            raise NotRegularError(errno.EINVAL, "not a regular file", name)
        descriptor = os.open(path, FILE_FLAGS)
        opened = os.fstat(descriptor)
        if (opened.st_dev, opened.st_ino) != (seen.st_dev, seen.st_ino):
            os.close(descriptor)
            raise NotRegularError(errno.EINVAL, "it was exchanged while it was opened", name)
        return descriptor

    def identity(self) -> tuple[int, int]:
        state = os.lstat(self.path)
        return state.st_dev, state.st_ino

    def mode_of(self, name: str) -> int:
        return os.lstat(os.path.join(self.path, name)).st_mode

    def close(self) -> None:
        return None


def open_directory(path: str, *, portable: bool | None = None) -> Directory:
    """The folder at `path`, a link there followed. Raises OSError."""
    if PORTABLE if portable is None else portable:
        if not os.path.isdir(path):
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", path)
        return PortableDirectory(path)
    return DescriptorDirectory(os.open(path, _FOLDER_FLAGS & ~getattr(os, "O_NOFOLLOW", 0)))
