"""Writing into the seal folder of a bag: a new seal by one rename, an added file by one rename each."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping

from archive.errors import ExistsError, LockedError, StorageError, UsageError, from_os_error
from archive.model.seal import SEAL_FOLDER, folder_of
from archive.storage.atomic import put_in_place, sync_folder
from archive.storage.interrupts import undisturbed
from archive.storage.locks import try_lock
from archive.storage.removing import remove_tree

_LEFTOVER = re.compile(r"\.[0-9]{4}\.partial")


@contextlib.contextmanager
def hold_bag(bag: str) -> Iterator[None]:
    """Keep other sealings of this bag out, and remove what one that was killed has left. Raises `StorageError`."""
    try:
        descriptor = os.open(bag, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise from_os_error(error, bag) from error
    try:
        if not try_lock(descriptor):
            raise LockedError("another process is sealing this bag", subject=bag, remedy="Wait until it has ended")
        _remove_leftovers(bag)
        yield
    finally:
        os.close(descriptor)


def place_seal(bag: str, number: int, files: Mapping[str, bytes]) -> None:
    """Write seal `number`, whole or not at all. `files` are contents by name, of which one level may be a folder.

    Call it while the bag is held. Raises `StorageError`.
    """
    outer = os.path.join(bag, SEAL_FOLDER)
    target = os.path.join(bag, folder_of(number))
    work = _work_folder(bag, number)
    try:
        made = _make_outer(outer)
        try:
            _write_files(work, files)
            with undisturbed():
                put_in_place(work, target)
                sync_folder(outer)
                sync_folder(bag)
        except BaseException:
            with undisturbed():
                remove_tree(work)
                if made:
                    with contextlib.suppress(OSError):
                        os.rmdir(outer)
            raise
    except ExistsError as error:
        raise ExistsError("this seal is already there", subject=target, remedy="Run again") from error
    except OSError as error:
        raise from_os_error(error, outer) from error


def add_files(bag: str, number: int, files: Mapping[str, bytes]) -> None:
    """Add files to seal `number`, the lists of revocations before the stamps. Raises `StorageError`.

    Call it while the bag is held. A file that is there already is never overwritten.
    """
    seal = os.path.join(bag, folder_of(number))
    work = _work_folder(bag, number)
    try:
        try:
            _write_files(work, files)
            with undisturbed():
                for name in sorted(files, key=lambda name: ("/" not in name, name)):
                    place = os.path.join(seal, name)
                    with contextlib.suppress(FileExistsError):
                        if "/" in name:
                            os.mkdir(os.path.dirname(place))
                    put_in_place(os.path.join(work, name), place)
                for folder in {os.path.dirname(os.path.join(seal, name)) for name in files} | {seal}:
                    sync_folder(folder)
        finally:
            with undisturbed():
                remove_tree(work)
    except OSError as error:
        raise from_os_error(error, seal) from error


def _work_folder(bag: str, number: int) -> str:
    return os.path.join(bag, SEAL_FOLDER, f".{number:04d}.partial")


def _make_outer(outer: str) -> bool:
    """Make the folder of all seals; False where it was there. Raises OSError and `UsageError`."""
    try:
        os.mkdir(outer)
    except FileExistsError:
        if stat.S_ISDIR(os.lstat(outer).st_mode):
            return False
        raise UsageError("this is not a folder, so no seal can be stored in it", subject=outer) from None
    return True


def _write_files(work: str, files: Mapping[str, bytes]) -> None:
    """Write a new folder with these files, durably. Raises OSError."""
    os.mkdir(work)
    for folder in sorted({os.path.dirname(name) for name in files if "/" in name}):
        os.mkdir(os.path.join(work, folder))
    for name, content in files.items():
        descriptor = os.open(os.path.join(work, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for folder in sorted({os.path.dirname(name) for name in files}, reverse=True):
        sync_folder(os.path.join(work, folder) if folder else work)


def _remove_leftovers(bag: str) -> None:
    outer = os.path.join(bag, SEAL_FOLDER)
    try:
        if not stat.S_ISDIR(os.lstat(outer).st_mode):
            return
        names = os.listdir(outer)
    except FileNotFoundError:
        return
    except OSError as error:
        raise from_os_error(error, outer) from error
    for name in names:
        if _LEFTOVER.fullmatch(name):
            with contextlib.suppress(StorageError):
                remove_tree(os.path.join(outer, name))
    with contextlib.suppress(OSError):
        os.rmdir(outer)
