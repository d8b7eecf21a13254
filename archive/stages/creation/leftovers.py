"""What an interrupted run left behind: put back or removed, where that is asked for, and named where it is not."""

from __future__ import annotations

import os
from collections.abc import Sequence

from archive.errors import StorageError, UsageError
from archive.stages.creation.in_place import find_interrupted, holds_source, put_back
from archive.storage.partial import find_leftovers
from archive.storage.removing import remove_tree


def put_back_interrupted(sources: Sequence[str], *, clean: bool) -> None:
    """Put back the folder of a run with --in-place that was cut off, if `clean`. Raises `StorageError` otherwise."""
    for source in sources:
        partial = find_interrupted(source)
        if partial is None:
            continue
        if not clean:
            raise StorageError(
                "an earlier --in-place was interrupted in its last step; the folder is whole and this path leads to it",
                subject=source,
                remedy="Restore it and continue with --clean-partial",
            )
        put_back(source, partial)


def with_leftovers(error: UsageError, sources: Sequence[str], *, clean: bool) -> UsageError:
    """The refusal of --in-place, with what an earlier run left beside the folder: named, or removed if `clean`.

    A run that was killed after the exchange leaves a finished bag, which is refused, and its working folder.
    """
    left = [path for source in sources for path in find_leftovers(*os.path.split(os.path.abspath(source)))]
    if not left:
        return error
    if clean:
        clean_leftovers(left)
    said = "was removed" if clean else "is still there"
    return UsageError(
        f"{error.problem}; the working folder of an earlier run, {', '.join(left)}, {said}",
        subject=error.subject,
        remedy=error.remedy if clean else "Remove that with --clean-partial",
    )


def clean_leftovers(leftovers: Sequence[str]) -> None:
    """Remove the working folders of earlier runs. Raises `StorageError` for one that holds a source."""
    for path in leftovers:
        if holds_source(path):
            raise StorageError(
                "this working folder holds a source folder and is not removed", subject=path, remedy="Examine it first"
            )
        remove_tree(path)
