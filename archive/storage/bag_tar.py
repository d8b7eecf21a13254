"""A bag in a tar, plain or compressed: read as a stream, never unpacked.

The first pass reads every header and keeps the tag files that are small enough; the walk is the second pass.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from archive.formats.bagpath import to_text
from archive.formats.tar_header import BLOCK, FOLDER, REGULAR, TarError, check_extension, parse_header, parse_pax
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.model.package import NO_PROGRESS, Progress
from archive.storage.bag_medium import (
    LIMITS,
    ArchiveLimitError,
    Batch,
    BrokenArchiveError,
    Limits,
    Member,
    MemberReading,
    in_payload,
    read_within,
)
from archive.storage.bag_members import Batcher, MemberTable, wanted
from archive.storage.decompression import ByteStream, CompressedStream, PlainStream
from archive.storage.hashing import Digests

_TYPES = {"": "application/tar", "gz": "application/tar+gzip", "bz2": "application/x-bzip2", "xz": "application/x-xz"}
_CHUNK = 1 << 20
_KINDS = {b"3": "a character device", b"4": "a block device", b"6": "a named pipe"}


class TarMedium:
    """See `ArchiveMedium`. `compression` is "", "gz", "bz2" or "xz". Raises OSError when the file cannot be opened.

    `file`, seekable, is read instead of the one at `path` where it is given; it is closed as well.
    """

    def __init__(
        self, path: str, compression: str, *, file: BinaryIO | None = None, progress: Progress = NO_PROGRESS,
        limits: Limits = LIMITS,
    ) -> None:  # fmt: skip
        self.findings: list[Finding] = []
        self.blind: set[bytes] = set()
        self._path = path
        self._name = os.path.basename(path)
        self._compression = compression
        self._progress = progress
        self._limits = limits
        self._file: BinaryIO = file or open(path, "rb")  # noqa: SIM115 - closed by close()
        self._held: dict[bytes, bytes] = {}
        self._open: tuple[ByteStream, int] | None = None
        self._end: tuple[int, Exception] | None = None
        self._table = MemberTable(path)
        self._tag_files: Sequence[bytes] = ()
        self._index()

    @property
    def serialization(self) -> str:
        return _TYPES[self._compression]

    @property
    def has_payload_folder(self) -> bool:
        return self._table.has_payload_folder

    def close(self) -> None:
        self._file.close()

    def tag_files(self) -> Sequence[bytes]:
        return self._tag_files

    @property
    def root(self) -> bytes:
        return self._table.root

    @property
    def members(self) -> Sequence[Member]:
        return self._table.members

    @property
    def unseen(self) -> Mapping[bytes, Finding]:
        return self._table.unseen

    def _stream(self) -> ByteStream:
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        if not self._compression:
            return PlainStream(self._file, size)
        return CompressedStream(self._file, self._compression, max(self._limits.floor, self._limits.ratio * size))

    def _index(self) -> None:
        """The first pass: judge every header, hold what tag files fit."""
        stream = self._stream()
        room = self._limits.held if self._compression else 0
        try:
            for member, name, odd, folder in _members(stream, self._limits):
                self._table.add(name, folder=folder, size=member.size, place=member.place, odd=odd)
                found = self._table.members[-1] if self._table.members else None
                fresh = found is not None and found.place == member.place and not folder and odd is None
                if fresh and found is not None and not in_payload(found.path) and found.size <= room:
                    self._held[found.path] = _read_exactly(stream, found.size)
                    room -= found.size
                    stream.skip(_padding(found.size))
                else:
                    _skip(stream, member.size + _padding(member.size))
            _judge_end(stream, self._name, self.findings)
        except (BrokenArchiveError, ArchiveLimitError, TarError, OSError) as error:
            self._stop(error)
        self._table.finish()
        self.findings += self._table.findings
        self.blind.update(self._table.unseen)
        self._tag_files = self._table.tag_files()

    def _stop(self, error: Exception) -> None:
        """Nothing behind this point can be seen: what is listed and not found is not called missing."""
        self.blind.add(b"")
        if isinstance(error, OSError):
            self.findings.append(codes.UNREADABLE_FILE.at(self._name, why=error.strerror or str(error)))
        elif isinstance(error, ArchiveLimitError):
            self.findings.append(codes.ARCHIVE_LIMIT.at(self._name, why=str(error)))
        else:
            self.findings.append(codes.BROKEN_ARCHIVE.at(self._name, why=str(error)))

    def read_tag(self, path: bytes, limit: int) -> bytes:
        return read_within(self.stream_tag(path), limit)

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        try:
            yield from self.stream(path)
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise OSError(errno.EIO, str(error), to_text(path)) from error

    def stream(self, path: bytes) -> Iterator[bytes]:
        if path in self._held:
            yield self._held[path]
            return
        member = next((one for one in self._table.members if one.path == path), None)
        if member is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", to_text(path))
        yield from self.content(member)

    def content(self, member: Member) -> Iterator[bytes]:
        if member.path in self._held:
            yield self._held[member.path]
            return
        stream = self._stream_at(member.place)
        yield from _content(stream, member.size)
        self._open = stream, member.place + member.size

    def read_member(self, member: Member, algorithms: Sequence[str]) -> MemberReading:
        if self._end is not None and member.place >= self._end[0]:
            return MemberReading(0, None, self._end[1])
        digests = Digests(algorithms)
        try:
            stream = self._stream_at(member.place)
            for chunk in _content(stream, member.size):
                digests.update(chunk)
                if in_payload(member.path):
                    self._progress.advance(len(chunk))
        except (BrokenArchiveError, ArchiveLimitError, OSError) as error:
            if self._compression:
                self._end = member.place, error
            return MemberReading(digests.size, None, error)
        self._open = stream, member.place + member.size
        return MemberReading(digests.size, digests.packed())

    def _stream_at(self, place: int) -> ByteStream:
        """The stream where the last member left it, or a new one, passed on to `place`. Who reads on puts it back."""
        stream, at = self._open if self._open is not None and self._open[1] <= place else (self._stream(), 0)
        self._open = None
        _skip(stream, place - at)
        return stream

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
    ) -> Iterator[Batch]:
        del share
        members = [one for one in self._table.members if not (only_payload and not in_payload(one.path))]
        batcher = Batcher()
        for member in members:
            algorithms = wanted(member, payload, tags)
            if not algorithms:
                yield from batcher.add(member.path, member.size, b"")
                continue
            reading = self.read_member(member, algorithms)
            if reading.error is not None:
                if b"" not in self.blind:
                    self._stop(reading.error)
                break
            yield from batcher.add(member.path, member.size, reading.digest)
        yield from batcher.rest()


def _members(stream: ByteStream, limits: Limits) -> Iterator[tuple[Member, bytes, Finding | None, bool]]:
    """Every member in order, with its name and its finding if it is neither file nor folder.

    Whoever takes a member must pass over its bytes and their padding before asking for the next. Raises `TarError`.
    """
    place, count = 0, 0
    extended: dict[bytes, bytes] = {}
    everywhere: dict[bytes, bytes] = {}
    while True:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            raise BrokenArchiveError("it ends without its closing blocks" if not block else "it ends within a header")
        place += BLOCK
        header = parse_header(block)
        if header is None:
            if extended:
                raise TarError("an extended header belongs to no member")
            return
        count += 1
        if count > limits.members:
            raise ArchiveLimitError(f"it holds more than {limits.members} members")
        if header.kind in (b"x", b"g", b"L", b"K"):
            check_extension(header.size)
            data = _read_exactly(stream, header.size)
            _skip(stream, _padding(header.size))
            place += header.size + _padding(header.size)
            if header.kind == b"g":
                everywhere |= parse_pax(data)
            elif header.kind == b"x":
                extended |= parse_pax(data)
            else:
                extended[b"path" if header.kind == b"L" else b"linkpath"] = data.rstrip(b"\x00")
            continue
        facts = everywhere | extended
        extended = {}
        name = facts.get(b"path", header.name)
        stated = facts.get(b"size", b"0")
        if not stated.isdigit() or len(stated) > 19:
            raise TarError("an extended header holds an impossible size")
        size = int(stated) if b"size" in facts else header.size
        folder = header.kind == FOLDER or (header.kind in REGULAR and name.endswith(b"/"))
        odd = _oddity(header.kind, name, facts)
        if folder or header.kind in (b"1", b"2", b"3", b"4", b"6"):
            size = 0 if header.kind != b"1" or not header.size else size
        yield Member(b"", size, place), name, odd, folder
        place += size + _padding(size)


def _oddity(kind: bytes, name: bytes, facts: dict[bytes, bytes]) -> Finding | None:
    shown = to_text(name)
    sparse = kind == b"S" or any(key.startswith(b"GNU.sparse.") for key in facts)
    if sparse:
        return codes.UNKNOWN_METHOD.at(shown, what="as a sparse file")
    if kind in REGULAR or kind == FOLDER:
        return None
    if kind in (b"1", b"2"):
        return codes.LINK.at(shown) if kind == b"2" else codes.SPECIAL_FILE.at(shown, what="a hard link")
    if kind in _KINDS:
        return codes.SPECIAL_FILE.at(shown, what=_KINDS[kind])
    return codes.UNKNOWN_METHOD.at(shown, what=f"with the type {kind!r}")


def _judge_end(stream: ByteStream, name: str, findings: list[Finding]) -> None:
    """After the closing blocks there may only be zeros."""
    closing = stream.read(BLOCK)
    if len(closing) < BLOCK:
        raise BrokenArchiveError("it ends without its closing blocks")
    chunk = closing
    while chunk:
        if chunk.strip(b"\x00"):
            findings.append(codes.FOREIGN_BYTES.at(name, why="something follows its end"))
            return
        chunk = stream.read(_CHUNK)


def _padding(size: int) -> int:
    return -size % BLOCK


def _skip(stream: ByteStream, size: int) -> None:
    if stream.skip(size) < size:
        raise BrokenArchiveError("it ends within a member")


def _read_exactly(stream: ByteStream, size: int) -> bytes:
    return b"".join(_content(stream, size))


def _content(stream: ByteStream, size: int) -> Iterator[bytes]:
    left = size
    while left:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            raise BrokenArchiveError("it ends within a member")
        left -= len(chunk)
        yield chunk
