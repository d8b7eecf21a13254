"""The folder beside a bag in which a repair prepares files: interrupted, it leaves the old or the new file, no part.

A new file is written and synced here and only then renamed over the old one, which a hard link keeps beside. The
workbench also says what the repair was about to do, so that the next one can record in the ledger what was done. There
is one workbench a bag: it keeps two repairs apart.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.errors import LockedError, UsageError, from_os_error
from archive.regular_files import open_regular
from archive.stages.auditing.owner import is_dead_owner, owner_name
from archive.storage.atomic import sync_folder

Writer = Callable[[Callable[[bytes], object]], None]
"""Writes a file's bytes by calling what it is given."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """The open workbench of a repair of the bag at `bag`; the old files are kept in the folder `kept`."""

    bag: str
    folder: str
    kept: str

    def replace(self, path: str, write: Writer, *, keep: bool) -> None:
        """Put what `write` gives in the place of the bag's file `path`; with `keep` the old one stays in `kept`.

        Raises `UsageError` when a link is on the way, `StorageError`, and what `write` raises.
        """
        target = os.path.join(self.bag, path)
        _refuse_links(self.bag, path)
        new = os.path.join(self.folder, "new")
        try:
            with open(new, "wb") as file:
                write(file.write)
                file.flush()
                os.fsync(file.fileno())
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if keep:
                _keep(target, os.path.join(self.kept, path))
            os.replace(new, target)
            sync_folder(os.path.dirname(target))
        except OSError as error:
            raise from_os_error(error, target) from error

    def clear(self) -> None:
        """Take the workbench away: the ledger knows what was done."""
        with contextlib.suppress(OSError):
            _clear(self.folder)


def place_of(bag: str) -> str:
    """The path of a bag's workbench."""
    above, _slash, name = bag.rstrip("/").rpartition("/")
    return f"{above}/.{name}.muniment-repair"


def set_up(bag: str, kept: str, paths: Sequence[str]) -> Workbench:
    """Begin a repair of these files. Raises `LockedError` when another one is at work, `UsageError`, `StorageError`."""
    folder = place_of(bag)
    try:
        if os.stat(bag).st_dev != os.stat(os.path.dirname(bag.rstrip("/")) or "/").st_dev:
            raise UsageError(
                "the bag is a disk of its own: nothing can be put in place in one step there", subject=bag,
                remedy="Copy the bag into a folder, record that with archive holdings move, and repair it there",
            )  # fmt: skip
        if unfinished_paths(bag) is not None:
            _clear(folder)
        os.mkdir(folder)
        with open(os.path.join(folder, "journal.part"), "x", encoding="ascii") as file:
            json.dump({"owner": owner_name(), "paths": list(paths)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(os.path.join(folder, "journal.part"), os.path.join(folder, "journal"))
        sync_folder(folder)
    except OSError as error:
        raise from_os_error(error, folder) from error
    return Workbench(bag, folder, kept)


def unfinished_paths(bag: str) -> list[str] | None:
    """What a repair that was cut off was about to replace; None when there was none.

    Raises `LockedError` when it may still be at work.
    """
    folder = place_of(bag)
    if not os.path.isdir(folder):
        return None
    told: object = None
    journal = os.path.join(folder, "journal")
    with contextlib.suppress(OSError, ValueError, RecursionError), open_regular(journal) as file:
        told = json.loads(file.read())
    owner, paths = (told.get("owner"), told.get("paths")) if isinstance(told, dict) else ("", [])
    if owner and not is_dead_owner(str(owner)):
        raise LockedError(
            "another repair of this bag is running", subject=bag,
            remedy=f"Wait for it to end; if it ran on a machine that is gone, remove {folder}",
        )  # fmt: skip
    return [str(path) for path in paths] if isinstance(paths, list) else []


def clear_left(bag: str) -> None:
    """Take away the workbench of a repair that was cut off when all was done. Raises `LockedError`."""
    if unfinished_paths(bag) is not None:
        with contextlib.suppress(OSError):
            _clear(place_of(bag))


def _clear(folder: str) -> None:
    """Remove what the workbench itself made, and nothing else. Raises OSError."""
    for name in ("new", "journal.part", "journal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))
    os.rmdir(folder)


def _keep(target: str, aside: str) -> None:
    """Keep the old file under another name, without ever taking it away from its own."""
    os.makedirs(os.path.dirname(aside), exist_ok=True)
    try:
        os.link(target, aside, follow_symlinks=False)
    except FileExistsError:
        return
    except OSError:
        part = f"{aside}.part"
        shutil.copy2(target, part, follow_symlinks=False)
        os.replace(part, aside)
    sync_folder(os.path.dirname(aside))


def _refuse_links(bag: str, path: str) -> None:
    """No folder on the way may be a link: a repair writes inside the bag and nowhere else."""
    at = bag
    for part in path.split("/")[:-1]:
        at = os.path.join(at, part)
        if os.path.islink(at):
            raise UsageError("a link is where a folder of the bag should be", subject=at)
