"""Where bags stand: addresses, and whether a location can be reached at all.

A disk that is not mounted leaves an empty folder or none; that says nothing about the files on it. So each location has
an identity (file system and folder), and an empty or exchanged folder counts as away, never as files that are missing.
A mount whose server is gone may not answer at all, and a process that asks it cannot be ended by anything: so the
driver itself never asks a local location; a process of its own does, with a time limit.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import archive
from archive.config import Settings
from archive.errors import ArchiveError, UsageError
from archive.model.audit import join_address

NO_FOLDER = "there is no such folder; perhaps it is not mounted"
_AWAY = {
    errno.ENOTCONN, errno.ESTALE, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENODEV, errno.ENXIO, errno.ETIMEDOUT,
    errno.ENETUNREACH, errno.ECONNREFUSED, errno.ECONNRESET, errno.ENOMEDIUM,
}  # fmt: skip


def is_remote(address: str) -> bool:
    """True for an s3:// URL."""
    return address.startswith("s3://")


def absolute_address(text: str, folder: str) -> str:
    """`text` as the ledger writes it: an s3:// URL without a slash at its end, or an absolute path."""
    if is_remote(text):
        return text.rstrip("/")
    if "://" in text:
        raise UsageError("only paths and s3:// addresses can be held", subject=text[:200])
    return os.path.abspath(os.path.join(folder, text))


def split_address(address: str, settings: Settings, name: str | None) -> tuple[str, str, str, bool]:
    """The location's name and root, the bag's place in it, and whether archive.toml names that location.

    `name` asks for one location of archive.toml; without, the one with the longest root that holds `address`, else the
    folder around the bag. Raises `UsageError`.
    """
    named = {
        key: absolute_address(str(table["root"]), settings.folder)
        for key, table in settings.locations.items()
        if isinstance(table.get("root"), str)
    }
    if name is not None:
        if name not in named:
            raise UsageError(
                "there is no such location with a root", subject=name,
                remedy=f'Write [locations.{name}] with root = "..." in archive.toml',
            )  # fmt: skip
        named = {name: named[name]}
    holding = [(len(root), key, root) for key, root in named.items() if _is_under(address, root)]
    if holding:
        _length, key, root = max(holding)
        return key, root, address[len(root) :].strip("/"), True
    if name is not None:
        raise UsageError(f"it is not in the location {name}", subject=address)
    root, _slash, place = address.rpartition("/")
    return root or "/", root or "/", place, False


def location_options(settings: Settings, name: str) -> Mapping[str, Any]:
    """What archive.toml says about the location, without its root: endpoint, region and the like of a bucket."""
    return {key: value for key, value in settings.locations.get(name, {}).items() if key != "root"}


def identify(root: str, options: Mapping[str, Any]) -> str:
    """What tells this location from another in the same place. Raises OSError or `ArchiveError` when it is away."""
    if is_remote(root):
        _ask_bucket(root, options)
        return "s3"
    status = os.stat(root)
    return f"{status.st_dev:x}:{status.st_ino:x}:{_file_system(root):x}"


def why_away(root: str, identity: str, named: bool, places: Sequence[str], options: Mapping[str, Any]) -> str | None:
    """Why the location cannot be reached, or None when it is there. `places` are bags that should stand in it.

    An empty `identity` is that of a location which nobody has seen before.
    """
    try:
        current = identify(root, options)
        if is_remote(root):
            return None
        with os.scandir(root) as entries:
            empty = next(entries, None) is None
    except FileNotFoundError:
        return NO_FOLDER
    except NotADirectoryError:
        return "it is no folder"
    except OSError as error:
        return error.strerror or type(error).__name__
    except ArchiveError as error:
        return error.problem
    same = not identity or is_same(current, identity)
    if empty and (named or not same):
        return "it is empty; perhaps it is not mounted"
    if same or any(os.path.lexists(join_address(root, place)) for place in places):
        return None
    return "another folder or file system stands there, with none of these bags in it"


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking a location: why it is away, or else its identity now."""

    reason: str | None
    identity: str = ""


def probe_location(
    root: str, identity: str, named: bool, places: Sequence[str], options: Mapping[str, Any], *, seconds: float,
    touch: Sequence[str] = (),
) -> Probe:  # fmt: skip
    """Ask a location whether it is there, for at most so many seconds. It may hang; we do not.

    `touch` are bags in it that must answer as well, for each may be a disk of its own. A bucket is asked here, for its
    client has time limits of its own.
    """
    if is_remote(root):
        reason = why_away(root, identity, named, places, options)
        return Probe(reason, "" if reason else "s3")
    question = json.dumps(
        {"root": root, "identity": identity, "named": named, "places": list(places), "touch": list(touch)}
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "archive.stages.auditing.probing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=child_environment(), text=True, encoding="ascii",
    )  # fmt: skip
    try:
        answer, _nothing = process.communicate(question, timeout=seconds)
    except subprocess.TimeoutExpired:
        _leave(process)
        return Probe(f"it did not answer within {seconds:g} seconds; perhaps its server is gone")
    if process.returncode:
        return Probe("asking it failed")
    return Probe(**json.loads(answer))


def child_environment() -> dict[str, str]:
    """The environment in which a fresh interpreter finds this package."""
    top = str(Path(archive.__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (top, os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "PYTHONPATH": path}


def _leave(process: subprocess.Popen[str]) -> None:
    """End a process that hangs, without waiting: while the kernel waits for a lost disk, not even SIGKILL ends it."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    threading.Thread(target=process.wait, daemon=True, name="wait for a hanging probe").start()


def is_same(current: str, known: str) -> bool:
    """True when both identities are of one folder; device numbers may change when a disk is mounted again."""
    if current == known:
        return True
    one, other = current.split(":"), known.split(":")
    return len(one) == len(other) == 3 and one[1:] == other[1:] and one[2] != "0"


def is_away_error(error: OSError) -> bool:
    """True when the error tells of a lost disk or server rather than of one file."""
    return error.errno in _AWAY


def _file_system(root: str) -> int:
    return os.statvfs(root).f_fsid if hasattr(os, "statvfs") else 0


def _ask_bucket(root: str, options: Mapping[str, Any]) -> None:
    from archive.storage.objects_s3 import open_bucket

    bucket = open_bucket(root, options)
    next(bucket.list_objects(bucket.prefix), None)


def _is_under(address: str, root: str) -> bool:
    return address == root or address.startswith(root.rstrip("/") + "/")
