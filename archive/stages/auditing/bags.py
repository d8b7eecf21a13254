"""Bags as an audit reads them, wherever they are kept: names with sizes, whole tag files, digests. Never written to.

Every kind gives the same four things, so that checking need not know whether a bag is a folder, an archive or a prefix
in a bucket. Nothing is ever unpacked or copied to a temporary place.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from archive.errors import FormatError, NotFoundError
from archive.model.audit import Form
from archive.model.finding import Finding
from archive.storage.folders import Folder, read_into
from archive.storage.hashing import Digests, constructor_of, digest_packed

Beat = Callable[[int], None]
"""Told of every few bytes read; may wait (a rate) and may raise to give up."""

MAX_TAG_FILE = 1 << 30
SMALL = 1 << 18
MAX_FOLDERS = 200
CUT_OFF = "the archive cannot be read as far as this file: "
"""Begins the reason of every file behind the place where an archive breaks off."""

_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


class Request(NamedTuple):
    """One file to digest: by its bag-relative path, its expected size in bytes and its algorithms."""

    path: str
    size: int
    algorithms: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What came of a request: size and packed digests, or why not.

    `packed` None with a size means that the size differs already. `broken` says why there are no bytes to digest though
    nothing failed: they cannot be unpacked, or something else stands there. `error` is a read error, which says nothing
    about the bytes; `away` with it means that the disk or server is lost.
    """

    size: int | None = None
    packed: bytes | None = None
    missing: bool = False
    broken: str | None = None
    error: str | None = None
    away: bool = False


class OpenBag(Protocol):
    """One bag, open for reading."""

    @property
    def fault(self) -> Finding | None:
        """What is wrong with an archive as such, or why it cannot be judged, as `validate` says; folders have none."""
        ...

    def sizes(self, beat: Beat) -> Iterator[tuple[str, int]]:
        """Every file with its size in bytes. Raises OSError or `ArchiveError` when a part cannot be listed."""
        ...

    def names(self, beat: Beat) -> Iterator[str]:
        """Every file, without asking for sizes. Raises as `sizes` does."""
        ...

    def read(self, path: str) -> bytes:
        """All of one tag file. Raises `NotFoundError`, OSError, `ArchiveError`."""
        ...

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        """What came of each request, in any order."""
        ...

    def stream(self, path: str) -> Iterator[bytes]:
        """One file in chunks. Raises `NotFoundError`, OSError, `ArchiveError`."""
        ...

    def close(self) -> None: ...


def no_beat(count: int) -> None:
    """For who has nobody to tell."""
    del count


def open_bag(address: str, form: Form, options: Mapping[str, Any], beat: Beat = no_beat) -> OpenBag:
    """The bag at `address`. Raises `NotFoundError` when there is none, `FormatError` when it is no archive."""
    if address.startswith("s3://"):
        from archive.stages.auditing.buckets import open_remote

        return open_remote(address, form, options, beat)
    if form is Form.FOLDER:
        return FolderBag(address)
    from archive.stages.auditing.archives import open_archive

    return open_archive(address, beat)


def form_of(address: str) -> Form:
    """How the bag is kept, by the name: what ends in .zip is a zip, .tar, .tar.gz and .tgz are tars."""
    name = address.lower()
    if name.endswith(".zip"):
        return Form.ZIP
    return Form.TAR if name.endswith(_TARS) else Form.FOLDER


