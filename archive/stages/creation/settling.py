"""What has settled in a folder where others put things: looked at time and again, by names, sizes and times.

Something has settled when nothing in it has changed between two looks at least so many seconds apart, and no name in
it is that of a file which is not complete. Only the passing of time is measured, by a clock that cannot be set: the
times of files may come from a server whose clock is wrong, and are only compared with each other.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable

from archive.errors import StorageError, from_os_error
from archive.formats.junk import junk_sort
from archive.formats.partial_names import is_partial_name
from archive.model.light import light_dataclass
from archive.model.watching import Arrival, Readiness


@light_dataclass(frozen=True)
class _Look:
    mark: str
    since: float


class Settling:
    """Remembers earlier looks at `folder`. `seconds` is how long nothing may change; `clock` counts seconds."""

    def __init__(self, folder: str, seconds: float, clock: Callable[[], float], left_out: frozenset[str]) -> None:
        self.folder = folder
        self._seconds = seconds
        self._clock = clock
        self._left_out = left_out
        self._looks: dict[str, _Look] = {}

    def look(self) -> list[Arrival]:
        """What is in the folder now, by name, hidden names and system files left out.

        Raises `StorageError` when the folder itself cannot be read: it may be a share that is away.
        """
        now = self._clock()
        found = []
        looks: dict[str, _Look] = {}
        for name in self._names():
            path = os.path.join(self.folder, name)
            try:
                mark, partial, files = mark_tree(path)
            except OSError as error:
                found.append(Arrival(path, Readiness.UNREADABLE, error.strerror or str(error)))
                continue
            before = self._looks.get(name)
            since = before.since if before is not None and before.mark == mark else now
            looks[name] = _Look(mark, since)
            if partial:
                found.append(Arrival(path, Readiness.PARTIAL, partial))
            elif not files:
                found.append(Arrival(path, Readiness.EMPTY))
            elif before is not None and before.mark == mark and now - since >= self._seconds:
                found.append(Arrival(path, Readiness.SETTLED))
            else:
                found.append(Arrival(path, Readiness.CHANGING))
        self._looks = looks
        return found

    def mark(self, path: str) -> str:
        """The mark of `path` when the folder was last read."""
        look = self._looks.get(os.path.basename(path))
        return "" if look is None else look.mark

    def _names(self) -> list[str]:
        try:
            names = sorted(os.listdir(self.folder))
        except OSError as error:
            raise from_os_error(error, self.folder) from error
        chosen = (name for name in names if not name.startswith(".") and junk_sort(name) is None)
        return [name for name in chosen if os.path.join(self.folder, name) not in self._left_out]


def mark_tree(path: str) -> tuple[str, str, int]:
    """What stands for a file or folder, the names, sizes and times in it; an incomplete name in it, or ""; its files.

    Links are not followed. Raises OSError.
    """
    digest = hashlib.sha256()
    partial = os.path.basename(path) if is_partial_name(os.path.basename(path)) else ""
    files, waiting = 0, [path]
    while waiting:
        place = waiting.pop()
        status = os.lstat(place)
        times = f"{status.st_mode:o} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
        digest.update(os.fsencode(place) + f"\0{times}\0".encode())
        if not stat.S_ISDIR(status.st_mode):
            files += 1
            continue
        names = sorted(os.listdir(place))
        partial = partial or next((name for name in names if is_partial_name(name)), "")
        waiting += [os.path.join(place, name) for name in names]
    return digest.hexdigest(), partial, files


def move_done(source: str, done: str, mark: str) -> str:
    """Move a source of which a bag was made into the folder `done`: its path there.

    Raises `StorageError` when it has changed since `mark` was taken, or cannot be moved by one rename.
    """
    from archive.storage.atomic import put_in_place

    target = os.path.join(done, os.path.basename(source))
    try:
        if mark_tree(source)[0] != mark:
            raise StorageError(
                "it changed while its bag was made, so it stays here", subject=source,
                remedy="Compare it with the bag: archive create --each says what differs",
            )  # fmt: skip
        os.makedirs(done, exist_ok=True)
        put_in_place(source, target)
    except OSError as error:
        raise from_os_error(error, target) from error
    return target
