"""A whole bag copied to another file system, and proven there."""

from __future__ import annotations

import os

from archive.errors import StorageError, from_os_error
from archive.storage.folders import Folder
from archive.storage.placing import Placer
from archive.storage.trail import Trail


def copy_bag(source: str, target: str) -> None:
    """Copy the bag at `source` to the new folder `target`, seals and unlisted files as well, and validate the copy.

    Raises `StorageError`, also when the copy is not what its manifests say.
    """
    from archive.stages.validation.bags.bag import validate_bag

    placer = Placer("copy", 0)
    try:
        with (
            Folder.at(source) as top,
            Folder.at(os.path.dirname(target)) as above,
            above.make(os.path.basename(target), top.mode() | 0o700) as new,
        ):
            _copy_folder(top, new, placer)
    except OSError as error:
        raise from_os_error(error, source) from error
    report = validate_bag(target)
    if report.errors:
        raise StorageError(f"the copy of the old version is {report.verdict}", subject=target)


def _copy_folder(source: Folder, target: Folder, placer: Placer) -> None:
    from_trail, to_trail = Trail(source), Trail(target)
    pending = [_copy_files(source, target, placer)]
    try:
        while pending:
            if not pending[-1]:
                pending.pop()
                if pending:
                    from_trail.leave()
                    to_trail.leave()
                continue
            name = pending[-1].pop()
            inner = from_trail.enter(name)
            pending.append(_copy_files(inner, to_trail.make(name, inner.mode() | 0o700), placer))
    finally:
        from_trail.close()
        to_trail.close()


def _copy_files(source: Folder, target: Folder, placer: Placer) -> list[str]:
    """Copy the files of one folder; the names of its folders."""
    folders = []
    with source.scan() as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                placer.place(source, entry.name, target, entry.name)
    return folders
