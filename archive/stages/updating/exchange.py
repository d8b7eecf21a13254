"""The step in which the new version takes the place of the old one, and what is done with the old one after it.

Both are in one file system and change places in one system call. Before that a note is written beside the new version:
which of the two trees is the new one, and where the old one goes. With it an update that was cut off is finished, or
taken back, by the next one: at no point is a version lost, or a part of one in the bag's place.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from archive.errors import ArchiveError, StorageError, UsageError, from_os_error
from archive.storage.atomic import exchange, exchange_works, put_in_place, sync_folder, sync_tree
from archive.storage.interrupts import undisturbed
from archive.storage.partial import Partial, find_leftovers
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed
from archive.storage.working_folder import require_same

TREE = "tree"
_NOTE = "update.json"


def working_name(name: str) -> str:
    """The name of an update's working folder: not that of a creation, which may remove its own leftovers."""
    return f"{name}.update"


@dataclass(frozen=True, slots=True)
class Resting:
    """Where the old version goes: `path`, or nowhere when it is dropped. `folder` is made when it is not there."""

    path: str | None

    def prepare(self, bag: str) -> None:
        """Make the folder, and refuse one where old versions may not be kept. Raises `UsageError`, `StorageError`."""
        if self.path is None:
            return
        folder = os.path.dirname(self.path)
        if os.path.realpath(folder) == os.path.realpath(os.path.dirname(bag)):
            raise UsageError(
                "an old version is never kept among the bags", subject=folder,
                remedy="Set update.keep_old to another folder, or drop the old version with --discard-old",
            )  # fmt: skip
        refuse_sealed(folder, remedy="with update.keep_old")
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise from_os_error(error, folder) from error


def resting_place(folder: str, name: str, version: int) -> Resting:
    """A free place for version `version` of the bag `name` in `folder`."""
    path, number = os.path.join(folder, f"{name}.v{version}"), 1
    while os.path.lexists(path):
        number += 1
        path = os.path.join(folder, f"{name}.v{version}-{number}")
    return Resting(path)


def require_exchange(partial: Partial, bag: str) -> None:
    """Raise `StorageError` where two names cannot be exchanged in one step."""
    try:
        if exchange_works(partial.path):
            return
    except OSError as error:
        raise from_os_error(error, bag) from error
    raise StorageError(
        "this file system cannot exchange two names in one step, so an update would not be safe", subject=bag,
        remedy="Copy the bag to another file system and update it there",
    )  # fmt: skip


def put_new_version(bag: str, partial: Partial, identity: tuple[int, int], resting: Resting) -> None:
    """Put the tree in `partial` in the place of the bag, which must still be the folder `identity`.

    Raises `StorageError`; then the old version is in its place, unless the message says otherwise.
    """
    tree = partial.file(TREE)
    try:
        state = os.stat(tree)
        copied = _copy_away(bag, resting)
        sync_tree(partial.path)
        _write_note(partial.file(_NOTE), (state.st_dev, state.st_ino), resting.path)
        sync_folder(partial.path)
        require_same(bag, identity)
        with undisturbed():
            exchange(bag, tree)
            partial.keep = True
        sync_folder(os.path.dirname(bag))
    except OSError as error:
        raise from_os_error(error, bag) from error
    _settle(tree, resting, copied)
    partial.keep = False


def _write_note(path: str, identity: tuple[int, int], kept: str | None) -> None:
    note = {"new": list(identity), "kept": None if kept is None else os.fsencode(kept).hex()}
    with open(f"{path}.part", "x", encoding="ascii") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{path}.part", path)


def _copy_away(bag: str, resting: Resting) -> Partial | None:
    """A copy of the old version on the file system where it will be kept, when that is a different one.

    The copy is not yet in place. It is validated in full before anything else is done. Raises `StorageError`.
    """
    if resting.path is None:
        return None
    folder = os.path.dirname(resting.path)
    if os.stat(folder).st_dev == os.stat(bag).st_dev:
        return None
    from archive.stages.updating.copying import copy_bag

    partial = Partial(folder, working_name(os.path.basename(resting.path)))
    try:
        copy_bag(bag, partial.file(TREE))
        sync_tree(partial.path)
    except BaseException:
        partial.close()
        raise
    return partial


def _settle(tree: str, resting: Resting, copied: Partial | None) -> None:
    """Put the old version, which is at `tree` now, where it is kept, or remove it. Raises `StorageError`."""
    try:
        if resting.path is not None:
            put_in_place(tree if copied is None else copied.file(TREE), resting.path)
            sync_folder(os.path.dirname(resting.path))
        if resting.path is None or copied is not None:
            remove_tree(tree)
    except (OSError, ArchiveError) as error:
        words = error.problem if isinstance(error, ArchiveError) else error.strerror or str(error)
        raise StorageError(
            f"the new version is in its place, but the old one could not be put away and is still at {tree}: {words}",
            subject=resting.path or tree,
            remedy="Correct this; the next archive update of the bag finishes it",
        ) from error
    finally:
        if copied is not None:
            copied.close()


def finish_interrupted(bag: str, name: str) -> tuple[bool, str | None]:
    """Finish or take back updates of this bag that were cut off: whether a new version had taken its place, and where
    the old one was put. Raises `StorageError`."""
    had_happened, kept = False, None
    for path in find_leftovers(os.path.dirname(bag), working_name(name)):
        tree = os.path.join(path, TREE)
        note = _read_note(os.path.join(path, _NOTE))
        if note is not None and os.path.isdir(tree):
            state = os.stat(tree)
            if (state.st_dev, state.st_ino) != note[0]:
                had_happened, kept = True, note[1]
                _put_away(tree, Resting(note[1]))
        remove_tree(path)
    return had_happened, kept


def _put_away(tree: str, resting: Resting) -> None:
    """As `_settle`, for a tree whose copy, if there was to be one, may or may not have been finished."""
    copied = None
    if resting.path is not None:
        if os.path.lexists(resting.path):
            remove_tree(tree)
            return
        os.makedirs(os.path.dirname(resting.path), exist_ok=True)
        copied = _copy_away(tree, resting)
    _settle(tree, resting, copied)


def _read_note(path: str) -> tuple[tuple[int, int], str | None] | None:
    try:
        with open(path, encoding="ascii") as file:
            note = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StorageError(f"the note of an interrupted update cannot be read: {error}", subject=path) from error
    device, inode = note["new"]
    kept = note["kept"]
    return (int(device), int(inode)), None if kept is None else os.fsdecode(bytes.fromhex(kept))
