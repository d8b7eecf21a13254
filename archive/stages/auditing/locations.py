"""Where bags are: addresses, and whether a location can be reached at all.

A disk that is not mounted leaves an empty folder or none, which proves nothing about its files. So each location has
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
from archive.ledger.holdings import list_locations
from archive.model.addresses import is_bucket, is_deposit, is_remote, shown_scheme
from archive.model.audit import deposit_identity
from archive.model.light import light_dataclass
from archive.places import is_under, place_at, root_of
from archive.stages.auditing.presence import path_on_disk, remote_identity, why_away
from archive.storage.concurrency import bare_python
from archive.targets.reading import options_of_place

if TYPE_CHECKING:
    from archive.ledger.book import Ledger
    from archive.settings import Settings
    from archive.targets.reading import TargetPlace


def absolute_address(text: str, folder: str) -> str:
    """`text` as the ledger writes it: an s3:// URL without a slash at its end, any other URL, or an absolute path."""
    if is_bucket(text):
        return text.rstrip("/")
    return text if is_remote(text) else os.path.abspath(os.path.join(folder, text))


def split_address(address: str, settings: Settings, name: str | None) -> tuple[str, str, str, bool]:
    """The location's name and root, the bag's place in it, and whether archive.toml names that location.

    `name` asks for one place of archive.toml; without, the one with the longest root that holds `address`, else the
    OCFL storage root or the folder around the bag. Raises `UsageError`.
    """
    if name is not None:
        root = root_of(settings, name) if name in settings.places else None
        if root is None:
            raise UsageError(
                "there is no place of this name whose bags can be read", subject=name,
                remedy=f'Write [places.{name}] with url = "..." in archive.toml',
            )  # fmt: skip
        if not is_under(address, root):
            raise UsageError(f"it is not in the place {name}", subject=address)
    else:
        name = place_at(settings, address)
        root = None if name is None else root_of(settings, name)
    if name is not None and root is not None:
        inner = address[len(root) :].removeprefix("/")
        return name, root, inner if is_deposit(root) else inner.strip("/"), True
    if is_deposit(address):
        raise UsageError(
            "no place in archive.toml has this address, so bags there cannot be holdings",
            subject=shown_scheme(address), remedy='Write [places.NAME] with its url in archive.toml',
        )  # fmt: skip
    from archive.bags.opening import storage_root

    if (root := storage_root(address)) is not None:
        return root, root, address[len(root) :].strip("/"), False
    root, _slash, inner = address.rpartition("/")
    return root or "/", root or "/", inner, False


def location_options(settings: Settings, name: str, root: str = "") -> Mapping[str, Any]:
    """What archive.toml says of how to read the location `name`: endpoint, credentials and the like.

    A location that bears no place's name is read with the options of the place that holds its `root`.
    """
    own = options_of_place(settings, name)
    held = place_at(settings, root or name) if not own and is_remote(root or name) else None
    return own if held is None else options_of_place(settings, held)


def options_by_location(ledger: Ledger, settings: Settings) -> dict[str, Mapping[str, Any]]:
    """The options of every location of the ledger, by its name. Raises `UsageError`."""
    return {one.name: location_options(settings, one.name, one.root) for one in list_locations(ledger)}


def bag_identity(address: str, options: Mapping[str, Any]) -> str:
    """Where the bytes of the bag at `address` are, by whatever path it is reached: see `archive.model.audit.Holding`.

    For a local bag "DEVICE:INODE:PATH" with the real path as a hash, for it may hold any bytes; for a bucket the
    endpoint, bucket and key; for a deposit the target and the identifier, as its receipt has them. Raises OSError.
    """
    if is_deposit(address):
        place: TargetPlace | None = options.get("place")
        return "" if place is None else deposit_identity(place.label(), address[len(place.root) :].removeprefix("/"))
    if is_remote(address):
        bucket, _slash, key = address.removeprefix("s3://").partition("/")
        return f"s3 {str(options.get('endpoint') or '').rstrip('/')} {bucket} {key.strip('/')}"
    folder = path_on_disk(address)
    version = address[len(folder) :]
    status = os.stat(folder)
    path = hashlib.sha256(os.fsencode(os.path.realpath(folder) + version)).hexdigest()[:32]
    return f"{status.st_dev:x}:{status.st_ino:x}{version}:{path}"


@light_dataclass(frozen=True)
class Probe:
    """What came of asking a location: why it is away, or else its identity now."""

    reason: str | None
    identity: str = ""


def probe_location(
    root: str, identity: str, named: bool, places: Sequence[str], options: Mapping[str, Any], *, seconds: float,
    touch: Sequence[str] = (),
) -> Probe:  # fmt: skip
    """Ask a location whether it is there, for at most so many seconds. It may hang; this does not.

    `touch` are bags in it that must answer as well, for each may be a disk of its own. A server is asked here, for its
    client has time limits of its own.
    """
    if is_remote(root):
        reason = why_away(root, identity, named, places, options)
        return Probe(reason, "" if reason else remote_identity(root))
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
    return Probe(**marshal.loads(answer))  # noqa: S302 - from a child of this process


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
