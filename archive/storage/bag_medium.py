"""What a bag is read from: one shape for a folder, a zip and a tar, so that one validator judges all three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from archive.model.finding import Finding

BATCH = 512


@dataclass(frozen=True, slots=True)
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

    `digests` holds each file's digests packed one after the other: empty when none was asked for, None when the file
    is there but could not be or must not be read (a finding says why).
    """

    folder: bytes
    names: list[bytes]
    sizes: list[int]
    digests: list[bytes | None]


class TooLargeError(Exception):
    """A tag file is larger than the limit it was to be read within."""


class BrokenArchiveError(Exception):
    """An archive cannot be read on; the argument says why, in words for a finding."""


class ArchiveLimitError(Exception):
    """An archive exceeds a limit; the argument says which, in words for a finding."""


class BagMedium(Protocol):
    """A bag opened for reading. Nothing here ever writes, follows a link or opens what is no regular file.

    `findings` grows while the bag is read; `blind` names the folders whose content could not be seen (b"" when that
    is everything from some point on), so that nothing below them is called missing.
    """

    findings: list[Finding]
    blind: set[bytes]

    @property
    def serialization(self) -> str:
        """The word folder, or the archive's media type."""
        ...

    @property
    def has_payload_folder(self) -> bool: ...

    def tag_files(self) -> Sequence[bytes]:
        """Every regular file outside data/, bag-relative, sorted."""
        ...

    def read_tag(self, path: bytes, limit: int) -> bytes:
        """The whole of a tag file. Raises `TooLargeError`, or OSError where it cannot be read or is not there."""
        ...

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        """A tag file in chunks. Raises OSError."""
        ...

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
    ) -> Iterator[Batch]:
        """Every file with its digests by these algorithms; with none given, only names and sizes.

        `share` (k, n) gives the k-th of n parts: the parts together hold every file once.
        """
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Member:
    """A regular file in an archive. `path` is bag-relative; `place` is what the medium needs to find it."""

    path: bytes
    size: int
    place: int


class MemberReading(NamedTuple):
    """What came of reading a member: how many bytes, and their packed digests or why there are none.

    `error` is a `BrokenArchiveError` where the bytes are corrupt or cut off, an `ArchiveLimitError`, or the OSError of
    a read that failed and says nothing of the bytes.
    """

    size: int
    digest: bytes | None
    error: Exception | None = None


class ArchiveMedium(BagMedium, Protocol):
    """A bag in an archive, of which single files can be had."""

    @property
    def root(self) -> bytes:
        """The top folder in the archive, which has the bag's name."""
        ...

    @property
    def members(self) -> Sequence[Member]:
        """Every regular file, in the archive's order."""
        ...

    @property
    def unseen(self) -> Mapping[bytes, Finding]:
        """What is there, but is no file whose bytes can be had, and why."""
        ...

    def read_member(self, member: Member, algorithms: Sequence[str]) -> MemberReading:
        """Read one member to its end. Members in the archive's order cost one pass, whatever stands between them."""
        ...

    def stream(self, path: bytes) -> Iterator[bytes]:
        """One file in chunks. Raises FileNotFoundError, `BrokenArchiveError`, `ArchiveLimitError`, OSError."""
        ...

    def content(self, member: Member) -> Iterator[bytes]:
        """One member in chunks, found without a search; otherwise as `stream`, and as cheap in the archive's order."""
        ...


def split_path(path: bytes) -> tuple[bytes, bytes]:
    """Folder and name of a bag-relative path."""
    folder, _, name = path.rpartition(b"/")
    return folder, name


def in_payload(path: bytes) -> bool:
    """True for data and everything below."""
    return path == b"data" or path.startswith(b"data/")


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
