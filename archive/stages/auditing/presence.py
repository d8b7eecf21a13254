"""Is a location there, and is it the one that was there before? Asked by workers and by a process of its own.

Light to import: that process is started for every location of every audit.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError, NotFoundError, StorageError
from archive.model.addresses import is_bucket, is_remote, join_address

if TYPE_CHECKING:
    from archive.bags.deposit_reader import ReadsInPlace

NO_FOLDER = "no such folder; it may not be mounted"


def location_identity(root: str, options: Mapping[str, Any]) -> str:
    """What tells this location from another in the same place. Raises OSError or `ArchiveError` when it is away."""
    if is_remote(root):
        _ask_server(root, options, ())
        return remote_identity(root)
    status = os.stat(root)
    return f"{status.st_dev:x}:{status.st_ino:x}:{_file_system(root):x}"


def remote_identity(root: str) -> str:
    """The identity of a location that is reached by a URL: that URL says already which it is."""
    return "s3" if is_bucket(root) else "target"


def why_away(root: str, identity: str, named: bool, places: Sequence[str], options: Mapping[str, Any]) -> str | None:
    """Why the location cannot be reached, or None when it is there. `places` are bags that should be in it.

    An empty `identity` is that of a location which has not been seen before.
    """
    try:
        if is_remote(root):
            _ask_server(root, options, places)
            return None
        current = location_identity(root, options)
        with os.scandir(root) as entries:
            empty = next(entries, None) is None
    except FileNotFoundError:
        return NO_FOLDER
    except NotADirectoryError:
        return "it is not a folder"
    except OSError as error:
        return error.strerror or type(error).__name__
    except ArchiveError as error:
        return error.problem
    same = not identity or is_same(current, identity)
    if empty and (named or not same):
        return "it is empty; perhaps it is not mounted"
    if same or any(os.path.lexists(path_on_disk(join_address(root, place))) for place in places):
        return None
    return "a different folder or file system is there, with none of these bags in it"


def path_on_disk(address: str) -> str:
    """The path of a local bag; that of the object for a version of an OCFL object, OBJECT#vN."""
    folder, mark, version = address.rpartition("#v")
    return folder if mark and version.isdigit() and not os.path.lexists(address) else address


def is_same(current: str, known: str) -> bool:
    """True when both identities are of one folder; device numbers may change when a disk is mounted again."""
    if current == known:
        return True
    one, other = current.split(":"), known.split(":")
    return len(one) == len(other) == 3 and one[1:] == other[1:] and one[2] != "0"


def _file_system(root: str) -> int:
    return os.statvfs(root).f_fsid if hasattr(os, "statvfs") else 0


def _ask_server(root: str, options: Mapping[str, Any], places: Sequence[str]) -> None:
    if is_bucket(root):
        _ask_bucket(root, options)
    else:
        _ask_target(root, options, places)


def _ask_bucket(root: str, options: Mapping[str, Any]) -> None:
    from archive.storage.objects_s3 import open_bucket

    bucket = open_bucket(root, options, name=str(options.get("name", "s3")))
    next(bucket.list_objects(bucket.prefix), None)


def _ask_target(root: str, options: Mapping[str, Any], places: Sequence[str]) -> None:
    """Raise `ArchiveError` when the target does not answer, or when there is none of `places` and nothing else."""
    from archive.bags.deposit_reader import ReadsInPlace
    from archive.bags.opening import require_place
    from archive.model.deposit import Package

    target = require_place(root, options).open()
    try:
        if not isinstance(target, ReadsInPlace):
            target.check(Package("", "", "", "", (), 0))
        elif not (places and _is_there(target, places[0])) and target.is_empty():
            raise StorageError("it does not exist or is empty; its disk may not be mounted on the server", subject=root)
    finally:
        target.close()


def _is_there(target: ReadsInPlace, identifier: str) -> bool:
    """Whether the target has this deposit: cheaper to ask than whether it has any."""
    from archive.storage.remote import NotAFileError

    try:
        return next(iter(target.list_files(identifier)), None) is not None
    except (NotFoundError, NotAFileError):
        return False
