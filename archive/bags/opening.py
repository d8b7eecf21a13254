"""Opening a bag wherever it is kept: in a folder, a zip or a tar, an OCFL object, on a disk, in a bucket, at a target.

What holds the bag is told by what is there, never by its name.
"""

from __future__ import annotations

import gc
import io
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from archive.bags.folder_reader import FolderReader
from archive.bags.reader import LIMITS, BagReader, Limits
from archive.errors import NotABagError, NotFoundError, UsageError, from_os_error
from archive.model.addresses import is_bucket, is_deposit, is_remote, shown_scheme
from archive.model.audit import Container
from archive.model.build import NO_PROGRESS, Progress
from archive.model.light import light_dataclass
from archive.regular_files import open_regular

if TYPE_CHECKING:
    from archive.bags.deposit_reader import FarPlace
    from archive.storage.objects_s3 import Bucket

NO_OPTIONS: Mapping[str, Any] = {}
NOT_ARCHIVE = "this file is not an archive that could hold a bag"
_HEAD = 512
_DECLARATIONS = ("0=ocfl_object_1.1", "0=ocfl_object_1.0")
_ROOTS = ("0=ocfl_1.1", "0=ocfl_1.0")
_VERSION = re.compile(r"v[0-9]+")

_SUFFIXES = {
    ".zip": "zip",
    ".tar": "tar",
    ".tar.gz": "gz",
    ".tgz": "gz",
    ".tar.bz2": "bz2",
    ".tbz2": "bz2",
    ".tar.xz": "xz",
    ".txz": "xz",
    ".tar.zst": "zst",
    ".tzst": "zst",
}


@light_dataclass(slots=True)
class ArchiveFile:
    """The bytes of a file or object that may be an archive. `identity` changes when the content may have changed."""

    address: str
    identity: tuple[object, ...]
    stream: BinaryIO


def absolute_address(address: str) -> str:
    """The absolute path, an s3:// URL without a slash at its end, or any other URL as it is."""
    if is_bucket(address):
        return address.rstrip("/")
    return address if is_remote(address) else os.path.abspath(address)


def object_version(address: str) -> tuple[str, str | None] | None:
    """The folder of an OCFL object and the version, None for the newest, that OBJECT#vN or OBJECT names.

    None for everything else; what has such a name of its own is that file or folder.
    """
    folder, mark, version = address.rpartition("#")
    if not mark or not _VERSION.fullmatch(version) or os.path.lexists(address):
        folder, version = address, ""
    if not any(os.path.isfile(os.path.join(folder, name)) for name in _DECLARATIONS):
        return None
    return folder, version or None


def pinned_address(address: str) -> str:
    """`address`, with the newest version where it names an OCFL object without one: a later version is a different bag.

    Raises OSError and `FormatError`.
    """
    found = None if is_remote(address) else object_version(address)
    if found is None or found[1] is not None:
        return address
    from archive.bags.ocfl_reader import OcflVersionReader

    reader = OcflVersionReader(*found)
    reader.close()
    return f"{address}#{reader.version}"


def storage_root(address: str) -> str | None:
    """The OCFL storage root around the object that OBJECT#vN names; None for everything else."""
    found = object_version(address) if "#v" in address and not is_remote(address) else None
    folder = "" if found is None else os.path.dirname(found[0])
    while folder:
        if any(os.path.isfile(os.path.join(folder, name)) for name in _ROOTS):
            return folder
        above = os.path.dirname(folder)
        folder = "" if above == folder else above
    return None


def names_version(address: str) -> bool:
    """True for OBJECT#vN, where OBJECT is the folder of an OCFL object."""
    found = object_version(address) if "#v" in address and not is_remote(address) else None
    return found is not None and found[1] is not None


