"""Reading a far side that is a local folder: regular files only, and never through a link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

from archive.errors import StorageError, from_os_error
from archive.storage.folders import Folder, NotRegularError
from archive.storage.hashing import Digests
from archive.storage.remote import DifferentContentError, NotAFileError
from archive.storage.trail import walk_folders
from archive.targets.protocol import CHUNK

_KINDS = (
    (stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


def read_file(base: str, path: str, subject: str) -> Iterator[bytes]:
    """The bytes of the file `path` below the folder `base`, in chunks; no part of `path` may be a link.

    An empty `path` is the file `base` itself. Raises `NotAFileError`, `NotFoundError`, `StorageError`.
    """
    try:
        descriptor = _open(base, path, subject)
        try:
            while chunk := os.read(descriptor, CHUNK):
                yield chunk
        finally:
            os.close(descriptor)
    except OSError as error:
        raise from_os_error(error, subject) from error


def read_proven(base: str, path: str, subject: str, digest: str) -> Iterator[bytes]:
    """As `read_file`; raises `DifferentContentError` at the end when the bytes do not have this sha512 (hex)."""
    digests = Digests(("sha512",))
    for chunk in read_file(base, path, subject):
        digests.update(chunk)
        yield chunk
    found = digests.hexdigests()[0]
    if found != digest.lower():
        raise DifferentContentError(subject, algorithm="sha512", expected=digest, found=found)


def digest_of(base: str, path: str, algorithm: str) -> str:
    """The digest of a file below `base`, lower-case hex. Raises as `read_file`."""
    digests = Digests((algorithm,))
    for chunk in read_file(base, path, path or base):
        digests.update(chunk)
    return digests.hexdigests()[0]


def walk_files(base: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every entry below the folder `base` that is not a folder: its path and what it is, links as themselves.

    Raises `StorageError`.
    """
    try:
        with Folder.at(base) as root:
            for inside, folder, names in walk_folders(root):
                for name in names:
                    yield inside + name, folder.stat(name)
    except OSError as error:
        raise from_os_error(error, base) from error


def refuse_kind(subject: str, mode: int) -> NotAFileError:
    """The error for what is not a regular file."""
    what = next((name for test, name in _KINDS if test(mode)), "something else")
    return NotAFileError(f"{what} is in its place on the target, and is not followed", subject=subject)


def _open(base: str, path: str, subject: str) -> int:
    """A descriptor of the regular file. Raises OSError, `NotAFileError`."""
    if not path:
        base, path = os.path.split(base)
    *folders, name = path.split("/")
    if os.pardir in folders or name in ("", os.curdir, os.pardir):
        raise StorageError("this name is outside of the deposit", subject=subject)
    at = Folder.at(base or os.curdir)
    try:
        for part in folders:
            try:
                deeper = at.enter(part)
            except OSError:
                mode = at.stat(part).st_mode
                if not stat.S_ISDIR(mode):
                    raise refuse_kind(subject, mode) from None
                raise
            at.close()
            at = deeper
        try:
            descriptor = at.open(name)
        except NotRegularError:
            raise refuse_kind(subject, at.stat(name).st_mode) from None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):
                raise refuse_kind(subject, at.stat(name).st_mode) from None
            raise
    finally:
        at.close()
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise refuse_kind(subject, mode)
    return descriptor
