"""All or nothing: names that change in one step, and bytes that are on the disk before they do.

Renames that must not replace, or must exchange, are one system call (`renameat2` on Linux, `renameatx_np` on macOS).
Where the system or the file system lacks the first, a link or a checked rename replaces it; nothing replaces the
exchange.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import stat
import sys
import time
from collections.abc import Iterable
from typing import Any

from archive.errors import ArchiveError, ExistsError, PermissionDeniedError, StorageError, UsageError, from_os_error
from archive.storage.folders import portable
from archive.storage.sealed import refuse_sealed

_NOREPLACE, _EXCHANGE = 1, 2
_MAC_SWAP, _MAC_EXCL = 2, 4
_HERE = -100
_PATIENCE = 10.0
"""How long to wait for a program that reads from a named pipe, in seconds."""
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
    one, other = (os.path.join(folder, f"try-{os.urandom(4).hex()}") for _ in range(2))
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


def put_in_place(source: str, target: str) -> None:
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
        "it already exists, and nothing is overwritten", subject=target, remedy="Choose another --name or --to"
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


def write_output(
    path: str,
    content: Iterable[bytes],
    *,
    replace: bool = False,
    mode: int = 0o666,
    remedy: str = "Choose another name",
) -> None:
    """Write a file that the user named, whole or not at all; `content` is taken in pieces.

    A regular file appears in one step, over an older one only with `replace`, and nothing is left of one that could not
    be finished. A symbolic link stays, and what it leads to is written. A pipe or character device stays too, and gets
    the bytes. `mode` is that of a new file, before the umask; `remedy` is what
    to do about a file that is there already. Raises `ExistsError`, `NoSpaceError` and other
    `StorageError`, and `UsageError` for what cannot be written to.
    """
    try:
        if _is_stream(path):
            _write_stream(path, content)
            return
        _write_beside(_behind_links(path), content, replace=replace, mode=mode)
    except ExistsError as error:
        raise ExistsError(error.problem, subject=path, remedy=remedy) from error
    except ArchiveError:
        raise
    except BrokenPipeError as error:
        raise StorageError("the program that read from this pipe has ended", subject=path) from error
    except OSError as error:
        raise from_os_error(error, path) from error


def _is_stream(path: str) -> bool:
    """Whether bytes are to go into what is there already. Raises OSError and `UsageError`."""
    try:
        kind = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(kind):
        raise UsageError("this is a folder, not a file", subject=path, remedy="Name a file in it")
    if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):
        return True
    if not stat.S_ISREG(kind):
        raise UsageError("only files, pipes and character devices are written to", subject=path)
    return os.path.abspath(path).startswith(("/dev/", "/proc/")) and os.path.islink(path)  # such as /dev/stdout


def _write_stream(path: str, content: Iterable[bytes]) -> None:
    """Write into the pipe or device at `path`, once something reads from it."""
    until = time.monotonic() + _PATIENCE
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0)
    while True:
        try:
            descriptor = os.open(path, flags)
            break
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > until:
                raise StorageError("no program reads from this pipe", subject=path) from error
            time.sleep(0.05)
    os.set_blocking(descriptor, True)
    with open(descriptor, "wb") as stream:
        for piece in content:
            stream.write(piece)


def _behind_links(path: str) -> str:
    """The path of the file itself. Raises `PermissionDeniedError` for a link that another user may have planted."""
    if not os.path.islink(path):
        return path
    folder, link = os.stat(os.path.dirname(os.path.abspath(path))), os.lstat(path)
    if os.name == "posix" and folder.st_mode & stat.S_IWOTH and link.st_uid not in (os.geteuid(), 0):
        raise PermissionDeniedError(
            "this link belongs to another user, in a folder that everyone can write to", subject=path
        )
    return os.path.realpath(path)


def _write_beside(path: str, content: Iterable[bytes], *, replace: bool, mode: int) -> None:
    """Write a working file beside `path`, then give it that name. Raises OSError and `ExistsError`."""
    refuse_sealed(os.path.dirname(os.path.abspath(path)), shown=path, remedy="")
    if not replace and os.path.lexists(path):
        raise _taken(path)
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(os.stat(path).st_mode)
    write_whole(path, content, replace=replace, mode=mode)


def write_whole(path: str, content: Iterable[bytes], *, replace: bool, mode: int = 0o666) -> None:
    """Write a regular file that appears in one step and is durable; `mode` is before the umask.

    What the user named goes through `write_output`. Raises OSError, and `ExistsError` without `replace`.
    """
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name[:40]}.{os.urandom(4).hex()}.part")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
        with open(descriptor, "wb") as file:
            for piece in content:
                file.write(piece)
            file.flush()
            os.fsync(descriptor)
        if replace:
            os.replace(beside, path)
        else:
            put_in_place(beside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise
    if os.name != "nt":
        sync_folder(folder or ".")
