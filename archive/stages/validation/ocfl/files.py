"""What the OCFL validators see of the file system: folders read once, files opened without following links."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from archive.model.build import Progress
from archive.model.capped_findings import CappedFindings, ocfl_findings
from archive.model.codes import ocfl as codes
from archive.storage.hashing import BUFFER_SIZE, Hash, digest_descriptor

SMALL = 1 << 16
INVENTORY_LIMIT = 1 << 30

_PLAIN = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "blake2b-512": "blake2b"}


def _blake2b(size: int) -> Callable[[], Hash]:
    return lambda: hashlib.blake2b(digest_size=size)


_ODD: dict[str, Callable[[], Hash]] = {
    "blake2b-160": _blake2b(20),
    "blake2b-256": _blake2b(32),
    "blake2b-384": _blake2b(48),
    "sha512/256": lambda: hashlib.new("sha512_256"),
}


@dataclass(frozen=True, slots=True)
class Entries:
    """One folder's contents by sort, names sorted. `links` are symbolic links, `odd` devices, pipes and sockets."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.files or self.folders or self.links or self.odd)


@dataclass(slots=True)
class Tree:
    """An object or root on disk: `base` is its path, every other path is relative to it, with slashes.

    What cannot be read becomes a finding of its own and never a missing file. Inodes with more than one name are kept,
    to tell a hard link within the tree from one outside.
    """

    base: str
    findings: CappedFindings = field(default_factory=ocfl_findings)
    unread: list[str] = field(default_factory=list)
    _linked: dict[tuple[int, int], str] = field(default_factory=dict)

    def locate(self, path: str) -> str:
        return os.path.join(self.base, path) if path else self.base

    def has(self, path: str) -> bool:
        """True when there is a file or folder at `path`, without following a link."""
        return os.path.lexists(self.locate(path)) and not os.path.islink(self.locate(path))

    def saw(self, path: str) -> bool:
        """False when `path` may be there, unseen, in a folder that could not be listed."""
        return not any(folder == "" or path.startswith(f"{folder}/") for folder in self.unread)

    def list(self, path: str) -> Entries:
        """The folder's entries; links and odd files are reported here, once."""
        files, folders, links, odd = [], [], [], []
        try:
            with os.scandir(self.locate(path)) as entries:
                for entry in entries:
                    name = entry.name
                    if entry.is_symlink():
                        links.append(name)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(name)
                    elif entry.is_file(follow_symlinks=False):
                        files.append(name)
                    else:
                        odd.append(name)
        except OSError as error:
            self.unread.append(path)
            self.findings.append(codes.UNREADABLE.at(path or ".", found=error.strerror or "unknown error"))
        for name in links:
            self.findings.append(codes.E090.at(join(path, name)))
        for name in odd:
            self.findings.append(codes.E089.at(join(path, name)))
        return Entries(tuple(sorted(files)), tuple(sorted(folders)), tuple(sorted(links)), tuple(sorted(odd)))

    def walk(self, path: str) -> Iterator[tuple[str, Entries]]:
        """Every folder from `path` on, depth first, without recursion."""
        stack = [path]
        while stack:
            folder = stack.pop()
            entries = self.list(folder)
            yield folder, entries
            stack += [join(folder, name) for name in reversed(entries.folders)]

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """A regular file for reading. Raises OSError."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(self.locate(path), flags), "rb", buffering=0) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError(22, "not a regular file")
            if status.st_nlink > 1:
                first = self._linked.setdefault((status.st_dev, status.st_ino), path)
                if first != path:
                    self.findings.append(codes.E090.at(path))
            yield stream

    def read(self, path: str, limit: int = SMALL) -> bytes | None:
        """A small file's bytes; None, with a finding, when it cannot be read or is larger than `limit`."""
        try:
            with self.open(path) as stream:
                if os.fstat(stream.fileno()).st_size > limit:
                    self.findings.append(codes.TOO_LARGE.at(path, expected=limit))
                    return None
                with open(os.dup(stream.fileno()), "rb") as whole:
                    return whole.read()
        except OSError as error:
            self.findings.append(codes.UNREADABLE.at(path, found=error.strerror or "unknown error"))
            return None

    def same(self, one: str, other: str) -> bool | None:
        """Whether two files have the same bytes; None, with a finding, when one cannot be read."""
        reads = [self._chunks(one), self._chunks(other)]
        chunks: list[bytes | None] = [b"", b""]
        while chunks[0] == chunks[1]:
            for index, path in enumerate((one, other)):
                try:
                    chunks[index] = next(reads[index], None)
                except OSError as error:
                    self.findings.append(codes.UNREADABLE.at(path, found=error.strerror or "unknown error"))
                    return None
            if chunks == [None, None]:
                return True
        return False

    def _chunks(self, path: str) -> Iterator[bytes]:
        """The file in chunks of one size, whatever a read gives. Raises OSError."""
        with self.open(path) as stream, open(os.dup(stream.fileno()), "rb") as whole:
            while chunk := whole.read(BUFFER_SIZE):
                yield chunk

    def digest(self, path: str, algorithms: Sequence[str], progress: Progress) -> dict[str, str] | None:
        """The file's digests by OCFL name; None, with a finding, when it cannot be read."""
        try:
            with self.open(path) as stream:
                return _digest(stream, algorithms, progress)
        except OSError as error:
            self.findings.append(codes.UNREADABLE.at(path, found=error.strerror or "unknown error"))
            return None


def join(folder: str, name: str) -> str:
    """`name` in `folder`, where the tree's own folder is the empty text."""
    return f"{folder}/{name}" if folder else name


def _digest(stream: BinaryIO, algorithms: Sequence[str], progress: Progress) -> dict[str, str]:
    if all(name in _PLAIN for name in algorithms):
        _, digests = digest_descriptor(stream.fileno(), [_PLAIN[name] for name in algorithms], progress)
        return dict(zip(algorithms, digests, strict=True))
    hashes = {name: _ODD[name]() if name in _ODD else hashlib.new(_PLAIN[name]) for name in algorithms}
    while chunk := stream.read(BUFFER_SIZE):
        for one in hashes.values():
            one.update(chunk)
        progress.advance(len(chunk))
    return {name: one.hexdigest() for name, one in hashes.items()}
