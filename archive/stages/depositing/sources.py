"""What a bag is deposited from: its folder, or the zip or tar that holds it. Nothing is unpacked, nothing copied.

A zip and a plain tar give each file from where it lies. A compressed tar is read from its start in the order of its
files: once to send them all, and from the start again where a file has to be sent a second time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, Protocol

from archive.errors import UsageError, from_os_error
from archive.formats.bagpath import to_text
from archive.model.package import NO_PROGRESS, Progress
from archive.storage.bag_medium import ArchiveMedium
from archive.storage.bag_opening import open_archive, sniff_archive

CHUNK = 1 << 20


class SourceFile(NamedTuple):
    """A file of the bag: its path there, its size, where it lies, and how to read it where that is in an archive."""

    path: str
    size: int
    place: str
    content: Callable[[], Iterator[bytes]] | None


class BagSource(Protocol):
    """A bag to deposit. `path` is absolute; `kind` is folder, zip, tar, gz, bz2 or xz; `name` is the bag's own."""

    path: str
    kind: str
    name: str

    def files(self) -> Iterator[SourceFile]:
        """Every file, in the order in which reading them all is cheapest. Raises OSError."""
        ...

    def stream(self, path: str) -> Iterator[bytes]:
        """One file in chunks. Raises FileNotFoundError, and OSError where it cannot be read."""
        ...


def read_small(source: BagSource, path: str, limit: int) -> bytes | None:
    """The first `limit` bytes of a file, or None where there is none. Raises OSError."""
    parts: list[bytes] = []
    try:
        for chunk in source.stream(path):
            parts.append(chunk)
            if sum(map(len, parts)) >= limit:
                break
    except (FileNotFoundError, NotADirectoryError):
        return None
    return b"".join(parts)[:limit]


@contextlib.contextmanager
def open_source(path: str, progress: Progress = NO_PROGRESS) -> Iterator[BagSource]:
    """The bag at `path`, open until the context ends. Raises `UsageError` for what holds no bag, `StorageError`."""
    path = os.path.abspath(path)
    if os.path.isdir(path):
        yield _FolderSource(path)
        return
    try:
        kind = sniff_archive(path)
        if kind is None:
            raise UsageError("this file is no archive that a bag could be in", subject=path)
        medium = open_archive(path, kind, progress=progress)
    except OSError as error:
        raise from_os_error(error, path) from error
    try:
        yield _ArchiveSource(path, kind, medium)
    finally:
        medium.close()


class _FolderSource:
    """See `BagSource`."""

    kind = "folder"

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = os.path.basename(path)

    def files(self) -> Iterator[SourceFile]:
        # Links are no files here: the validation has refused them.
        stack = [""]
        while stack:
            folder = stack.pop()
            with os.scandir(os.path.join(self.path, folder)) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    yield SourceFile(folder + entry.name, entry.stat(follow_symlinks=False).st_size, entry.path, None)
            stack += [folder + entry.name + "/" for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)]

    def stream(self, path: str) -> Iterator[bytes]:
        with open(os.path.join(self.path, path), "rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


class _ArchiveSource:
    """See `BagSource`."""

    def __init__(self, path: str, kind: str, medium: ArchiveMedium) -> None:
        self.path = path
        self.kind = kind
        self.name = to_text(medium.root)
        self._medium = medium

    def files(self) -> Iterator[SourceFile]:
        for member in self._medium.members:
            content = partial(self._medium.content, member)
            yield SourceFile(to_text(member.path), member.size, self.path, content)

    def stream(self, path: str) -> Iterator[bytes]:
        return self._medium.stream_tag(os.fsencode(path))
