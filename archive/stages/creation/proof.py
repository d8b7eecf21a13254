"""The proof on the finished bag, before creation says done: the validator's, at any size.

Nothing here compares with what the writer wrote, and nothing is shared with it: manifests and tag files are read by the
code that reads every other bag.
"""

from __future__ import annotations

import os
from dataclasses import replace

from archive.errors import SourceError, from_os_error
from archive.model.build import Progress
from archive.model.creation import Plan
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.storage.copying import GRAIN
from archive.storage.folders import Folder

MANY = 20_000
LARGE = 1 << 30
"""A bag made in place of more files or more bytes than these is not read a second time."""


def prove_before_exchange(source: str, bag: str, visited: str, since: int, planned: Plan) -> None:
    """The proof for a bag whose payload is the source itself, before the two change places: no file came or went.

    A folder whose status did not change since `since` (nanoseconds, by the clock of this file system) had none come or
    go; where one did change, the manifests are compared with the tree. `visited` is the file that lists the folders.
    Raises `SourceError` when the source changed, and `StorageError`.
    """
    try:
        if _unchanged(source, visited, since - GRAIN):
            return
        from archive.stages.validation.bags.in_manifest_order import differs

        if differs(bag, source, planned.algorithms):
            raise SourceError(
                "files were added or removed while the bag was made",
                subject=source,
                remedy="Make sure nothing writes to it, then run again",
            )
    except OSError as error:
        raise from_os_error(error, bag) from error


def _unchanged(source: str, visited: str, before: int) -> bool:
    """True when no visited folder's status changed at or after `before`."""
    with Folder.at(source) as top, open(visited, "rb") as listing:
        rest = b""
        while chunk := listing.read(1 << 16):
            *paths, rest = (rest + chunk).split(b"\0")
            for path in paths:
                try:
                    state = os.stat(os.fsdecode(path) or os.curdir, dir_fd=top.fd, follow_symlinks=False)
                except OSError:
                    return False
                if state.st_ctime_ns >= before:
                    return False
    return True


def judge_finished_bag(
    path: str, planned: Plan, settings: Settings, progress: Progress, *, digested_in_place: int | None = None
) -> ValidationReport:
    """The judgement on the finished bag at `path`, a folder or an archive, reported as the bag it will be.

    `digested_in_place` is the size in bytes of a payload that was digested where it is. When that is large, or the
    files are many, they are not read again: they must be there, the tag files are read, and the verdict says no more
    than "complete". Everything else is judged in full. Raises `ArchiveError`.
    """
    from archive.stages.validation.bags.bag import validate_bag

    read = digested_in_place is None or (planned.files <= MANY and digested_in_place <= LARGE)
    report = validate_bag(
        path,
        depth=Depth.FULL if read else Depth.COMPLETE,
        read_tags=True,
        profile=planned.profile or None,
        settings=settings,
        progress=progress,
        label="validation",
    )
    return replace(report, subject=planned.target)
