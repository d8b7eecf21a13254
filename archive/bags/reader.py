"""What a bag is read from: one shape for a folder, an archive and a bucket, so that every verb reads a bag alike."""

from __future__ import annotations

import errno
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from archive.errors import StorageError
from archive.model.capped_findings import CappedFindings
from archive.model.light import light_dataclass

BATCH = 512

Beat = Callable[[int], None]
"""Told of every few bytes read; may wait (a rate) and may raise to give up."""


@light_dataclass(frozen=True)
class Limits:
    """How much is read before a bag is taken for hostile. Sizes in bytes.

    An archive may hold `ratio` times its own size, and `floor` bytes in any case.
    """

    tag_file: int = 64 << 20
    record: int = 1 << 30
    manifest: int = 8 << 30
    ratio: int = 100
    floor: int = 1 << 30
    members: int = 20_000_000
    name: int = 1 << 16
    held: int = 256 << 20


LIMITS = Limits()


class Batch(NamedTuple):
    """Some files of one folder. `folder` is bag-relative without a slash at its end, b"" for the bag's top.

    `digests` holds each file's digests packed one after the other: empty when none was requested, None when the file
    is there but could not be or must not be read (a finding says why).
    """

    folder: bytes
    names: list[bytes]
    sizes: list[int]
    digests: list[bytes | None]

    def paths(self) -> Iterator[bytes]:
        """The bag-relative path of each file."""
        prefix = self.folder + b"/" if self.folder else b""
        return (prefix + name for name in self.names)


class Request(NamedTuple):
    """One file to digest: its bag-relative path, its algorithms, and its expected size in bytes, None if not known."""

    path: bytes
    size: int | None
    algorithms: tuple[str, ...]


@light_dataclass(slots=True)
class Reading:
    """What came of a request: size and packed digests, or why not.

    `packed` None with a size means that the size already differs. `broken` says why there are no bytes to digest though
    nothing failed: they cannot be unpacked, or something that is not a file has taken its place. `error` is a read
    error, which proves nothing about the bytes; `away` with it means that the disk or server is lost. `unseen` with
    it means that the archive could not be read as far as this file.
    """

    size: int | None = None
    packed: bytes | None = None
    missing: bool = False
    broken: str | None = None
    error: str | None = None
    away: bool = False
    unseen: bool = False


class TooLargeError(Exception):
    """A tag file is larger than the limit it was to be read within."""


class BrokenArchiveError(Exception):
    """An archive cannot be read on; the argument says why, in words for a finding."""


class ArchiveLimitError(Exception):
    """An archive exceeds a limit; the argument says which, in words for a finding."""


class NotServedError(StorageError):
    """The place answers, but does not give out this bag now; that proves nothing about the bag or the place."""


class BagReader(Protocol):
    """A bag opened for reading. Nothing here ever writes, follows a link or opens what is not a regular file.

    `findings` grows while the bag is read; `blind` names the folders whose content could not be seen (b"" when that
    is everything from some point on), so that nothing below them is called missing. All paths are bag-relative.
    """

    findings: CappedFindings
    blind: set[bytes]

    @property
    def serialization(self) -> str:
        """The word folder (also for a prefix in a bucket), or the archive's media type."""
        ...

    @property
    def name(self) -> str:
        """The bag's own name: that of its folder, in an archive the top folder's."""
        ...

    @property
    def has_payload_folder(self) -> bool: ...

    def tag_files(self) -> Sequence[bytes]:
        """Every regular file outside data/, sorted."""
        ...

    def read_tag(self, path: bytes, limit: int) -> bytes:
        """The whole of a tag file. Raises `TooLargeError`, or OSError where it cannot be read or is not there."""
        ...

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        """A tag file in chunks. Raises OSError."""
        ...

    def stream(self, path: bytes) -> Iterator[bytes]:
        """Any file in chunks. Raises FileNotFoundError, OSError, `BrokenArchiveError`, `ArchiveLimitError`."""
        ...

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
        open_files: bool = True,
        sizes: bool = True,
    ) -> Iterator[Batch]:
        """Every file with its digests by these algorithms; with none given, only names and sizes.

        `share` (k, n) gives the k-th of n parts: the parts together hold every file once. Without `open_files` no file
        is opened or digested: names, sizes as the folder says, and a digest None for what is not a regular file.
        Without `sizes` either, a folder is listed and its files are not looked at one by one: their sizes are 0.
        """
        ...

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        """What came of each request, in the order in which reading them is cheapest."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class FolderWalker(BagReader, Protocol):
    """A reader of a bag in a folder: workers may read its payload in ranges of the manifests, and it the rest."""

    def walk_rest(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        known: Container[bytes],
        starts: Iterable[bytes],
        names: Mapping[bytes, Sequence[bytes]],
        hard_links: tuple[int, bytes] = (0, b""),
        open_files: bool = True,
    ) -> Iterator[Batch]:
        """As `walk`, for a payload most of which was read elsewhere: the tag files, the files called `names` by their
        folder, and everything in the folders `starts` and below them, but for the folders in `known`.

        `known` holds data. A name that begins with a slash is one that the listing showed not to be a regular file.
        `hard_links` are how many were met elsewhere, and the first.
        """
        ...


def no_beat(count: int) -> None:
    """For a caller that does not watch the progress."""
    del count


_AWAY = {
    errno.ENOTCONN, errno.ESTALE, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENODEV, errno.ENXIO, errno.ETIMEDOUT,
    errno.ENETUNREACH, errno.ECONNREFUSED, errno.ECONNRESET, getattr(errno, "ENOMEDIUM", errno.ENODEV),
}  # fmt: skip


def is_away_error(error: OSError) -> bool:
    """True when the error means a lost disk or server rather than a problem with one file."""
    return error.errno in _AWAY


def split_path(path: bytes) -> tuple[bytes, bytes]:
    """Folder and name of a bag-relative path."""
    folder, _, name = path.rpartition(b"/")
    return folder, name


def in_payload(path: bytes) -> bool:
    """True for data and everything below."""
    return path == b"data" or path.startswith(b"data/")


def in_seal(path: bytes) -> bool:
    """True for the tag files of evidence seals, which no tag manifest lists: they sign the tag manifests."""
    return path.startswith(b"seal/")


def read_within(chunks: Iterable[bytes], limit: int) -> bytes:
    """The chunks as one. Raises `TooLargeError` as soon as they exceed `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        parts.append(chunk)
    return b"".join(parts)
