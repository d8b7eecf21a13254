"""What this machine can do: how many processors it gives this process, and what the file system under a folder can do.

A file system may clone blocks, exchange names, sync as a whole and keep names apart.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import unicodedata
from collections.abc import Iterator

from archive.storage.atomic import exchange_works

Row = tuple[str, bool, str | None, str | None, str | None, str | None]
_FICLONE = 0x40049409


def look_at_storage(folder: str) -> Iterator[Row]:
    """Name, presence, version, detail, purpose and remedy of each ability, tried in a new folder under `folder`.

    Where nothing can be written the one row says so.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".muniment-doctor-", dir=folder) as place:
            yield _row("reflink", _clones(place), "copies without reading, --copy reflink")
            yield _row("exchange", exchange_works(place), "create --in-place")
            yield _row("syncfs", _syncs_whole(place), "makes a bag durable in one call")
            yield _row("hard links", _links(place), "create --in-place")
            yield _row("case", _keeps_apart(place, "name", "NAME"), "names that differ only in case")
            yield _row("normalization", _keeps_both_forms(place), "names that differ only in Unicode normalization")
            free = os.statvfs(place)
            yield "free space", True, None, f"{free.f_bavail * free.f_frsize:,} bytes", None, None
    except OSError as error:
        yield "writing", False, None, error.strerror, "everything", "Run it in a folder that you may write to"


def _row(name: str, present: bool, purpose: str) -> Row:
    return name, present, None, None, purpose, None if present else "Another way is taken, or another file system"


def _clones(folder: str) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    import fcntl

    one, other = (os.path.join(folder, name) for name in ("block", "clone"))
    with open(one, "wb") as source:
        source.write(b"x" * 4096)
    with open(one, "rb") as source, open(other, "wb") as target:
        try:
            fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
        except OSError:
            return False
    return True


def _syncs_whole(folder: str) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return int(ctypes.CDLL(None, use_errno=True).syncfs(descriptor)) == 0
    finally:
        os.close(descriptor)


def _links(folder: str) -> bool:
    path = os.path.join(folder, "linked")
    with open(path, "wb"):
        try:
            os.link(path, path + "2")
        except OSError:
            return False
    return True


def _keeps_apart(folder: str, one: str, other: str) -> bool:
    """Whether both names can exist in one folder, each as itself."""
    before = len(os.listdir(folder))
    for name in (one, other):
        with open(os.path.join(folder, name), "wb"):
            pass
    return len(os.listdir(folder)) == before + 2


def _keeps_both_forms(folder: str) -> bool:
    return _keeps_apart(folder, unicodedata.normalize("NFC", "\u00e9"), unicodedata.normalize("NFD", "\u00e9"))