class FolderBag:
    """A bag in a folder. Names are resolved by descriptors, links are never followed."""

    fault: Finding | None = None

    def __init__(self, address: str) -> None:
        try:
            self._root = Folder.at(address)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFoundError("there is no bag here", subject=address) from None
        self._folders: dict[str, Folder] = {"": self._root}
        self._buffer = bytearray(SMALL)

    def sizes(self, beat: Beat) -> Iterator[tuple[str, int]]:
        for path, entry in self._walk(self._root, "", beat):
            yield path, entry.stat(follow_symlinks=False).st_size

    def names(self, beat: Beat) -> Iterator[str]:
        for path, _entry in self._walk(self._root, "", beat):
            yield path

    def read(self, path: str) -> bytes:
        try:
            descriptor = self._descriptor(path)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFoundError("there is no such file in the bag", subject=path) from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FormatError("this is no regular file", subject=path)
            content = file.read(MAX_TAG_FILE + 1)
        return _within_limit(content, path)

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        teller = _Teller(beat)
        for request in requests:
            yield request, self._digest_one(request, teller)

    def stream(self, path: str) -> Iterator[bytes]:
        with os.fdopen(self._descriptor(path), "rb", closefd=True) as file:
            while chunk := file.read(1 << 20):
                yield chunk

    def close(self) -> None:
        self._close_folders()
        self._root.close()

    def _digest_one(self, request: Request, teller: _Teller) -> Reading:
        try:
            descriptor = self._descriptor(request.path)
        except (FileNotFoundError, NotADirectoryError):
            return Reading(missing=True)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):
                return Reading(broken="a link or something else that is no file stands in its place")
            return failure_of(error)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Reading(broken="something that is no regular file stands in its place")
            if status.st_size != request.size:
                return Reading(size=status.st_size)
            if request.size < SMALL:
                return self._digest_small(descriptor, request, teller)
            size, packed = digest_packed(descriptor, request.algorithms, request.size, teller)
            return Reading(size, packed)
        except OSError as error:
            return failure_of(error)
        finally:
            os.close(descriptor)

    def _digest_small(self, descriptor: int, request: Request, teller: _Teller) -> Reading:
        """One read into a buffer that is used again and again: most files are small."""
        view = memoryview(self._buffer)
        size = 0
        while size < request.size and (count := read_into(descriptor, view[size : request.size])):
            size += count
        teller.advance(size)
        if size != request.size:
            return Reading(size)
        content = view[:size]
        return Reading(size, b"".join([constructor_of(name)(content).digest() for name in request.algorithms]))

    def _descriptor(self, path: str) -> int:
        """Opens the file; the folders on the way stay open for the next ones."""
        where, _slash, name = path.rpartition("/")
        return (self._folders.get(where) or self._enter(where)).open(name)

    def _enter(self, where: str) -> Folder:
        known = self._folders.get(where)
        if known is None:
            above, _slash, name = where.rpartition("/")
            if len(self._folders) >= MAX_FOLDERS:
                self._close_folders()
            known = self._folders[where] = self._enter(above).enter(name)
        return known

    def _close_folders(self) -> None:
        for folder in self._folders.values():
            if folder is not self._root:
                folder.close()
        self._folders = {"": self._root}

    def _walk(self, folder: Folder, prefix: str, beat: Beat) -> Iterator[tuple[str, os.DirEntry[str]]]:
        inner = []
        with folder.scan() as entries:
            for entry in entries:
                beat(0)
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.name)
                else:
                    yield prefix + entry.name, entry
        for name in inner:
            with folder.enter(name) as child:
                yield from self._walk(child, f"{prefix}{name}/", beat)


class _Teller:
    """A `Progress` that only beats."""

    def __init__(self, beat: Beat) -> None:
        self.advance = beat

    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def end(self) -> None:
        return None


def digest_chunks(chunks: Iterable[bytes], request: Request, beat: Beat) -> Reading:
    """Digest a stream; it is left as soon as it is longer than expected, however long it claims to go on."""
    digests = Digests(request.algorithms)
    for chunk in chunks:
        digests.update(chunk)
        beat(len(chunk))
        if digests.size > request.size:
            return Reading(size=digests.size)
    return Reading(size=digests.size, packed=digests.packed() if digests.size == request.size else None)


def failure_of(error: OSError) -> Reading:
    """A read error, which says nothing of the bytes."""
    from archive.stages.auditing.places import is_away_error

    return Reading(error=error.strerror or type(error).__name__, away=is_away_error(error))


def _within_limit(content: bytes, path: str) -> bytes:
    if len(content) > MAX_TAG_FILE:
        raise FormatError("this tag file is longer than 1 GiB", subject=path)
    return content
