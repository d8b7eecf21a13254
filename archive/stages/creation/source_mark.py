"""What stands for a source and the bag made of it: the names, sizes and times of files. No file is read for it.

Two equal marks mean that nothing was touched in between, for the system sets a file's time of change (st_ctime)
whatever else is set by hand. Unequal marks mean nothing: then the files are compared by digest.
"""

from __future__ import annotations

import hashlib
import os

from archive.errors import from_os_error
from archive.settings import Settings
from archive.stages.creation.already_made import described_roots, source_files
from archive.stages.creation.destination import Destination

_COARSE = 3_000_000_000
"""Some file systems keep times to two seconds: what changed so recently, in ns, may change again with the same time."""


def mark_source(
    where: Destination, settings: Settings, table: bytes | None, *, plain: bool, now: int | None = None
) -> str | None:
    """The mark of a source with its description. None where a file changed so shortly before `now`, in ns, that a later
    change might not show. Raises `StorageError`.
    """
    digest = hashlib.sha256(b"muniment source 1\0" + (b"plain" if plain else b"full"))
    digest.update(b"\0" if table is None else hashlib.sha256(table).digest())
    newest = 0
    try:
        for name, path in source_files(where, settings, plain=plain):
            newest = max(newest, _take(digest, name, path))
        for root in described_roots(where, plain=plain):
            digest.update(os.fsencode(os.path.realpath(root.path)) + b"\0")
            front = root.path if root.is_folder else os.path.dirname(root.path)
            for name in sorted(root.beside):
                newest = max(newest, _take(digest, name, os.path.join(front, name)))
    except OSError as error:
        raise from_os_error(error, where.roots[0].path) from error
    return None if now is not None and newest > now - _COARSE else digest.hexdigest()


def mark_bag(source: str, target: str) -> str | None:
    """The mark of a source together with the bag that is at `target`; None where there is none."""
    try:
        status = os.stat(target)
    except OSError:
        return None
    return f"{source}:{status.st_ino:x}:{status.st_mtime_ns:x}"


def _take(digest: hashlib._Hash, name: str, path: str) -> int:
    status = os.stat(path)
    times = status.st_mtime_ns, status.st_ctime_ns
    digest.update(os.fsencode(name) + f"\0{status.st_size}\0{times[0]}\0{times[1]}\0".encode())
    return max(times)
