"""When the originals in a bag were last modified: a fact of the source that its copies keep wherever they go.

A bag in a folder has the times on its files; one in an archive, or one that came back from a repository, has them in
its PREMIS record, to the second.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable

from archive.bags.contents import BagReading, open_bag
from archive.bags.opening import container_of
from archive.errors import ArchiveError
from archive.formats.bagpath import unsafe_reason
from archive.formats.premis_times import read_times
from archive.formats.xml_safety import XmlRefusedError
from archive.model.audit import Container

PREMIS = "metadata/preservation/premis.xml"
_SECOND = 1_000_000_000


def originals_of(source: BagReading) -> str:
    """The folder of a bag whose files are as they were received: data/original where a record says so, else data."""
    return "data/original" if source.has(PREMIS) else "data"


def times_of(source: BagReading) -> Callable[[str], int | None]:
    """What tells the modification time, in nanoseconds since the epoch, of the original at a bag path that has one."""
    front = originals_of(source) + "/"
    if container_of(source.reader) is not Container.FOLDER:
        recorded = _recorded(source)

        def from_record(path: str) -> int | None:
            seconds = recorded.get(path) if path.startswith(front) else None
            return None if seconds is None else seconds * _SECOND

        return from_record

    def from_file(path: str) -> int | None:
        if not path.startswith(front):
            return None
        try:
            return os.lstat(os.path.join(source.subject, path)).st_mtime_ns
        except OSError:
            return None

    return from_file


def restore_times(bag: str) -> int:
    """Give the originals of the bag in the folder `bag` the times that its PREMIS record has; the number of files.

    A record that cannot be read, or a file that is not there, changes nothing: times do not affect validity.
    """
    try:
        with open_bag(bag) as source:
            recorded = _recorded(source)
    except (ArchiveError, OSError):
        return 0
    done = 0
    for path, seconds in recorded.items():
        if not path.startswith("data/original/") or unsafe_reason(os.fsencode(path)) is not None:
            continue
        place = os.path.join(bag, path)
        with contextlib.suppress(OSError, OverflowError):
            if stat.S_ISREG(os.lstat(place).st_mode):
                os.utime(place, (seconds, seconds))
                done += 1
    return done


def _recorded(source: BagReading) -> dict[str, int]:
    if not source.has(PREMIS):
        return {}
    try:
        return dict(read_times(source.reader.stream_tag(PREMIS.encode()), PREMIS))
    except XmlRefusedError:
        return {}
