"""Where bags stand: addresses, and whether a location can be reached at all.

A disk that is not mounted leaves an empty folder or none; that says nothing about the files on it. So each location has
an identity (file system and folder), and an empty or exchanged folder counts as away, never as files that are missing.
A mount whose server is gone may not answer at all, and a process that asks it cannot be ended by anything: so the
driver itself never asks a local location; a process of its own does, with a time limit.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import archive
from archive.errors import UsageError
from archive.model.addresses import is_remote
from archive.model.light import light_dataclass
from archive.stages.auditing.presence import why_away
from archive.storage.concurrency import bare_python

if TYPE_CHECKING:
    from archive.settings import Settings


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


def bag_identity(address: str, options: Mapping[str, Any]) -> str:
    """Where the bytes of the bag at `address` are, by whatever path it is reached: see `archive.model.audit.Holding`.

    For a local bag "DEVICE:INODE:PATH" with the real path as a hash, for it may hold any bytes; for a bucket the
    endpoint, bucket and key. Raises OSError.
    """
    if is_remote(address):
        bucket, _slash, key = address.removeprefix("s3://").partition("/")
        return f"s3 {str(options.get('endpoint') or '').rstrip('/')} {bucket} {key.strip('/')}"
    status = os.stat(address)
    path = hashlib.sha256(os.fsencode(os.path.realpath(address))).hexdigest()[:32]
    return f"{status.st_dev:x}:{status.st_ino:x}:{path}"


@light_dataclass(frozen=True)
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
    question = marshal.dumps(
        {"root": root, "identity": identity, "named": named, "places": list(places), "touch": list(touch)}
    )
    process = subprocess.Popen(
        bare_python("from archive.stages.auditing.probe import serve; serve()"), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        answer, _nothing = process.communicate(question, timeout=seconds)
    except subprocess.TimeoutExpired:
        _leave(process)
        return Probe(f"it did not answer within {seconds:g} seconds; perhaps its server is gone")
    if process.returncode:
        return Probe("asking it failed")
    return Probe(**marshal.loads(answer))  # noqa: S302 - from our own child


def child_environment() -> dict[str, str]:
    """The environment in which a fresh interpreter finds this package."""
    top = os.path.dirname(os.path.dirname(os.path.realpath(archive.__file__)))
    path = os.pathsep.join(part for part in (top, os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "PYTHONPATH": path}


def _leave(process: subprocess.Popen[bytes]) -> None:
    """End a process that hangs, without waiting: while the kernel waits for a lost disk, not even SIGKILL ends it."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    threading.Thread(target=process.wait, daemon=True, name="wait for a hanging probe").start()


def _is_under(address: str, root: str) -> bool:
    return address == root or address.startswith(root.rstrip("/") + "/")