def sniff_archive(path: str) -> str | None:
    """One of zip, tar, gz, bz2, xz, zst by the first bytes, else by the name of a file too short to say; or None.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        head = os.read(descriptor, _HEAD)
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
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zst"
    if head[257:262] == b"ustar":
        return "tar"
    name = os.path.basename(path).lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), None)


def open_reader(
    address: str,
    *,
    options: Mapping[str, Any] = NO_OPTIONS,
    progress: Progress = NO_PROGRESS,
    limits: Limits = LIMITS,
) -> BagReader:
    """The bag at `address`, a path, OBJECT#vN (a version of an OCFL object), an s3:// URL or that of a deposit, opened.

    What the opening shows to be wrong is in its `findings`.

    A symbolic link that the caller names is followed, none inside the bag. `options` are those of `open_bucket`, for a
    deposit with its `place`. Raises `NotFoundError`, `PermissionDeniedError`, `StorageError`, `UsageError` for what is
    neither folder nor file, `NotABagError` for a file that is not an archive, and what the bucket or target raises.
    """
    if is_deposit(address):
        from archive.bags.deposit_reader import open_deposit

        def unpack(stream: BinaryIO) -> BagReader:
            return open_archive(ArchiveFile(address, (), stream), progress=progress, limits=limits)

        return open_deposit(address, require_place(address, options), unpack, progress=progress, limits=limits)
    try:
        if not is_remote(address) and (version := object_version(address)) is not None:
            from archive.bags.ocfl_reader import OcflVersionReader

            return OcflVersionReader(*version, progress=progress)
        file = open_file(address, options)
        if file is not None:
            return open_archive(file, progress=progress, limits=limits)
        return open_folder(address, options, progress=progress)
    except FileNotFoundError as error:
        raise NotFoundError("there is no such bag", subject=address) from error
    except OSError as error:
        raise from_os_error(error, address) from error


def require_place(address: str, options: Mapping[str, Any]) -> FarPlace:
    """The place that opens the deposit at `address`. Raises `UsageError` when the options have none."""
    place: FarPlace | None = options.get("place")
    if place is None:
        raise UsageError(
            "only paths, s3:// addresses and deposits in places of archive.toml can be read",
            subject=shown_scheme(address),
        )  # fmt: skip
    return place


def open_file(address: str, options: Mapping[str, Any] = NO_OPTIONS) -> ArchiveFile | None:
    """The file or object at `address`, to be closed by the caller; None where a folder or a prefix is meant.

    Raises OSError, `UsageError` for what is neither file nor folder, and what the bucket raises.
    """
    if is_remote(address):
        return _open_object(address, options)
    status = os.stat(address)
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode):
        raise UsageError("this is neither a folder nor a file", subject=address)
    stream = open_regular(address)
    status = os.fstat(stream.fileno())
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return ArchiveFile(address, identity, stream)


def open_archive(file: ArchiveFile, *, progress: Progress = NO_PROGRESS, limits: Limits = LIMITS) -> BagReader:
    """The bag in an archive, which closes the file with it. Raises OSError, `NotABagError` if it is not an archive."""
    try:
        kind = archive_kind(file.stream.read(_HEAD), file.address)
        if kind is None:
            raise NotABagError(NOT_ARCHIVE, subject=file.address)
        if kind == "zip":
            from archive.bags.zip_reader import ZipReader

            with _no_collection():
                return ZipReader(file.address, file=file.stream, progress=progress, limits=limits)
        from archive.bags.tar_reader import TarReader

        compression = "" if kind == "tar" else kind
        with _no_collection():
            return TarReader(file.address, compression, file=file.stream, progress=progress, limits=limits)
    except BaseException:
        file.stream.close()
        raise


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the collector of cycles, which would look through all members again and again and find none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def container_of(reader: BagReader) -> Container:
    """How the bag is kept, as it was found."""
    kinds = {"folder": Container.FOLDER, "application/zip": Container.ZIP, "OCFL version": Container.OCFL}
    return kinds.get(reader.serialization, Container.TAR)


def open_folder(
    address: str, options: Mapping[str, Any] = NO_OPTIONS, *, progress: Progress = NO_PROGRESS
) -> BagReader:
    """The bag in a folder or under a prefix. Raises OSError, `NotFoundError`, and what the bucket raises."""
    if not is_remote(address):
        return FolderReader(address, progress=progress)
    from archive.bags.bucket_reader import PrefixReader

    bucket = _bucket(address, options)
    prefix = bucket.prefix.rstrip("/") + "/" if bucket.prefix else ""
    if next(bucket.list_objects(prefix), None) is None:
        raise NotFoundError("there is no such bag", subject=address)
    return PrefixReader(bucket, prefix, progress=progress)


def _open_object(address: str, options: Mapping[str, Any]) -> ArchiveFile | None:
    from archive.bags.bucket_reader import RemoteFile

    bucket = _bucket(address, options)
    info = bucket.head(bucket.prefix) if bucket.prefix and not bucket.prefix.endswith("/") else None
    if info is None:
        return None
    stream = cast(BinaryIO, io.BufferedReader(RemoteFile(bucket, info.key, info.size), 1 << 18))
    return ArchiveFile(address, (info.etag, info.size), stream)


def _bucket(address: str, options: Mapping[str, Any]) -> Bucket:
    from archive.storage.objects_s3 import open_bucket

    return open_bucket(address, options, name=str(options.get("name", "s3")))
