"""What has come of files so far: kept beside the bag, so that an interrupted run can be continued.

The folder is called `.NAME.fetching` and belongs to one process at a time. Nothing in it is in the bag: a file takes
its place there in one step, when its digests were checked.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Sequence

from archive.errors import LockedError, StorageError, from_os_error
from archive.storage.folders import NOFOLLOW, Folder, write_all
from archive.storage.hashing import Digests
from archive.storage.locks import try_lock
from archive.storage.removing import remove_tree
from archive.storage.working_folder import claim_folder

_FLAGS = os.O_RDWR | os.O_CREAT | NOFOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CANNOT_LINK = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


class Parts:
    """The folder of parts for the bag at `bag`, held until it is closed.

    Raises `LockedError` when another process fetches for the same bag, `PermissionDeniedError` for a planted folder,
    and `StorageError`.
    """

    def __init__(self, bag: str) -> None:
        self.path = _path_for(bag)
        self.folder = claim_folder(self.path)
        if self.folder.fd is not None and not try_lock(self.folder.fd):
            self.folder.close()
            raise LockedError("another process is fetching for this bag", subject=bag, remedy="Run again when it ended")

    def open(self, path: str, url: str, algorithms: Sequence[str]) -> Part:
        """The part of the file at the bag path `path`, as far as it came from `url`. Raises `StorageError`."""
        name = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        try:
            return Part(self.folder, name, url, tuple(algorithms))
        except OSError as error:
            raise from_os_error(error, self.path) from error

    def close(self, *, remove: bool) -> None:
        """Let go of the folder; `remove` it with what is left in it."""
        if remove:
            with contextlib.suppress(StorageError):
                remove_tree(self.path)
        self.folder.close()


def _path_for(bag: str) -> str:
    front, name = os.path.split(os.path.abspath(bag))
    return os.path.join(front, f".{name.encode()[:200].decode('utf-8', 'ignore')}.fetching")


def clear_parts(bag: str) -> None:
    """Remove what a run left that was stopped when the bag had all its files, unless another process is at it.

    Raises `StorageError`.
    """
    if os.path.isdir(_path_for(bag)):
        with contextlib.suppress(LockedError):
            Parts(bag).close(remove=True)


class Part:
    """What came of one file. Its methods raise `StorageError`; close it when done."""

    def __init__(self, folder: Folder, name: str, url: str, algorithms: tuple[str, ...]) -> None:
        self._folder, self._name, self._url, self._algorithms = folder, f"{name}.part", url, algorithms
        self._note = f"{name}.json"
        self._descriptor = _open(folder, self._name)
        self.digests = Digests(algorithms)
        self.validator = self._read_note()
        self._take_up()

    @property
    def size(self) -> int:
        """The bytes that are there."""
        return self.digests.size

    def restart(self) -> None:
        """Begin again."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
        except OSError as error:
            raise from_os_error(error, self._name) from error
        self.digests = Digests(self._algorithms)
        self.validator = ""

    def expect(self, validator: str) -> None:
        """Note by what the rest can be asked for later."""
        if validator == self.validator:
            return
        self.validator = validator
        content = json.dumps({"url": self._url, "validator": validator}).encode()
        try:
            descriptor = _open(self._folder, self._note)
            try:
                os.ftruncate(descriptor, 0)
                write_all(descriptor, memoryview(content))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise from_os_error(error, self._note) from error

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        try:
            write_all(self._descriptor, memoryview(chunk))
        except OSError as error:
            raise from_os_error(error, self._name) from error
        self.digests.update(chunk)

    def place(self, bag: Folder, path: str) -> None:
        """Move the file to its place in the bag, which must be free; its folders are made where they lack.

        No link is followed. Raises OSError.
        """
        os.fsync(self._descriptor)
        *folders, name = path.split("/")
        at = bag
        try:
            for one in folders:
                try:
                    below = at.make(one)
                except FileExistsError:
                    below = at.enter(one)
                if at is not bag:
                    at.close()
                at = below
            self._move(at, name)
            at.sync()
        finally:
            if at is not bag:
                at.close()
        self.forget()

    def forget(self) -> None:
        """Remove what is left of it."""
        for name in (self._name, self._note):
            with contextlib.suppress(OSError):
                self._folder.remove(name, is_folder=False)

    def close(self) -> None:
        os.close(self._descriptor)

    def _move(self, target: Folder, name: str) -> None:
        """A second name, for a rename would replace what came there meanwhile; the first is removed afterwards."""
        here, there = self._folder.fd, target.fd
        source = self._name if here is not None else os.path.join(self._folder.path, self._name)
        place = name if there is not None else os.path.join(target.path, name)
        try:
            os.link(source, place, src_dir_fd=here, dst_dir_fd=there, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            with contextlib.suppress(FileNotFoundError):
                target.stat(name)
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from error
            os.rename(source, place, src_dir_fd=here, dst_dir_fd=there)

    def _read_note(self) -> str:
        """The validator, where the part came from the same address; empty where it cannot be continued."""
        try:
            descriptor = self._folder.open(self._note)
            with open(descriptor, "rb") as file:
                note = json.loads(file.read(1 << 16))
            return str(note["validator"]) if note["url"] == self._url else ""
        except (OSError, ValueError, TypeError, KeyError):
            return ""

    def _take_up(self) -> None:
        """Digest what is there, or discard it where it cannot be continued."""
        if not self.validator:
            os.ftruncate(self._descriptor, 0)
            return
        while chunk := os.read(self._descriptor, 1 << 20):
            self.digests.update(chunk)


def _open(folder: Folder, name: str) -> int:
    if folder.fd is None:
        return os.open(os.path.join(folder.path, name), _FLAGS, 0o666)
    return os.open(name, _FLAGS, 0o666, dir_fd=folder.fd)
