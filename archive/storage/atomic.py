"""All or nothing: a tree is made beside its destination, synced, and put in place by one rename.

A working folder is called `.NAME.xxxxxxxx.partial`, stands beside the destination and is held by `flock` while its
process lives: one that nobody holds is a leftover of a process that was killed. Leftovers are found and reported, and
removed only when asked.

Renames that must not replace, or must exchange, are one system call (`renameat2` on Linux, `renameatx_np` on macOS).
Where the system or the file system lacks the first, a link or a checked rename stands in for it; nothing stands in for
the exchange.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import hashlib
import os
import secrets
import stat
import sys
from typing import Any

from archive.errors import ExistsError, StorageError, UsageError, from_os_error
from archive.storage.folders import Folder, portable

_NOREPLACE, _EXCHANGE = 1, 2
_MAC_SWAP, _MAC_EXCL = 2, 4
_HERE = -100
_LACKING = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP)


@functools.cache
def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _flagged_rename(source: str, target: str, *, exchange: bool) -> None:
    """The system's rename with a flag. Raises OSError; ENOSYS where there is none."""
    try:
        if sys.platform == "darwin":
            call, flag, here = _library().renameatx_np, _MAC_SWAP if exchange else _MAC_EXCL, -2
        elif portable():
            raise AttributeError
        else:
            call, flag, here = _library().renameat2, _EXCHANGE if exchange else _NOREPLACE, _HERE
    except (AttributeError, OSError, TypeError):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), source) from None
    if call(here, os.fsencode(source), here, os.fsencode(target), ctypes.c_uint(flag)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def exchange(one: str, other: str) -> None:
    """Swap what two names stand for, in one step. Raises OSError; `exchange_works` says whether it can."""
    _flagged_rename(one, other, exchange=True)


def exchange_works(folder: str) -> bool:
    """Whether names in `folder` can be swapped: tried on two files in it that do not outlive the call."""
    one, other = (os.path.join(folder, f"try-{secrets.token_hex(4)}") for _ in range(2))
    try:
        for path in (one, other):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        exchange(one, other)
    except OSError as error:
        if error.errno in _LACKING:
            return False
        raise
    finally:
        for path in (one, other):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
    return True


def place(source: str, target: str) -> None:
    """Give `source` the name `target`, which must be free. Raises `ExistsError` and OSError."""
    try:
        _flagged_rename(source, target, exchange=False)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            raise _taken(target) from error
        if error.errno not in _LACKING:
            raise
        _place_portably(source, target)


def _place_portably(source: str, target: str) -> None:
    """Without the flag: a link for a file; for a folder a rename, which replaces an empty folder at most."""
    if os.path.lexists(target):
        raise _taken(target)
    try:
        if os.path.isdir(source):
            os.rename(source, target)
            return
        try:
            os.link(source, target)
        except FileExistsError:
            raise
        except OSError:
            os.rename(source, target)
        else:
            os.unlink(source)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _taken(target) from error
    except OSError as error:
        if error.errno == errno.ENOTEMPTY:
            raise _taken(target) from error
        raise


def _taken(target: str) -> ExistsError:
    return ExistsError(
        "it is already there, and nothing is ever overwritten", subject=target, remedy="Choose another --name or --to"
    )


def sync_tree(root: str) -> None:
    """Make everything under `root` durable: one `syncfs` where the system has it, else each file and folder.

    Raises OSError, also for what an earlier write could not bring to the disk.
    """
    if not portable() and sys.platform.startswith("linux"):
        descriptor = os.open(root, os.O_RDONLY)
        try:
            if _library().syncfs(descriptor) == 0:
                return
            number = ctypes.get_errno()
            if number not in _LACKING:
                raise OSError(number, os.strerror(number), root)
        finally:
            os.close(descriptor)
    for folder, _, names in os.walk(root, topdown=False, onerror=_give_up):
        for name in names:
            _sync_one(os.path.join(folder, name))
        _sync_one(folder)


def _give_up(error: OSError) -> None:
    raise error


def _sync_one(path: str) -> None:
    """One file or folder to the disk; Windows opens no folder and wants write access for a file."""
    if os.path.islink(path):
        return
    if os.name == "nt":
        if os.path.isdir(path):
            return
        descriptor = os.open(path, os.O_RDWR)
    else:
        descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: str) -> None:
    """Make the entries of the folder at `path` durable. Raises OSError."""
    _sync_one(path)


class Partial:
    """A working folder beside a destination: `tree` becomes the bag, `spool` holds what must not stay in memory.

    Use it as a context: it goes away at the end with all it holds, whatever happened. Raises `StorageError`.
    """

    def __init__(self, folder: str, name: str) -> None:
        self.folder = folder
        self.made = _make_folders(folder)
        self.path = os.path.join(folder, f"{_stem(name)}{secrets.token_hex(4)}.partial")
        self.keep = False
        self._lock: int | None = None
        try:
            os.mkdir(self.path)
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
        """Remove the working folder, and the destination's folder where we made it and it stayed empty.

        What cannot be removed stays, and the next creation reports it.
        """
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
    import fcntl

    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


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
        if os.path.isdir(path) and not os.path.islink(path) and not _held(path):
            found.append(path)
    return tuple(found)


def _held(path: str) -> bool:
    if portable():
        return False
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def remove_tree(path: str) -> None:
    """Remove what stands at `path`, however deep, a link as itself. What is gone already is no error.

    Raises `StorageError`.
    """
    try:
        if os.path.islink(path) or not os.path.isdir(path):
            os.unlink(path)
            return
        root = Folder.at(path)
        frames = [(root, _empty(root))]
        while True:
            folder, names = frames[-1]
            if names:
                child = folder.enter(names[-1])
                frames.append((child, _empty(child)))
                continue
            folder.close()
            frames.pop()
            if not frames:
                break
            parent, names = frames[-1]
            parent.remove(names.pop(), is_folder=True)
        os.rmdir(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(
            f"the working folder cannot be removed: {error.strerror}", subject=path, remedy="Remove it by hand"
        ) from error


def _empty(folder: Folder) -> list[str]:
    """Remove all but the folders in `folder`; the names of those."""
    folders: list[str] = []
    others: list[str] = []
    with folder.scan() as entries:
        for entry in entries:
            (folders if entry.is_dir(follow_symlinks=False) else others).append(entry.name)
    for name in others:
        folder.remove(name, is_folder=False)
    return folders
