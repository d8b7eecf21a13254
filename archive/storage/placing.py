"""Giving a file that is known already another place: by a hard link, by sharing its blocks, or by copying its bytes.

Nothing is digested here: who calls knows the digests from a check in the same run. So a file counts only as long as its
status did not change since that check began.
"""

from __future__ import annotations

import errno
import os
import sys
from stat import S_ISREG

from archive.errors import StorageError
from archive.storage.copying import GRAIN
from archive.storage.folders import Folder, portable, write_all

_FICLONE = 0x40049409
_CHUNK = 1 << 20
_TIMES_BY_DESCRIPTOR = os.utime in os.supports_fd
_CANNOT = (
    errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.ETXTBSY, errno.EMLINK,
)  # fmt: skip


class Placer:
    """Puts files into another folder. `way` is "link" (else a copy), "reflink" (or an error), "copy" or "auto".

    "auto" shares blocks where the file system can, and copies elsewhere. `since` is a time of the files' own file
    system in nanoseconds, before they were checked.
    """

    def __init__(self, way: str, since: int) -> None:
        self._way = way
        self._before = since - GRAIN
        self._clones = way in ("auto", "reflink") and sys.platform == "linux" and not portable()

    def place(self, source: Folder, name: str, target: Folder, new_name: str) -> tuple[int, int, bool]:
        """Put the file `name` of `source` into `target` as `new_name`: its size in bytes, its time in nanoseconds, and
        whether it is still as it was checked. If not, the caller digests it again.

        Raises OSError, and `StorageError` where blocks must be shared and cannot be.
        """
        state = None
        if self._way == "link":
            state = source.stat(name)
            if not S_ISREG(state.st_mode):
                raise _not_regular(source, name)
        if state is None or not _link(source, name, target, new_name):
            state = self._copy(source, name, target, new_name)
        return state.st_size, state.st_mtime_ns, state.st_ctime_ns < self._before

    def _copy(self, source: Folder, name: str, target: Folder, new_name: str) -> os.stat_result:
        descriptor = source.open(name)
        out = -1
        try:
            state = os.fstat(descriptor)
            if not S_ISREG(state.st_mode):
                raise _not_regular(source, name)
            out = target.open_new(new_name, 0o600 | state.st_mode & 0o066)
            size = state.st_size
            if not (self._clones and self._clone(descriptor, out, new_name)):
                size = _copy_bytes(descriptor, out, state.st_size)
            place: int | str = out if _TIMES_BY_DESCRIPTOR else os.path.join(target.path, new_name)
            os.utime(place, ns=(state.st_mtime_ns, state.st_mtime_ns))
            if (os.fstat(descriptor).st_ctime_ns, size) != (state.st_ctime_ns, state.st_size):
                raise StorageError(
                    "it changed while it was copied", subject=os.path.join(source.path, name),
                    remedy="Make sure nothing writes to it, then run again",
                )  # fmt: skip
            return state
        finally:
            os.close(descriptor)
            if out >= 0:
                os.close(out)

    def _clone(self, descriptor: int, out: int, name: str) -> bool:
        """Share the blocks, where the file system can; not asked again once it could not."""
        import fcntl

        try:
            fcntl.ioctl(out, _FICLONE, descriptor)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            if self._way == "reflink":
                raise StorageError(
                    "the file system cannot copy by reflink", subject=name, remedy="Set update.unchanged to auto"
                ) from error
            self._clones = False
            return False
        return True


def _copy_bytes(descriptor: int, out: int, size: int) -> int:
    """Copy a file that has `size` bytes: how many it really had. One read takes all of a small file."""
    copied = 0
    while chunk := os.read(descriptor, min(size - copied + 1, _CHUNK)):
        write_all(out, memoryview(chunk))
        copied += len(chunk)
        if copied >= size:
            break
    return copied


def _not_regular(source: Folder, name: str) -> OSError:
    return OSError(errno.EINVAL, "not a regular file", os.path.join(source.path, name))


def _link(source: Folder, name: str, target: Folder, new_name: str) -> bool:
    """A hard link, where the system allows one."""
    try:
        if source.fd is None or target.fd is None:
            os.link(os.path.join(source.path, name), os.path.join(target.path, new_name), follow_symlinks=False)
        else:
            os.link(name, new_name, src_dir_fd=source.fd, dst_dir_fd=target.fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        return False
    return True
