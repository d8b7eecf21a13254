"""Removing whole trees: inside open folders, so that nothing outside is ever reached through a link."""

from __future__ import annotations

import os

from archive.errors import StorageError
from archive.storage.folders import Folder
from archive.storage.trail import Trail


def remove_tree(path: str) -> None:
    """Remove what is at `path`, however deep, a link as itself. What is gone already is not an error.

    Raises `StorageError`.
    """
    try:
        if os.path.islink(path) or not os.path.isdir(path):
            os.unlink(path)
            return
        with Folder.at(path) as root:
            _empty_deeply(root)
        os.rmdir(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(
            f"the working folder cannot be removed: {error.strerror}", subject=path, remedy="Remove it by hand"
        ) from error


def _empty_deeply(root: Folder) -> None:
    """Remove everything in `root`."""
    trail = Trail(root)
    pending = [_empty(root)]
    try:
        while pending:
            if pending[-1]:
                pending.append(_empty(trail.enter(pending[-1][-1])))
                continue
            pending.pop()
            if pending:
                trail.leave().remove(pending[-1].pop(), is_folder=True)
    finally:
        trail.close()


def _empty(folder: Folder) -> list[str]:
    """Remove all but the folders in `folder`; the names of those."""
    folders: list[str] = []
    others: list[str] = []
    with folder.scan() as entries:
        for entry in entries:
            (folders if entry.is_dir(follow_symlinks=False) else others).append(entry.name)
    for name in others:
        folder.remove(name, is_folder=False)
    return folders
