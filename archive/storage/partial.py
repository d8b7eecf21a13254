"""Working folders: a tree is made beside its destination, to be put in place by one rename (see `storage.atomic`).

A working folder is called `.NAME.xxxxxxxx.partial` and is held by `flock` while its process lives: one that no process
holds is a leftover of a process that was killed. Leftovers are found and reported, and removed only when asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat

from archive.errors import StorageError, UsageError, from_os_error
from archive.storage.folders import NOFOLLOW, portable
from archive.storage.interrupts import undisturbed
from archive.storage.locks import try_lock
from archive.storage.removing import remove_tree
from archive.storage.working_folder import claim_folder


class Partial:
    """A working folder beside a destination: `tree` becomes the bag, `spool` holds what must not stay in memory.

    Use it as a context: it goes away at the end with all it holds, whatever happened. Raises `StorageError`.
    """

    def __init__(self, folder: str, name: str) -> None:
        self.folder = folder
        self.made = _make_folders(folder)
        self.path = os.path.join(folder, f"{_stem(name)}{os.urandom(4).hex()}.partial")
        self.keep = False
        self._lock: int | None = None
        try:
            os.mkdir(self.path, 0o700)
            claim_folder(self.path).close()
            self._lock = _hold(self.path)
        except OSError as error:
            self.close()
            raise from_os_error(error, folder) from error
        except BaseException:
            self.close()
            raise

    def file(self, name: str) -> str:
        """The path of `name` in the working folder."""
        return os.path.join(self.path, name)

    def close(self) -> None:
        """Remove the working folder, and the destination's folder where this process made it and it stayed empty.

        What cannot be removed stays, and the next creation reports it.
        """
        with undisturbed():
            if not self.keep:
                with contextlib.suppress(StorageError):
                    remove_tree(self.path)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None
            for path in reversed(self.made):
                with contextlib.suppress(OSError):
                    os.rmdir(path)

    def __enter__(self) -> Partial:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _make_folders(folder: str) -> list[str]:
    """Make `folder` and what lacks above it; the paths made, outermost first. Raises `StorageError`."""
    missing = []
    path = folder
    while path and not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    made = []
    for path in reversed(missing):
        try:
            os.mkdir(path)
            made.append(path)
        except FileExistsError:
            continue
        except OSError as error:
            raise from_os_error(error, path) from error
    try:
        is_folder = stat.S_ISDIR(os.stat(folder).st_mode)
    except OSError as error:
        raise from_os_error(error, folder) from error
    if not is_folder:
        raise UsageError("the destination is not a folder", subject=folder)
    return made


def _stem(name: str) -> str:
    """The front of a working folder's name: short enough that the whole keeps within 255 bytes, and still its own."""
    raw = name.encode("utf-8")
    if len(raw) > 200:
        name = raw[:180].decode("utf-8", "ignore") + "-" + hashlib.sha256(raw).hexdigest()[:16]
    return f".{name}."


def _hold(path: str) -> int | None:
    """Hold the folder for the life of this process; None where the system has no such lock."""
    if portable():
        return None
    descriptor = os.open(path, os.O_RDONLY | NOFOLLOW)
    if try_lock(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def find_leftovers(folder: str, name: str) -> tuple[str, ...]:
    """Working folders for `name` in `folder` that no living process holds, sorted. Raises `StorageError`."""
    front, end = _stem(name), ".partial"
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise from_os_error(error, folder) from error
    found = []
    for entry in names:
        middle = entry[len(front) : -len(end)]
        if not (entry.startswith(front) and entry.endswith(end) and len(middle) == 8 and middle.isalnum()):
            continue
        path = os.path.join(folder, entry)
        if _is_own_folder(path) and not _held(path):
            found.append(path)
    return tuple(found)


def _is_own_folder(path: str) -> bool:
    """True for a folder of this user: what someone else planted under such a name is not removed."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and (not hasattr(os, "geteuid") or status.st_uid == os.geteuid())


def _held(path: str) -> bool:
    if portable():
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | NOFOLLOW)
    except OSError:
        return True
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)
