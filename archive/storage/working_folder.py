"""Working folders that no one else can interfere with: the one rule for making them and for writing into them.

A working folder is in a place that others may write to, under a name that they can guess or see. So it is made for
its owner only, and where something has its name already it is taken up only when it is a real folder of the same user
that no one else may write to; a link, or a folder of someone else, is refused. Files are written into it by
descriptor, never through a link, and what takes its place in the end is compared with what was made.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Sequence

from archive.errors import PermissionDeniedError, StorageError, from_os_error
from archive.storage.folders import CREATE, Folder, write_all
from archive.storage.trail import Trail

RESTRICTED = "metadata/restricted"
"""Where a bag keeps its private fields: readable by the owner only, wherever the bag is copied to."""


def claim_folder(path: str) -> Folder:
    """The working folder at `path`, made for its owner only, or taken up when it is this user's; close it when done.

    Raises `PermissionDeniedError` when something else has its name, `StorageError`.
    """
    above, name = os.path.split(path)
    try:
        with Folder.at(above or os.curdir) as parent, contextlib.suppress(FileExistsError):
            _mkdir(parent, name, 0o700)
        with Folder.at(above or os.curdir) as parent:
            if not stat.S_ISDIR(parent.stat(name).st_mode):
                raise refuse_working_folder("a link or something else that is not a folder has its name", path)
            folder = parent.enter(name)
            folder = Folder(None, path, folder.fd)
    except OSError as error:
        raise from_os_error(error, path) from error
    why = _why_not_ours(os.stat(path if folder.fd is None else folder.fd))
    if why is not None:
        folder.close()
        raise refuse_working_folder(why, path)
    return folder


def _why_not_ours(status: os.stat_result) -> str | None:
    if not hasattr(os, "geteuid"):
        return None
    if status.st_uid != os.geteuid():
        return "it belongs to another user"
    return "other users may write to it" if status.st_mode & 0o022 else None


def refuse_working_folder(why: str, path: str) -> PermissionDeniedError:
    """The error for a working folder that someone else could have put there."""
    return PermissionDeniedError(
        f"the working folder is refused, and nothing was written: {why}", subject=path,
        remedy="Find out who made it, remove it, then run again",
    )  # fmt: skip


class WorkingFolder:
    """A claimed working folder, written to file by file. The folder `tree` in it becomes what is put in place.

    Raises `PermissionDeniedError` for a planted folder, and `StorageError`.
    """

    def __init__(self, path: str, *, tree: str = "tree", mode: int = 0o777) -> None:
        self.path = path
        self._folder = claim_folder(path)
        self.tree = os.path.join(path, tree)
        try:
            self._root = _descend(self._folder, tree, mode)
        except OSError as error:
            self._folder.close()
            raise from_os_error(error, path) from error
        self._trail = Trail(self._root)

    def make(self, path: str) -> None:
        """Make a folder in the tree, unless it is there. Raises OSError."""
        self._enter(path.split("/"))

    def write(
        self, path: str, chunks: Iterable[bytes], *, mode: int = 0o666, anew: bool = True, modified: int | None = None
    ) -> int:
        """Write one file of the tree and give its size in bytes. `path` has slashes and leads nowhere else.

        A file that is there already is replaced, unless it is not `anew`: then it is an error. `modified`, in
        nanoseconds since the epoch, becomes the file's time. Raises OSError and what the chunks raise.
        """
        *folders, name = path.split("/")
        parent = self._enter(folders)
        mode = 0o600 if is_restricted(path) else mode
        try:
            descriptor = _create(parent, name, mode)
        except FileExistsError:
            if not anew:
                raise
            parent.remove(name, is_folder=False)
            descriptor = _create(parent, name, mode)
        size = 0
        try:
            for chunk in chunks:
                if chunk:
                    write_all(descriptor, memoryview(chunk))
                size += len(chunk)
            if modified is not None:
                place: int | str = descriptor if os.utime in os.supports_fd else os.path.join(self.path, path)
                os.utime(place, ns=(modified, modified))
        finally:
            os.close(descriptor)
        return size

    def check(self) -> None:
        """See that nothing was exchanged for the working folder or its tree meanwhile. Raises `StorageError`."""
        for folder, path in ((self._folder, self.path), (self._root, self.tree)):
            require_same(path, folder.identity())

    def identity(self, path: str = "") -> tuple[int, int]:
        """Device and inode of the tree, or of a file at its top: what must be found at the destination afterwards."""
        if not path:
            return self._root.identity()
        status = self._root.stat(path)
        return status.st_dev, status.st_ino

    def close(self) -> None:
        """Let go of it; it stays where it is."""
        self._trail.close()
        self._root.close()
        self._folder.close()

    def _enter(self, names: list[str]) -> Folder:
        """The folder of these names, made where it is missing."""

        def enter(above: Folder, way: Sequence[str]) -> Folder:
            return _descend(above, way[-1], 0o700 if is_restricted("/".join(way)) else 0o777)

        return self._trail.go(names, enter)


def require_same(path: str, identity: tuple[int, int]) -> None:
    """Raise `StorageError` unless what is at `path`, a link as itself, is that device and inode."""
    try:
        status = os.lstat(path)
    except OSError as error:
        raise from_os_error(error, path) from error
    if (status.st_dev, status.st_ino) != identity:
        raise StorageError(
            "something else was put in its place while it was written", subject=path,
            remedy="Find out who may write to that folder, then run again",
        )  # fmt: skip


def is_restricted(path: str) -> bool:
    """True for a bag's folder of private fields and what is in it, also where a bag lies deeper in a tree."""
    return f"/{RESTRICTED}/" in f"/{path}/"


def mode_of_copy(source: str, *, folder: bool = False) -> int:
    """The rights for a copy of `source`: never wider than the original's, before the umask takes its own away."""
    try:
        original = os.stat(source).st_mode
    except OSError:
        return 0o700 if folder else 0o600
    if folder:
        return original & 0o777 | 0o700 if stat.S_ISDIR(original) else 0o777 if original & 0o077 else 0o700
    return original & 0o066 | 0o600


def is_private(path: str) -> bool:
    """True when `path`, a folder or a file, is closed to every account but its owner's."""
    return not os.stat(path).st_mode & 0o077


def mode_of_extract(sources: Iterable[str]) -> int:
    """The rights for a file that tells what is in `sources`: never wider than those of any file or folder in them."""
    mode = 0o666
    for source in sources:
        mode &= mode_of_copy(source, folder=os.path.isdir(source))
        for above, _, names in os.walk(source):
            if mode == 0o600:
                return mode
            mode &= mode_of_copy(above, folder=True)
            for name in names:
                mode &= mode_of_copy(os.path.join(above, name))
    return mode


def _descend(folder: Folder, name: str, mode: int) -> Folder:
    with contextlib.suppress(FileExistsError):
        _mkdir(folder, name, mode)
    return folder.enter(name)


def _mkdir(folder: Folder, name: str, mode: int) -> None:
    if folder.fd is None:
        os.mkdir(os.path.join(folder.path, name), mode)
    else:
        os.mkdir(name, mode, dir_fd=folder.fd)


def _create(folder: Folder, name: str, mode: int) -> int:
    if folder.fd is None:
        return os.open(os.path.join(folder.path, name), CREATE, mode)
    return os.open(name, CREATE, mode, dir_fd=folder.fd)
