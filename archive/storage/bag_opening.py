"""Opening what a bag stands in: a folder, a zip or a tar, told apart by what is in the file, not by its name."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from archive.errors import NotFoundError, UsageError, from_os_error
from archive.model.finding import Finding
from archive.model.package import NO_PROGRESS, Progress
from archive.storage.bag_folder import FolderMedium
from archive.storage.bag_medium import LIMITS, ArchiveMedium, BagMedium, Limits

_SUFFIXES = {
    ".zip": "zip",
    ".tar": "tar",
    ".tar.gz": "gz",
    ".tgz": "gz",
    ".tar.bz2": "bz2",
    ".tbz2": "bz2",
    ".tar.xz": "xz",
    ".txz": "xz",
}


def sniff_archive(path: str) -> str | None:
    """One of zip, tar, gz, bz2, xz by the first bytes, else by the name of a file too short to say; or None.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        head = os.read(descriptor, 512)
    finally:
        os.close(descriptor)
    return archive_kind(head, path)


def archive_kind(head: bytes, path: str) -> str | None:
    """What a file with these first 512 bytes is, or what its name says where they are too few; as `sniff_archive`."""
    for magic, kind in ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gz"), (b"BZh", "bz2")):
        if head.startswith(magic):
            return kind
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head[257:262] == b"ustar":
        return "tar"
    name = os.path.basename(path).lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), None)


def open_medium(
    path: str, *, progress: Progress = NO_PROGRESS, limits: Limits = LIMITS
) -> tuple[BagMedium, list[Finding]]:
    """The bag at `path`, opened, and what the opening alone shows to be wrong (it stands in `medium.findings` too).

    A symbolic link that the caller names is followed, none inside the bag. Raises `NotFoundError`,
    `PermissionDeniedError`, `StorageError`, or `UsageError` for what is no folder or archive.
    """
    try:
        medium = _open(path, progress, limits)
    except FileNotFoundError as error:
        raise NotFoundError("there is no such bag", subject=path) from error
    except OSError as error:
        raise from_os_error(error, path) from error
    return medium, list(medium.findings)


def _open(path: str, progress: Progress, limits: Limits) -> BagMedium:
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        return FolderMedium(path, progress=progress)
    if not stat.S_ISREG(status.st_mode):
        raise UsageError("this is neither a folder nor a file", subject=path)
    kind = sniff_archive(path)
    if kind is None:
        raise UsageError("this file is no archive that a bag could be in", subject=path)
    return open_archive(path, kind, progress=progress, limits=limits)


def open_archive(
    path: str, kind: str, *, file: BinaryIO | None = None, progress: Progress = NO_PROGRESS, limits: Limits = LIMITS
) -> ArchiveMedium:
    """The bag in an archive of this kind, as `sniff_archive` names them; `file` is read where it is given.

    Raises OSError when it cannot be opened.
    """
    if kind == "zip":
        from archive.storage.bag_zip import ZipMedium

        return ZipMedium(path, file=file, progress=progress, limits=limits)
    from archive.storage.bag_tar import TarMedium

    return TarMedium(path, "" if kind == "tar" else kind, file=file, progress=progress, limits=limits)
