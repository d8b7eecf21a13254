"""Opening a file that someone names: never waiting for one, as a pipe makes its reader wait."""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: str | bytes) -> BinaryIO:
    """The regular file at `path`, links followed, open for reading. Raises OSError, for anything else too."""
    stream = os.fdopen(os.open(path, _FLAGS | getattr(os, "O_CLOEXEC", 0)), "rb")
    mode = os.fstat(stream.fileno()).st_mode
    if stat.S_ISREG(mode):
        return stream
    stream.close()
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "not a regular file", path)
